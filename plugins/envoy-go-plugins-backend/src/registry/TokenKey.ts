import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  X509Certificate,
  type KeyObject,
} from 'node:crypto';
import { InputError } from '@backstage/errors';
import {
  BasicConstraintsExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';

/** As it is configured or stored: PEM. */
export interface ConfiguredTokenKey {
  /** PKCS #8 or SEC 1; of an elliptic curve (P-256) or RSA. */
  privateKey: string;
  /** Of the same key; the registry has it in its `rootcertbundle`. */
  certificate: string;
}

/** What tokens are signed with. */
export interface TokenKey {
  privateKey: KeyObject;
  algorithm: 'ES256' | 'RS256';
  /** As the registry computes it of its bundle. */
  id: string;
  /** PEM. */
  certificate: string;
  /** DER in base64, as the header `x5c` of a token has it. */
  chain: string[];
}

/** RFC 5280, 4.1.2.5: there is no date on which it ends. */
const NEVER = new Date('9999-12-31T23:59:59Z');

/**
 * Makes a key and a certificate that it signed itself.
 *
 * @param name - whose it is
 */
export async function createTokenKey(
  name: string,
  now: Date,
): Promise<ConfiguredTokenKey> {
  const pair = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'der' },
  });
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const { subtle } = globalThis.crypto;
  const der = createPrivateKey(pair.privateKey).export({
    type: 'pkcs8',
    format: 'der',
  });
  const [privateKey, publicKey] = await Promise.all([
    subtle.importKey('pkcs8', new Uint8Array(der), algorithm, false, ['sign']),
    subtle.importKey('spki', new Uint8Array(pair.publicKey), algorithm, true, [
      'verify',
    ]),
  ]);
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      name: [{ CN: [name] }],
      // Clocks differ
      notBefore: new Date(now.getTime() - 24 * 60 * 60_000),
      notAfter: NEVER,
      signingAlgorithm: algorithm,
      keys: { privateKey, publicKey },
      extensions: [
        new BasicConstraintsExtension(true, undefined, true),
        new KeyUsagesExtension(
          KeyUsageFlags.digitalSignature + KeyUsageFlags.keyCertSign,
          true,
        ),
      ],
    },
    globalThis.crypto,
  );
  return {
    privateKey: pair.privateKey,
    certificate: `${certificate.toString('pem')}\n`,
  };
}

/**
 * Reads a key and its certificate.
 *
 * @throws InputError when they are not what they should be; it does not say what they hold
 */
export function readTokenKey(configured: ConfiguredTokenKey): TokenKey {
  const certificate = orInputError(
    () => new X509Certificate(configured.certificate),
    'certificate is no certificate in PEM',
  );
  const privateKey = orInputError(
    () => createPrivateKey(configured.privateKey),
    'privateKey is no private key in PEM, or is encrypted',
  );
  const algorithm = algorithmOf(privateKey);
  if (!certificate.checkPrivateKey(privateKey)) {
    throw new InputError(
      'envoyGoPlugins.registry.tokenServer: certificate is of another key than privateKey; give the one that belongs to it',
    );
  }
  return {
    privateKey,
    algorithm,
    id: libtrustKeyId(privateKey),
    certificate: certificate.toString(),
    chain: [certificate.raw.toString('base64')],
  };
}

function orInputError<T>(read: () => T, problem: string): T {
  try {
    return read();
  } catch {
    // What OpenSSL says of a key is not for logs
    throw new InputError(
      `envoyGoPlugins.registry.tokenServer: ${problem}; see the README on how to make one`,
    );
  }
}

function algorithmOf(key: KeyObject): TokenKey['algorithm'] {
  if (key.asymmetricKeyType === 'rsa') {
    return 'RS256';
  }
  if (
    key.asymmetricKeyType === 'ec' &&
    key.asymmetricKeyDetails?.namedCurve === 'prime256v1'
  ) {
    return 'ES256';
  }
  throw new InputError(
    'envoyGoPlugins.registry.tokenServer: privateKey is of a kind that registries do not know; use RSA, or the elliptic curve P-256',
  );
}

/**
 * The id by which Distribution 2 knows the keys of its bundle.
 *
 * @see https://distribution.github.io/distribution/spec/auth/jwt/
 */
function libtrustKeyId(key: KeyObject): string {
  const der = createPublicKey(key).export({ type: 'spki', format: 'der' });
  const hash = createHash('sha256').update(der).digest().subarray(0, 30);
  return (base32(hash).match(/.{4}/g) ?? []).join(':');
}

/** RFC 4648, for whole groups of five bytes. */
function base32(bytes: Buffer): string {
  const bits = [...bytes]
    .map(byte => byte.toString(2).padStart(8, '0'))
    .join('');
  return (bits.match(/.{5}/g) ?? [])
    .map(group => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[parseInt(group, 2)])
    .join('');
}
