import { JsonObject } from '@backstage/types';
import { createVerify } from 'node:crypto';
import { GitHubError } from '../server/GitHubError';
import { isJsonObject } from '../truth/jsonSchema';

const MOST_SECONDS = 10 * 60;

/** Clients' clocks may differ a little. */
const LEEWAY_SECONDS = 60;

/** Whether a credential is a JSON web token (RFC 7519) rather than one of GitHub's own. */
export function isJsonWebToken(text: string): boolean {
  return /^eyJ[\w-]+\.[\w-]+\.[\w-]+$/.test(text);
}

function refused(message: string): GitHubError {
  return new GitHubError(401, message);
}

const UNDECODABLE = 'A JSON web token could not be decoded';

function decode(part: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(part, 'base64url').toString());
  } catch {
    throw refused(UNDECODABLE);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw refused(UNDECODABLE);
  }
  return isJsonObject(value) ? value : {};
}

/** The `iss` claim of a token that nobody verified yet. */
export function issuerOf(token: string): string {
  const { iss } = decode(token.split('.')[1]);
  return String(iss ?? '');
}

/**
 * Verifies what an app says to be
 * (https://docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app).
 *
 * @param now - seconds since 1970
 * @throws GitHubError 401 when the signature or the times are not right
 */
export function verifyJsonWebToken(
  token: string,
  publicKey: string,
  now: number,
): void {
  const [header, payload, signature] = token.split('.');
  const isSigned =
    decode(header).alg === 'RS256' &&
    createVerify('RSA-SHA256')
      .update(`${header}.${payload}`)
      .verify(publicKey, signature, 'base64url');
  if (!isSigned) {
    throw refused(UNDECODABLE);
  }
  const { exp, iat } = decode(payload);
  if (typeof exp !== 'number' || exp <= now) {
    throw refused(
      "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires",
    );
  }
  if (exp > now + MOST_SECONDS + LEEWAY_SECONDS) {
    throw refused("'Expiration time' claim ('exp') is too far in the future");
  }
  if (typeof iat !== 'number' || iat > now + LEEWAY_SECONDS) {
    throw refused(
      "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
    );
  }
}
