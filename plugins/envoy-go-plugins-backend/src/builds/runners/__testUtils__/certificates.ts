import { KeyObject } from 'node:crypto';
import {
  BasicConstraintsExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
  type X509Certificate,
} from '@peculiar/x509';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/** Who vouches for others. */
export interface Authority {
  keys: CryptoKeyPair;
  certificate: X509Certificate;
}

/** A certificate and its key, as PEM. */
export interface Identity {
  certificate: string;
  key: string;
}

async function makeKeys(): Promise<CryptoKeyPair> {
  return globalThis.crypto.subtle.generateKey(ALGORITHM, true, [
    'sign',
    'verify',
  ]);
}

/** Makes one that vouches for itself. */
export async function makeAuthority(name: string): Promise<Authority> {
  const keys = await makeKeys();
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      name: `CN=${name}`,
      keys,
      signingAlgorithm: ALGORITHM,
      extensions: [
        new BasicConstraintsExtension(true, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign, true),
      ],
    },
    globalThis.crypto,
  );
  return { keys, certificate };
}

/** Makes what an authority vouches for. */
export async function certify(
  by: Authority,
  dnsName: string,
): Promise<Identity> {
  const keys = await makeKeys();
  const certificate = await X509CertificateGenerator.create(
    {
      subject: `CN=${dnsName}`,
      issuer: by.certificate.subject,
      publicKey: keys.publicKey,
      signingKey: by.keys.privateKey,
      signingAlgorithm: ALGORITHM,
      extensions: [
        new SubjectAlternativeNameExtension([{ type: 'dns', value: dnsName }]),
      ],
    },
    globalThis.crypto,
  );
  const key = KeyObject.from(keys.privateKey).export({
    type: 'pkcs8',
    format: 'pem',
  });
  return { certificate: certificate.toString('pem'), key: key.toString() };
}
