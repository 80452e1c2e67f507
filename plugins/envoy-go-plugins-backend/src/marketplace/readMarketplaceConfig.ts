import {
  type RootConfigService,
  type SchedulerServiceTaskScheduleDefinition,
  readSchedulerServiceTaskScheduleDefinitionFromConfig,
} from '@backstage/backend-plugin-api';
import { type Config, readDurationFromConfig } from '@backstage/config';
import { InputError } from '@backstage/errors';
import { type HumanDuration, durationToMilliseconds } from '@backstage/types';
import { KNOWN_ENVOY_MINORS } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';

/** The configuration under `envoyGoPlugins`, with its defaults; see `config.d.ts`. */
export interface MarketplaceConfig {
  knownEnvoyVersions: string[];
  reconcileSchedule: SchedulerServiceTaskScheduleDefinition;
  github: {
    timeoutMs: number;
    maxFactsAgeMs: number;
    sweepSchedule: SchedulerServiceTaskScheduleDefinition;
  };
}

/** Facts are not asked for more often, in milliseconds. */
const SHORTEST_FACTS_AGE_MS = 60_000;

/**
 * @param options.webhooks - whether GitHub tells of changes
 * @throws InputError when a value is not what `config.d.ts` allows
 */
export function readMarketplaceConfig(
  config: RootConfigService,
  options: { webhooks: boolean },
): MarketplaceConfig {
  const marketplace = config.getOptionalConfig('envoyGoPlugins.marketplace');
  const github = config.getOptionalConfig('envoyGoPlugins.github');
  const knownEnvoyVersions = marketplace?.getOptionalStringArray(
    'envoyVersions',
  ) ?? [...KNOWN_ENVOY_MINORS];
  for (const version of knownEnvoyVersions) {
    if (!/^\d+\.\d+$/.test(version)) {
      throw new InputError(
        `envoyGoPlugins.marketplace.envoyVersions: found "${version}", allowed are minor versions such as "1.38"`,
      );
    }
  }
  const maxFactsAgeMs = readMilliseconds(
    github,
    'maxFactsAge',
    options.webhooks ? { hours: 6 } : { hours: 1 },
  );
  if (!(maxFactsAgeMs >= SHORTEST_FACTS_AGE_MS)) {
    throw new InputError(
      `envoyGoPlugins.github.maxFactsAge: found ${
        maxFactsAgeMs / 1000
      } s, allowed is a minute or more`,
    );
  }
  return {
    knownEnvoyVersions,
    reconcileSchedule: readSchedule(marketplace, 'reconcileSchedule', {
      frequency: { minutes: 5 },
      timeout: { minutes: 10 },
    }),
    github: {
      timeoutMs: readMilliseconds(github, 'timeout', { seconds: 10 }),
      maxFactsAgeMs,
      sweepSchedule: readSchedule(github, 'sweepSchedule', {
        frequency: { minutes: 1 },
        timeout: { minutes: 15 },
      }),
    },
  };
}

function readSchedule(
  config: Config | undefined,
  key: string,
  fallback: SchedulerServiceTaskScheduleDefinition,
): SchedulerServiceTaskScheduleDefinition {
  return config?.has(key)
    ? readSchedulerServiceTaskScheduleDefinitionFromConfig(
        config.getConfig(key),
      )
    : fallback;
}

function readMilliseconds(
  config: Config | undefined,
  key: string,
  fallback: HumanDuration,
): number {
  return durationToMilliseconds(
    config?.has(key) ? readDurationFromConfig(config, { key }) : fallback,
  );
}
