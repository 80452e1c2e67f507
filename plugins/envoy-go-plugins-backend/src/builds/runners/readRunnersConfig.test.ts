import { mockServices } from '@backstage/backend-test-utils';
import type { JsonObject } from '@backstage/types';
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

  it('reads TLS', () => {
    expect(
      read({
        listen: '[::]:7008',
        runnerTokens: [TOKEN],
        tls: { certificate: 'c', key: 'k', clientCa: 'a' },
      }).listen?.tls,
    ).toEqual({
      cert: Buffer.from('c'),
      key: Buffer.from('k'),
      clientCa: Buffer.from('a'),
    });
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
