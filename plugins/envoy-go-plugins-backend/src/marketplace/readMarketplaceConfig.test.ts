import { mockServices } from '@backstage/backend-test-utils';
import { readMarketplaceConfig } from './readMarketplaceConfig';

describe('readMarketplaceConfig', () => {
  const read = (envoyGoPlugins?: object, webhooks = false) =>
    readMarketplaceConfig(
      mockServices.rootConfig({ data: { envoyGoPlugins } }),
      { webhooks },
    );

  it('has defaults for everything', () => {
    expect(read()).toEqual({
      knownEnvoyVersions: expect.arrayContaining(['1.38', '1.40']),
      reconcileSchedule: {
        frequency: { minutes: 5 },
        timeout: { minutes: 10 },
      },
      github: {
        timeoutMs: 10_000,
        maxFactsAgeMs: 3_600_000,
        sweepSchedule: {
          frequency: { minutes: 1 },
          timeout: { minutes: 15 },
        },
      },
    });
  });

  it('asks GitHub less often where it tells of changes itself', () => {
    expect(read(undefined, true).github.maxFactsAgeMs).toBe(6 * 3_600_000);
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
          timeout: '3s',
          maxFactsAge: 'PT2H',
          sweepSchedule: {
            frequency: { seconds: 20 },
            timeout: { seconds: 10 },
          },
        },
      }),
    ).toMatchObject({
      knownEnvoyVersions: ['1.41'],
      reconcileSchedule: { frequency: { seconds: 30 } },
      github: {
        timeoutMs: 3_000,
        maxFactsAgeMs: 7_200_000,
        sweepSchedule: { frequency: { seconds: 20 } },
      },
    });
  });

  it.each([
    [
      { marketplace: { envoyVersions: ['latest'] } },
      'envoyGoPlugins.marketplace.envoyVersions: found "latest"',
    ],
    [
      { github: { maxFactsAge: '1s' } },
      'envoyGoPlugins.github.maxFactsAge: found 1 s, allowed is a minute or more',
    ],
  ])('refuses %j', (config, message) => {
    expect(() => read(config)).toThrow(message);
  });
});
