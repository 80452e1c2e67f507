import assert from 'node:assert/strict';
import { createPrivateKey, scryptSync } from 'node:crypto';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import nacl from 'tweetnacl';
import { createSigningKey, portalSigningKey } from './signingKey.ts';

/** As sigstore's library decrypts it; `undefined` where the password is another. */
function decrypt(pem: string, password: string) {
  const [, body] =
    /-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\n([^-]+)-/.exec(pem) ?? [
      '',
      '',
    ];
  const { kdf, cipher, ciphertext } = JSON.parse(
    Buffer.from(body, 'base64').toString('utf8'),
  );
  const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'base64'));
  const key = scryptSync(password, bytes(kdf.salt), 32, {
    ...kdf.params,
    maxmem: 2 ** 28,
  });
  const der = nacl.secretbox.open(
    bytes(ciphertext),
    bytes(cipher.nonce),
    new Uint8Array(key),
  );
  return der
    ? createPrivateKey({ key: Buffer.from(der), format: 'der', type: 'pkcs8' })
    : undefined;
}

test('a signing key is opened by its password only', () => {
  const pem = createSigningKey('secret');
  assert.equal(decrypt(pem, 'guess'), undefined);
  assert.equal(
    decrypt(pem, 'secret')?.asymmetricKeyDetails?.namedCurve,
    'prime256v1',
  );
});

test('the signing key stays from start to start, and only its owner can read it', t => {
  const folder = mkdtempSync(path.join(tmpdir(), 'envoy-go-scripts-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const stateDir = path.join(folder, 'state');
  const key = portalSigningKey(stateDir, 'secret');
  assert.equal(portalSigningKey(stateDir, 'secret'), key);
  assert.equal(
    statSync(path.join(stateDir, 'cosign.key')).mode % 0o1000,
    0o600,
  );
});
