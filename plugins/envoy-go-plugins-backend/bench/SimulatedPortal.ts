import type {
  LifecycleService,
  LoggerService,
  SchedulerServiceTaskScheduleDefinition,
} from '@backstage/backend-plugin-api';
import { mockServices } from '@backstage/backend-test-utils';
import { ConfigReader } from '@backstage/config';
import { InputError, NotImplementedError } from '@backstage/errors';
import { ScmIntegrations } from '@backstage/integration';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { durationToMilliseconds } from '@backstage/types';
import { GITHUB_WEBHOOK_PATH } from '@envoy-go/event-intake';
import express from 'express';
import type { Knex } from 'knex';
import { createDeliveries } from '../src/events';
import { DefaultGitHubDoor } from '../src/github';
import {
  type Marketplace,
  createMarketplace,
  readMarketplaceConfig,
} from '../src/marketplace';
import { waitFor } from '../src/testing/waitFor';

const SECRET = 'It is a secret to everybody';

/** A time that only passes when it is told to. */
export class SimulatedClock {
  #time: number;

  constructor(start: Date) {
    this.#time = start.getTime();
  }

  now = (): Date => new Date(this.#time);

  /** @param ms - from now, in milliseconds */
  pass(ms: number): void {
    this.#time += ms;
  }
}

interface Task {
  everyMs: number;
  dueAt: number;
  run: (signal: AbortSignal) => void | Promise<void>;
}

/** What the portal does in the background, with real services, in simulated time. */
export interface SimulatedPortal
  extends Pick<Marketplace, 'plugins' | 'repositories' | 'refresher'> {
  door: DefaultGitHubDoor;
  maxFactsAgeMs: number;
  /** Where it takes in webhooks, and their secret; `undefined` where it does not. */
  webhook?: { url: string; secret: string };
  /** Does what is scheduled for now or before. */
  runDueTasks(): Promise<void>;
  /** Resolves when all that was received is handled. */
  handled(): Promise<void>;
  stop(): Promise<void>;
}

/** Puts the portal's parts together as `plugin.ts` does, with the defaults of the configuration. */
export async function startSimulatedPortal(options: {
  knex: Knex;
  clock: SimulatedClock;
  host: string;
  apiBaseUrl: string;
  token: string;
  organization: string;
  webhooks: boolean;
  logger: LoggerService;
}): Promise<SimulatedPortal> {
  const { knex, clock, host, apiBaseUrl, token, webhooks, logger } = options;
  const { now } = clock;
  const app = express();
  const server = app.listen(0, '127.0.0.1');
  await new Promise(done => {
    server.once('listening', done);
  });
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const url = `http://localhost:${port}${GITHUB_WEBHOOK_PATH}`;
  const config = new ConfigReader({
    backend: { baseUrl: `http://localhost:${port}` },
    integrations: { github: [{ host, apiBaseUrl, token }] },
    envoyGoPlugins: {
      github: {
        host,
        organization: options.organization,
        ...(webhooks && { webhookSecret: SECRET, webhookUrl: url }),
      },
    },
  });
  const settings = readMarketplaceConfig(config, { webhooks });
  const { maxFactsAgeMs, sweepSchedule, timeoutMs } = settings.github;
  const door = DefaultGitHubDoor.create({
    db: knex,
    integrations: ScmIntegrations.fromConfig(config),
    organization: options.organization,
    logger,
    // A simulated GitHub on a busy machine is slower than the real one
    timeoutMs: Math.max(timeoutMs, 60_000),
    now,
  });
  const marketplace = await createMarketplace({
    config: settings,
    database: { getClient: async () => knex },
    door,
    host,
    catalog: catalogServiceMock(),
    auth: mockServices.auth(),
    signals: { publish: async () => {} },
    logger,
    now,
  });
  const { plugins, repositories, refresher, sweep } = marketplace;
  const tasks: Task[] = [];
  const schedule = (
    task: SchedulerServiceTaskScheduleDefinition,
    run: Task['run'],
  ) =>
    tasks.push({
      everyMs: millisecondsOf(task.frequency),
      dueAt: now().getTime(),
      run,
    });
  schedule(sweepSchedule, async signal => {
    await sweep.sweep(signal);
  });
  const startUp: (() => unknown)[] = [];
  const shutDown: (() => unknown)[] = [];
  const lifecycle: LifecycleService = {
    addStartupHook: hook => startUp.push(hook),
    addShutdownHook: hook => shutDown.push(hook),
  };
  const deliveries = createDeliveries({
    config,
    store: { host, organization: options.organization },
    db: knex,
    door,
    changes: marketplace.changes,
    scheduler: {
      scheduleTask: async task => {
        schedule(task, task.fn);
      },
      createScheduledTaskRunner: () => {
        throw new NotImplementedError('Nobody asks for this');
      },
      triggerTask: async () => {},
      cancelTask: async () => {},
      getScheduledTasks: async () => [],
    },
    logger,
    now,
  });
  if (deliveries.router) {
    app.use(deliveries.router);
  }
  await deliveries.start(lifecycle);
  for (const hook of startUp) {
    await hook();
  }
  return {
    plugins,
    repositories,
    refresher,
    door,
    maxFactsAgeMs,
    webhook: webhooks ? { url, secret: SECRET } : undefined,
    async runDueTasks() {
      for (const task of tasks) {
        if (task.dueAt <= now().getTime()) {
          task.dueAt = now().getTime() + task.everyMs;
          await task.run(new AbortController().signal);
        }
      }
    },
    async handled() {
      await waitFor(async () => {
        const [{ count }] = await knex('webhook_deliveries')
          .whereIn('state', ['received', 'processing'])
          .count({ count: '*' });
        if (Number(count) > 0) {
          throw new Error(`${count} deliveries are not handled`);
        }
      }, 60_000);
    },
    async stop() {
      for (const hook of shutDown) {
        await hook();
      }
      await marketplace.stop();
      await door.stop();
      server.closeAllConnections();
      await new Promise(done => {
        server.close(done);
      });
    },
  };
}

function millisecondsOf(
  frequency: SchedulerServiceTaskScheduleDefinition['frequency'],
): number {
  if (
    'cron' in frequency ||
    'trigger' in frequency ||
    'toMillis' in frequency
  ) {
    throw new InputError('Only frequencies that are durations are simulated');
  }
  return durationToMilliseconds(frequency);
}
