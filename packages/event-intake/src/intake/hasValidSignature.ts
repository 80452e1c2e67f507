import { verify } from '@octokit/webhooks-methods';

/** GitHub also sends SHA-1, for receivers of old; it is not accepted here. */
const SIGNATURE = /^sha256=[0-9a-f]{64}$/;

/** Whether a header `x-hub-signature-256` can be that of any body. */
export function looksLikeSignature(
  signature: string | undefined,
): signature is string {
  return signature !== undefined && SIGNATURE.test(signature);
}

/**
 * Whether a delivery was signed with the secret; compared in constant time.
 * https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries
 */
export async function hasValidSignature(options: {
  secret: string;
  body: string;
  /** The header `x-hub-signature-256`. */
  signature: string | undefined;
}): Promise<boolean> {
  const { secret, body, signature } = options;
  return (
    looksLikeSignature(signature) &&
    // GitHub never sends nothing, and octokit refuses to sign it
    body !== '' &&
    verify(secret, body, signature)
  );
}
