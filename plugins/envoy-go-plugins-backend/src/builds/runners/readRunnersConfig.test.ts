import { mockServices } from '@backstage/backend-test-utils';
import type { JsonObject } from '@backstage/types';
import { certify, makeAuthority } from './__testUtils__/certificates';
import { readRunnersConfig } from './readRunnersConfig';

const read = (builds: JsonObject) =>
  readRunnersConfig(
    mockServices.rootConfig({ data: { envoyGoPlugins: { builds } } }),
  );
const TOKEN = '0123456789abcdef';

describe('readRunnersConfig', () => {
  it('takes no runners by default', () => {
    expect(readRunnersConfig(mockServices.rootConfig())).toEqual({
      tokens: [],
    });
    expect(read({ runnerTokens: [TOKEN] })).toEqual({ tokens: [] });
  });

  it.each(['127.0.0.1:7008', 'localhost:0', '[::1]:7008', 'unix:/run/builds'])(
    'listens on %s',
    listen => {
      expect(read({ listen, runnerTokens: [TOKEN] })).toEqual({
        listen: { address: listen },
        tokens: [TOKEN],
      });
    },
  );

  it('reads TLS', async () => {
    const authority = await makeAuthority('authority');
    const { certificate, key } = await certify(authority, 'portal.test');
    const clientCa = authority.certificate.toString('pem');
    const tls = { certificate, key, clientCa };
    const readTls = (changes: Partial<typeof tls>) =>
      read({
        listen: '[::]:7008',
        runnerTokens: [TOKEN],
        tls: { ...tls, ...changes },
      }).listen?.tls;
    expect(readTls({})).toEqual({
      cert: Buffer.from(certificate),
      key: Buffer.from(key),
      clientCa: Buffer.from(clientCa),
    });
    const other = await certify(authority, 'other.test');
    for (const changes of [{ certificate: 'c' }, { key: other.key }]) {
      expect(() => readTls(changes)).toThrow(
        /builds\.tls: certificate and key cannot be used \(.+\); give the text of PEM files/,
      );
    }
    expect(() => readTls({ clientCa: 'a' })).toThrow(
      /builds\.tls: clientCa cannot be used/,
    );
  });

  it.each<[JsonObject, RegExp]>([
    [{ listen: '7008' }, /listen: found "7008", allowed is HOST:PORT/],
    [{ listen: 'localhost:7008' }, /runnerTokens is missing/],
    [
      { listen: 'localhost:7008', runnerTokens: ['short'] },
      /shorter than 16 characters/,
    ],
  ])('refuses %j', (builds, message) => {
    expect(() => read(builds)).toThrow(message);
  });
});
