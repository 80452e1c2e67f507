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
    freshForMs: number;
    timeoutMs: number;
    refreshSchedule: SchedulerServiceTaskScheduleDefinition;
    refreshBatchSize: number;
    refreshAfterMs: number;
  };
}

/** @throws InputError when a value is not what `config.d.ts` allows */
export function readMarketplaceConfig(
  config: RootConfigService,
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
  const refreshBatchSize = github?.getOptionalNumber('refreshBatchSize') ?? 30;
  if (!Number.isInteger(refreshBatchSize) || refreshBatchSize < 1) {
    throw new InputError(
      `envoyGoPlugins.github.refreshBatchSize: found ${refreshBatchSize}, allowed are whole numbers from 1`,
    );
  }
  return {
    knownEnvoyVersions,
    reconcileSchedule: readSchedule(marketplace, 'reconcileSchedule', {
      frequency: { minutes: 5 },
      timeout: { minutes: 10 },
    }),
    github: {
      freshForMs: readMilliseconds(github, 'freshFor', { seconds: 60 }),
      timeoutMs: readMilliseconds(github, 'timeout', { seconds: 10 }),
      refreshSchedule: readSchedule(github, 'refreshSchedule', {
        frequency: { minutes: 1 },
        timeout: { minutes: 5 },
      }),
      refreshBatchSize,
      refreshAfterMs: readMilliseconds(github, 'refreshAfter', { minutes: 5 }),
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
