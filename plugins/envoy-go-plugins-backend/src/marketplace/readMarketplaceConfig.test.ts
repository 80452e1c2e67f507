import { mockServices } from '@backstage/backend-test-utils';
import { readMarketplaceConfig } from './readMarketplaceConfig';

describe('readMarketplaceConfig', () => {
  const read = (envoyGoPlugins?: object) =>
    readMarketplaceConfig(
      mockServices.rootConfig({ data: { envoyGoPlugins } }),
    );

  it('has defaults for everything', () => {
    expect(read()).toEqual({
      knownEnvoyVersions: expect.arrayContaining(['1.38', '1.40']),
      reconcileSchedule: {
        frequency: { minutes: 5 },
        timeout: { minutes: 10 },
      },
      github: {
        freshForMs: 60_000,
        timeoutMs: 10_000,
        refreshSchedule: {
          frequency: { minutes: 1 },
          timeout: { minutes: 5 },
        },
        refreshBatchSize: 30,
        refreshAfterMs: 300_000,
      },
    });
  });

  it('takes what is configured', () => {
    expect(
      read({
        marketplace: {
          envoyVersions: ['1.41'],
          reconcileSchedule: {
            frequency: { seconds: 30 },
            timeout: { seconds: 20 },
          },
        },
        github: {
          freshFor: { minutes: 2 },
          timeout: '3s',
          refreshBatchSize: 5,
          refreshAfter: 'PT1H',
        },
      }),
    ).toMatchObject({
      knownEnvoyVersions: ['1.41'],
      reconcileSchedule: { frequency: { seconds: 30 } },
      github: {
        freshForMs: 120_000,
        timeoutMs: 3_000,
        refreshBatchSize: 5,
        refreshAfterMs: 3_600_000,
      },
    });
  });

  it.each([
    [
      { marketplace: { envoyVersions: ['latest'] } },
      'envoyGoPlugins.marketplace.envoyVersions: found "latest"',
    ],
    [
      { github: { refreshBatchSize: 0 } },
      'envoyGoPlugins.github.refreshBatchSize: found 0, allowed are whole numbers from 1',
    ],
  ])('refuses %j', (config, message) => {
    expect(() => read(config)).toThrow(message);
  });
});
