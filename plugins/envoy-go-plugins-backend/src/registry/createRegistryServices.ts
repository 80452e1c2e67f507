import { setTimeout as pause } from 'node:timers/promises';
import type {
  AuthService,
  LifecycleService,
  LoggerService,
  SchedulerService,
} from '@backstage/backend-plugin-api';
import { toError } from '@backstage/errors';

import type { Knex } from 'knex';
import {
  RegistryRequests,
  type ArtifactServices,
  type OciRegistry,
  type RegistryAccess,
  type Signer,
} from '../artifacts';
import type { PluginViewers, PluginVisibility } from '../marketplace';
import { DatabaseKeptManifests } from './DatabaseKeptManifests';
import { DatabasePullCounts, noPullCounts } from './DatabasePullCounts';
import { DatabaseTokenKeys } from './DatabaseTokenKeys';
import { KeptRegistry, KeptSigner } from './KeptRegistry';
import { PortalImageReaders } from './PortalImageReaders';
import type { PullCounts } from './PullCounts';
import type { RegistryServicesConfig } from './readRegistryConfig';
import { RegistryKeeper } from './RegistryKeeper';
import { RegistryManifests } from './RegistryManifests';
import { readTokenKey, type TokenKey } from './TokenKey';
import { TokenServer } from './TokenServer';

/** Between two attempts to reach a registry that starts with the portal. */
const RETRY_MS = 5_000;

/** After so many it is left to the next round. */
const START_ATTEMPTS = 24;

/** What {@link createRegistryServices} puts together. */
export interface RegistryServices {
  pulls: PullCounts;
  tokens?: {
    server: TokenServer;
    certificate: () => Promise<string>;
  };
  notifications?: {
    secret: string;
    counts: DatabasePullCounts;
    ignoredActor?: string;
  };
  /** Gives a registry and a signer a memory; `around` of `createReleaseArtifacts`. */
  keep(parts: {
    access: RegistryAccess;
    registry: OciRegistry;
    signer?: Signer;
  }): { registry: OciRegistry; signer?: Signer };
  /** Begins to look after the registry with the backend, and ends with it. */
  start(
    lifecycle: LifecycleService,
    artifacts: ArtifactServices | undefined,
  ): Promise<void>;
}

/**
 * All that the portal is to its registry besides a client: it gives out tokens, counts pulls,
 * and keeps manifests.
 *
 * @throws InputError when the configured key is none
 */
export function createRegistryServices(options: {
  config: RegistryServicesConfig;
  /** With the plugin's migrations run. */
  db: Knex;
  auth: AuthService;
  visibility: PluginVisibility;
  viewers: Pick<PluginViewers, 'viewerOf'>;
  scheduler: SchedulerService;
  logger: LoggerService;
  now: () => Date;
}): RegistryServices {
  const { config, db, scheduler, logger, now } = options;
  const { tokenServer, notificationSecret } = config;
  const counts = new DatabasePullCounts({ db, now });
  const kept = new DatabaseKeptManifests({ db, now });
  let keeper: RegistryKeeper | undefined;

  return {
    pulls: notificationSecret === undefined ? noPullCounts : counts,
    tokens: tokenServer && createTokens({ ...options, config: tokenServer }),
    ...(notificationSecret !== undefined && {
      notifications: {
        secret: notificationSecret,
        counts,
        ignoredActor: tokenServer?.username,
      },
    }),
    keep({ access, registry, signer }) {
      keeper = new RegistryKeeper({
        kept,
        manifests: new RegistryManifests(new RegistryRequests(access)),
        logger,
      });
      return {
        registry: new KeptRegistry({ registry, keeper }),
        signer: signer && new KeptSigner({ signer, keeper }),
      };
    },
    async start(lifecycle, artifacts) {
      const stopping = new AbortController();
      lifecycle.addShutdownHook(() => stopping.abort());
      const { signal } = stopping;
      if (artifacts) {
        lifecycle.addStartupHook(
          () => void prepareTools(artifacts, logger, signal),
        );
      }
      if (keeper) {
        const looking = keeper;
        const check = telling(keeper, logger);
        lifecycle.addStartupHook(
          () => void checkAtStart(looking, logger, signal),
        );
        await scheduler.scheduleTask({
          id: 'check-registry',
          frequency: { minutes: 1 },
          timeout: { minutes: 10 },
          initialDelay: { minutes: 1 },
          fn: task => check({ signal: task }),
        });
        await scheduler.scheduleTask({
          id: 'check-whole-registry',
          frequency: { minutes: 30 },
          timeout: { minutes: 30 },
          initialDelay: { minutes: 5 },
          fn: task => check({ thorough: true, signal: task }),
        });
      }
      if (notificationSecret !== undefined) {
        await scheduler.scheduleTask({
          id: 'clean-registry-events',
          frequency: { hours: 6 },
          timeout: { minutes: 10 },
          initialDelay: { minutes: 2 },
          fn: () => counts.clean(),
        });
      }
    },
  };
}

function createTokens(options: {
  config: NonNullable<RegistryServicesConfig['tokenServer']>;
  db: Knex;
  auth: AuthService;
  visibility: PluginVisibility;
  viewers: Pick<PluginViewers, 'viewerOf'>;
  now: () => Date;
}): NonNullable<RegistryServices['tokens']> {
  const { config, db, now } = options;
  const configured = config.key && readTokenKey(config.key);
  const keys = new DatabaseTokenKeys({ db, now });
  let stored: Promise<TokenKey> | undefined;
  const key = async (): Promise<TokenKey> => {
    if (configured) {
      return configured;
    }
    stored ??= keys.get(config.issuer);
    try {
      return await stored;
    } catch (error) {
      stored = undefined;
      throw error;
    }
  };
  return {
    server: new TokenServer({
      config,
      key,
      readers: new PortalImageReaders(options),
      now,
    }),
    certificate: async () => (await key()).certificate,
  };
}

/** Has programs installed before the first release needs them. */
async function prepareTools(
  { tools, signer }: ArtifactServices,
  logger: LoggerService,
  signal: AbortSignal,
): Promise<void> {
  for (const tool of signer
    ? (['crane', 'cosign'] as const)
    : (['crane'] as const)) {
    try {
      logger.info(`${tool} is ready: ${await tools.path(tool, { signal })}`);
    } catch (error) {
      if (signal.aborted) {
        return;
      }
      logger.warn(
        `${tool} is not ready, without which no release is published; it is tried again when one is`,
        toError(error),
      );
    }
  }
}

/** Looks through the registry; what goes wrong every minute is said once. */
function telling(
  keeper: RegistryKeeper,
  logger: LoggerService,
): (how: { thorough?: boolean; signal: AbortSignal }) => Promise<void> {
  let said: string | undefined;
  return async how => {
    try {
      await keeper.check(how);
      said = undefined;
    } catch (error) {
      const { message } = toError(error);
      if (!how.signal.aborted && message !== said) {
        said = message;
        logger.warn(
          `The registry could not be looked through, which is tried again: ${message}`,
        );
      }
    }
  };
}

/** The registry may start together with the backend. */
async function checkAtStart(
  keeper: RegistryKeeper,
  logger: LoggerService,
  signal: AbortSignal,
): Promise<void> {
  for (let attempt = 1; !signal.aborted; attempt += 1) {
    try {
      await keeper.check({ thorough: true, signal });
      return;
    } catch (error) {
      if (signal.aborted) {
        return;
      }
      if (attempt === START_ATTEMPTS) {
        logger.warn(
          `The registry could not be looked through at the start, which is done later: ${
            toError(error).message
          }`,
        );
        return;
      }
      await pause(RETRY_MS, undefined, { signal }).catch(() => {});
    }
  }
}
