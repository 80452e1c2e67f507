import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type {
  LifecycleService,
  LoggerService,
  SchedulerService,
} from '@backstage/backend-plugin-api';
import type { Config } from '@backstage/config';
import { toError } from '@backstage/errors';
import { durationToMilliseconds } from '@backstage/types';
import {
  DeliveryIntake,
  MismatchRecorder,
  createWebhookRouter,
  readWebhookConfig,
} from '@envoy-go/event-intake';
import type { Router } from 'express';
import type { Knex } from 'knex';
import type { GitHubDoor } from '../github';
import type { RepositoryChanges } from '../marketplace';
import { DatabaseDeletedTagStore } from './DatabaseDeletedTagStore';
import { DatabaseDeliveryStore } from './DatabaseDeliveryStore';
import { DatabaseHookStore } from './DatabaseHookStore';
import {
  DefaultDeliveryAdministration,
  type DeliveryAdministration,
} from './DeliveryAdministration';
import { DeliveryCleaner } from './DeliveryCleaner';
import { DeliveryHandlers } from './DeliveryHandlers';
import { DeliveryReconciler } from './DeliveryReconciler';
import { DeliveryWorker } from './DeliveryWorker';
import { followAccess } from './followAccess';
import { followRepositories } from './followRepositories';
import { gather } from './gather';
import type { HookOwner } from './HookStore';
import { OrganizationHooks } from './OrganizationHooks';
import { type HookConfig, readHookConfig } from './readHookConfig';
import { WebhookKeeper } from './WebhookKeeper';

/**
 * Administrators' pages hear of changes after that and this often at most, in milliseconds:
 * of a delivery that arrives and is handled at once they hear once.
 */
const CHANGED_INTERVAL_MS = 1_000;

/** What {@link createDeliveries} puts together. */
export interface Deliveries {
  administration: DeliveryAdministration;
  /** Takes further handlers until it is started; they are called where webhooks are configured. */
  handlers: DeliveryHandlers;
  /** Where GitHub delivers to; `undefined` where webhooks are not configured. */
  router: Router | undefined;
  /** Begins to handle, compare and clean with the backend, and ends with it. */
  start(lifecycle: LifecycleService): Promise<void>;
}

/**
 * All that has to do with deliveries: takes them in, has them handled, finds what did not
 * arrive, and looks after the webhook.
 *
 * @throws InputError when something is configured that is not allowed
 */
export function createDeliveries(options: {
  config: Config;
  /** With the plugin's migrations run. */
  db: Knex;
  door: GitHubDoor;
  /** The GitHub of the store, and the organisation that is the store, if there is one. */
  store: { host: string; organization?: string };
  changes: RepositoryChanges;
  scheduler: SchedulerService;
  logger: LoggerService;
  now: () => Date;
  /** Called within a second after deliveries or webhooks changed, at most once a second. */
  onChanged?: () => void;
}): Deliveries {
  const { config, db, changes, scheduler, logger, now } = options;
  const { host, organization } = options.store;
  const webhooks = readWebhookConfig(config);
  const hookConfig = readHookConfig(config, organization);
  const onChanged = gather(
    CHANGED_INTERVAL_MS,
    options.onChanged ?? (() => {}),
  );
  const store = new DatabaseDeliveryStore(db);
  const deletedTags = new DatabaseDeletedTagStore(db);
  const handlers = new DeliveryHandlers();
  if (!webhooks) {
    return {
      handlers,
      administration: new DefaultDeliveryAdministration({
        store,
        keepers: [],
        onReplayed: onChanged,
      }),
      router: undefined,
      async start() {},
    };
  }

  followRepositories(handlers, { changes, deletedTags });
  followAccess(handlers, { changes, host });
  const worker = new DeliveryWorker({
    id: `${hostname()} ${process.pid} ${randomUUID()}`,
    store,
    handlers,
    logger,
    now,
    onChanged,
  });
  const onStored = () => {
    worker.wake();
    onChanged();
  };
  const keepers = createKeepers({
    db,
    door: options.door,
    owner: organization === undefined ? undefined : { host, organization },
    logger,
    now,
    hookConfig,
    secret: webhooks.secret,
    store,
    onStored,
    onChanged,
  });
  const cleaner = new DeliveryCleaner({
    store,
    deletedTags,
    keepFinishedMs: hookConfig.keepFinishedMs,
    keepDeadMs: hookConfig.keepDeadMs,
    logger,
    now,
  });

  return {
    handlers,
    administration: new DefaultDeliveryAdministration({
      store,
      keepers,
      onReplayed: onStored,
    }),
    router: createWebhookRouter({
      intake: new DeliveryIntake({ inbox: store, onStored }),
      mismatches: new MismatchRecorder({ inbox: store, logger }),
      ...webhooks,
      logger,
      now,
    }),
    async start(lifecycle) {
      const stopping = new AbortController();
      lifecycle.addStartupHook(() => worker.start());
      lifecycle.addShutdownHook(async () => {
        stopping.abort();
        await worker.stop();
      });
      await scheduler.scheduleTask({
        id: 'clean-deliveries',
        frequency: { hours: 1 },
        timeout: { minutes: 10 },
        initialDelay: { minutes: 1 },
        fn: signal => cleaner.clean(signal),
      });
      if (keepers.length === 0) {
        return;
      }
      const everyMs = frequencyOf(hookConfig);
      await scheduler.scheduleTask({
        ...hookConfig.schedule,
        id: 'reconcile-webhooks',
        fn: signal => runAll(keepers, keeper => keeper.run(signal)),
      });
      await scheduler.scheduleTask({
        id: 'mend-webhooks',
        frequency: { minutes: 1 },
        timeout: hookConfig.schedule.timeout,
        initialDelay: { minutes: 1 },
        fn: signal =>
          runAll(keepers, keeper =>
            keeper.runUnlessDone(new Date(now().getTime() - everyMs), signal),
          ),
      });
      // Something may have been missed meanwhile. Of replicas that start together one looks.
      const startedAt = now();
      lifecycle.addStartupHook(() => {
        runAll(keepers, keeper =>
          keeper.runUnlessDone(startedAt, stopping.signal),
        ).catch(error =>
          logger.warn(
            'Webhooks could not be looked after at the start, which is tried again',
            toError(error),
          ),
        );
      });
    },
  };
}

function createKeepers(options: {
  hookConfig: HookConfig;
  secret: string;
  db: Knex;
  door: GitHubDoor;
  owner: HookOwner | undefined;
  store: DatabaseDeliveryStore;
  logger: LoggerService;
  now: () => Date;
  onStored: () => void;
  onChanged: () => void;
}): WebhookKeeper[] {
  const { hookConfig, secret, db, door, owner, store, logger, now } = options;
  const { url, manage } = hookConfig;
  if (!owner || !door.integrates(owner.host)) {
    return [];
  }
  const hooks = new OrganizationHooks({ door, ...owner });
  return [
    new WebhookKeeper({
      ...owner,
      url,
      secret,
      manage,
      hooks,
      reconciler: new DeliveryReconciler({
        hooks,
        store,
        logger,
        onStored: options.onStored,
      }),
      store: new DatabaseHookStore(db),
      logger,
      now,
      onChanged: options.onChanged,
    }),
  ];
}

async function runAll(
  keepers: WebhookKeeper[],
  run: (keeper: WebhookKeeper) => Promise<void>,
): Promise<void> {
  await Promise.all(keepers.map(run));
}

/** In milliseconds. What is scheduled otherwise keeps to its own schedule. */
function frequencyOf({ schedule }: HookConfig): number {
  const { frequency } = schedule;
  return 'cron' in frequency || 'trigger' in frequency
    ? Number.POSITIVE_INFINITY
    : durationToMilliseconds(
        'toMillis' in frequency
          ? { milliseconds: frequency.toMillis() }
          : frequency,
      );
}
