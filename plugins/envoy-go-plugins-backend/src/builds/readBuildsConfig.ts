import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import type { RootConfigService } from '@backstage/backend-plugin-api';
import { readDurationFromConfig } from '@backstage/config';
import { InputError } from '@backstage/errors';
import { durationToMilliseconds } from '@backstage/types';

/** How releases are built; see `config.d.ts`. */
export interface BuildsConfig {
  /** How long a build may take, in milliseconds. */
  timeoutMs: number;
  /** Absolute. */
  workDirectory: string;
  olderReleases: 'latest' | 'all';
  /** How long logs are kept after a build has ended, in milliseconds. */
  keepLogsMs: number;
}

const DEFAULT_TIMEOUT_MS = 30 * 60_000;
const SHORTEST_TIMEOUT_MS = 60_000;
const DAY_MS = 24 * 60 * 60_000;
const LONGEST_TIMEOUT_MS = DAY_MS;
const DEFAULT_KEEP_LOGS_MS = 90 * DAY_MS;
const LONGEST_KEEP_LOGS_MS = 10_000 * DAY_MS;

/** @throws InputError when a value is not what `config.d.ts` allows */
export function readBuildsConfig(config: RootConfigService): BuildsConfig {
  const own = config.getOptionalConfig('envoyGoPlugins.builds');
  const timeoutMs = own?.has('timeout')
    ? durationToMilliseconds(readDurationFromConfig(own, { key: 'timeout' }))
    : DEFAULT_TIMEOUT_MS;
  if (!(timeoutMs >= SHORTEST_TIMEOUT_MS && timeoutMs <= LONGEST_TIMEOUT_MS)) {
    throw new InputError(
      `envoyGoPlugins.builds.timeout: found ${timeoutMs} ms, allowed is a minute to a day`,
    );
  }
  const workDirectory =
    own?.getOptionalString('workDirectory') ??
    join(tmpdir(), 'envoy-go-plugins-builds');
  if (!isAbsolute(workDirectory)) {
    throw new InputError(
      `envoyGoPlugins.builds.workDirectory: found "${workDirectory}", allowed is an absolute path`,
    );
  }
  const olderReleases = own?.getOptionalString('olderReleases') ?? 'latest';
  if (olderReleases !== 'latest' && olderReleases !== 'all') {
    throw new InputError(
      `envoyGoPlugins.builds.olderReleases: found "${olderReleases}", allowed is "latest" or "all"`,
    );
  }
  const keepLogsMs = own?.has('keepLogsFor')
    ? durationToMilliseconds(
        readDurationFromConfig(own, { key: 'keepLogsFor' }),
      )
    : DEFAULT_KEEP_LOGS_MS;
  if (!(keepLogsMs >= DAY_MS && keepLogsMs <= LONGEST_KEEP_LOGS_MS)) {
    throw new InputError(
      `envoyGoPlugins.builds.keepLogsFor: found ${keepLogsMs} ms, allowed is a day to 10,000 days`,
    );
  }
  return { timeoutMs, workDirectory, olderReleases, keepLogsMs };
}
