import { generateKeyPairSync, randomBytes, scryptSync } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import nacl from 'tweetnacl';

/** What the key is encrypted with, as sigstore's Go library wants it. */
const SCRYPT = { N: 65536, r: 8, p: 1 };
const KEY_BYTES = 32;

/**
 * Makes a private key as `cosign generate-key-pair` does: P-256, PKCS #8, encrypted. cosign
 * itself would have to be compiled first, for which no portal shall wait.
 *
 * @see https://github.com/secure-systems-lab/go-securesystemslib/blob/main/encrypted/encrypted.go
 */
export function createSigningKey(password: string): string {
  const { privateKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'pkcs8', format: 'der' },
    publicKeyEncoding: { type: 'spki', format: 'der' },
  });
  const salt = randomBytes(32);
  const nonce = randomBytes(nacl.secretbox.nonceLength);
  const key = scryptSync(password, salt, KEY_BYTES, {
    ...SCRYPT,
    maxmem: 256 * SCRYPT.N * SCRYPT.r,
  });
  const ciphertext = nacl.secretbox(
    new Uint8Array(privateKey),
    new Uint8Array(nonce),
    new Uint8Array(key),
  );
  const encrypted = JSON.stringify({
    kdf: { name: 'scrypt', params: SCRYPT, salt: salt.toString('base64') },
    cipher: { name: 'nacl/secretbox', nonce: nonce.toString('base64') },
    ciphertext: Buffer.from(ciphertext).toString('base64'),
  });
  const lines = Buffer.from(encrypted)
    .toString('base64')
    .match(/.{1,64}/g);
  return [
    '-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----',
    ...(lines ?? []),
    '-----END ENCRYPTED SIGSTORE PRIVATE KEY-----',
    '',
  ].join('\n');
}

/** The key by which the demo signs: made on its first start, kept in its state folder. */
export function portalSigningKey(stateDir: string, password: string): string {
  const file = path.join(stateDir, 'cosign.key');
  if (!existsSync(file)) {
    mkdirSync(stateDir, { recursive: true });
    writeFileSync(file, createSigningKey(password), { mode: 0o600 });
  }
  return readFileSync(file, 'utf8');
}
