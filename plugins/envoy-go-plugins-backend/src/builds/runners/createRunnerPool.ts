import { randomUUID } from 'node:crypto';
import type {
  LifecycleService,
  LoggerService,
} from '@backstage/backend-plugin-api';
import type { Knex } from 'knex';
import { CoreRunnerPool, type RunnerLimits } from './CoreRunnerPool';
import { BEAT_MS, DatabaseRunnerStore } from './DatabaseRunnerStore';
import type { RunnersConfig } from './readRunnersConfig';
import type { RunnerPool } from './RunnerPool';
import type { RunnerStore } from './RunnerStore';

/** How long builds may go on when the backend stops, in milliseconds. */
const GRACE_MS = 2_000;

/** What the backend knows of build runners. */
export interface Runners {
  /** Those of this replica. */
  pool: RunnerPool;
  /** Those of all replicas. */
  store: RunnerStore;
  /**
   * Begins to listen, where an address is configured.
   *
   * @returns the address, with the port that was chosen
   */
  start(lifecycle: LifecycleService): Promise<{ address?: string }>;
}

/** Puts together how build runners mount. */
export function createRunnerPool(options: {
  config: RunnersConfig;
  db: Knex;
  logger: LoggerService;
  now: () => number;
  /** Id of this replica; a random one by default. */
  replica?: string;
  limits?: Partial<RunnerLimits>;
  /** How often runners have to say that they are there, in milliseconds. */
  pingInterval?: number;
}): Runners {
  const { config, db, logger, now } = options;
  const store = new DatabaseRunnerStore({
    db,
    replica: options.replica ?? randomUUID(),
    now,
  });
  const pool = new CoreRunnerPool({
    tokens: config.tokens,
    register: store,
    logger,
    limits: options.limits,
    pingInterval: options.pingInterval,
  });
  return {
    pool,
    store,
    async start(lifecycle) {
      if (!config.listen) {
        return {};
      }
      const { address } = await pool.serve(config.listen);
      logger.info(`Build runners may mount at ${address}`);
      if (!config.listen.tls && !isLocal(address)) {
        logger.warn(
          'Build runners mount without TLS, which leaves their token for all on the way to see; configure envoyGoPlugins.builds.tls',
        );
      }
      const beat = setInterval(
        () =>
          store
            .beat(pool.list())
            .catch(error =>
              logger.warn(
                'What is known of runners could not be stored',
                error,
              ),
            ),
        BEAT_MS,
      );
      beat.unref();
      lifecycle.addShutdownHook(async () => {
        clearInterval(beat);
        await pool.close({ grace: GRACE_MS });
      });
      return { address };
    },
  };
}

function isLocal(address: string): boolean {
  return /^(?:unix:|127\.|localhost:|\[::1\])/.test(address);
}
