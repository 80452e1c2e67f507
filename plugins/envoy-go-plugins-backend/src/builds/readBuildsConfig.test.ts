import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigReader } from '@backstage/config';
import type { JsonObject } from '@backstage/types';
import { readBuildsConfig } from './readBuildsConfig';

const read = (builds?: JsonObject) =>
  readBuildsConfig(
    new ConfigReader(builds ? { envoyGoPlugins: { builds } } : {}),
  );

describe('readBuildsConfig', () => {
  it('has defaults for everything', () => {
    expect(read()).toEqual({
      timeoutMs: 1_800_000,
      workDirectory: join(tmpdir(), 'envoy-go-plugins-builds'),
      olderReleases: 'latest',
      keepLogsMs: 7_776_000_000,
    });
  });

  it('takes what is configured', () => {
    expect(
      read({
        timeout: { minutes: 5 },
        workDirectory: '/var/builds',
        olderReleases: 'all',
        keepLogsFor: 'P1D',
      }),
    ).toEqual({
      timeoutMs: 300_000,
      workDirectory: '/var/builds',
      olderReleases: 'all',
      keepLogsMs: 86_400_000,
    });
  });

  it.each([
    [{ timeout: '1s' }, 'found 1000 ms, allowed is a minute to a day'],
    [{ workDirectory: 'builds' }, 'allowed is an absolute path'],
    [{ olderReleases: 'none' }, 'allowed is "latest" or "all"'],
    [{ keepLogsFor: '1h' }, 'found 3600000 ms, allowed is a day to 10,000'],
  ])('refuses %j', (builds, message) => {
    expect(() => read(builds)).toThrow(message);
  });
});
