/** Signs images and what refers to them. */
export interface Signer {
  /**
   * Signs, and keeps what is signed by the same key already.
   *
   * @param references - with digests: `HOST/NAME@sha256:…`
   * @throws SigningError, or RegistryError
   */
  sign(references: string[], options?: { signal?: AbortSignal }): Promise<void>;

  /** The key that signatures are verified with: PEM. */
  publicKey(options?: { signal?: AbortSignal }): Promise<string>;
}

/** The command by which everybody can verify what was signed with the key. */
export function verifyCommand(
  reference: string,
  publicKeyFile: string,
): string {
  return `cosign verify --key ${publicKeyFile} --insecure-ignore-tlog=true ${reference}`;
}
