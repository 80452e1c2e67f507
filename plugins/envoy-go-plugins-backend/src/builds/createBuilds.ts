import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type {
  AuditorService,
  LifecycleService,
  LoggerService,
  PermissionsService,
  SchedulerService,
  UserInfoService,
} from '@backstage/backend-plugin-api';
import type { Knex } from 'knex';
import type { RecordIn } from '../audit';
import type { OwnerLookup } from '../catalog';
import type { DeliveryHandlers } from '../events';
import type { GitHubDoor } from '../github';
import type { Notices } from '../notices';
import type { OpenPages } from '../signals';
import type {
  HiddenPlugins,
  KnownPlugins,
  RepositoryStore,
} from '../marketplace';
import { AuthorizedBuilds, type BuildAccess } from './AuthorizedBuilds';
import { BuildChanges } from './BuildChanges';
import type { Builds } from './Builds';
import { BuildWorker } from './BuildWorker';
import { DatabaseBuildStore } from './DatabaseBuildStore';
import { DefaultBuilds } from './DefaultBuilds';
import { followReleases } from './followReleases';
import { LogKeeper } from './LogKeeper';
import type { BuildsConfig } from './readBuildsConfig';
import { ReleaseOrders } from './ReleaseOrders';
import type { ReleasePublisher } from './ReleasePublisher';
import type { RunnerPool, RunnerStore } from './runners';
import { WorkFolders } from './WorkFolders';

/** So many releases that were missed are queued in one run. */
const MOST_MISSED = 200;

const NO_PUBLISHER: ReleasePublisher = {
  publish: async () => ({}),
  refuse: async () => {},
};

/** How things are built. */
export interface Building {
  builds: Builds;
  /** Has releases built that GitHub tells of. */
  follow(handlers: DeliveryHandlers): void;
  /** Builds as people see them. */
  forPeople(options: {
    permissions: PermissionsService;
    access: BuildAccess;
    userInfo: UserInfoService;
    hidden: HiddenPlugins;
    known: KnownPlugins;
    auditor: AuditorService;
  }): AuthorizedBuilds;
  /** Builds, and looks for releases that were missed, until the backend stops. */
  start(lifecycle: LifecycleService): Promise<void>;
}

/** Puts together how things are built. */
export function createBuilds(options: {
  config: BuildsConfig;
  /** The GitHub of the store, and the organisation whose releases are built. */
  people: { host: string; organization?: string };
  /** With the plugin's migrations run. */
  db: Knex;
  door: GitHubDoor;
  repositories: Pick<
    RepositoryStore,
    'get' | 'listLinksOf' | 'listPluginsOf' | 'listReleases'
  >;
  runners: {
    pool: RunnerPool;
    store: Pick<RunnerStore, 'list' | 'hasRunners'>;
  };
  /** What passes is published by; without it nothing is. */
  publisher?: ReleasePublisher;
  ownerOf: OwnerLookup;
  pages: OpenPages;
  noticesIn: Notices['outboxIn'];
  scheduler: SchedulerService;
  /** Where people see a GitHub, such as `https://github.com`. */
  urlOf: (host: string) => string;
  recordIn: RecordIn;
  logger: LoggerService;
  now: () => Date;
  /** For tests: how fast it is. */
  pace?: { leaseMs?: number; pollMs?: number; retryDelaysMs?: number[] };
}): Building & { worker: BuildWorker; orders: ReleaseOrders; logs: LogKeeper } {
  const { config, people, db, door, runners } = options;
  const { scheduler, logger, now, pace = {} } = options;
  const store = new DatabaseBuildStore({
    db,
    recordIn: options.recordIn,
    noticesIn: options.noticesIn,
  });
  const changes = new BuildChanges(options.pages);
  const worker = new BuildWorker({
    id: `${hostname()} ${process.pid} ${randomUUID()}`,
    store,
    pool: runners.pool,
    publisher: options.publisher ?? NO_PUBLISHER,
    door,
    folders: new WorkFolders({ directory: config.workDirectory, now }),
    changes,
    logger,
    now,
    timeoutMs: config.timeoutMs,
    ...pace,
  });
  const builds = new DefaultBuilds({
    store,
    changes,
    hasRunners: () => runners.store.hasRunners(),
    urlOf: options.urlOf,
    onWork: () => worker.wake(),
    now,
    pollMs: pace.pollMs,
  });
  const orders = new ReleaseOrders({
    builds,
    store,
    repositories: options.repositories,
    host: people.host,
    organization: people.organization,
    older: config.olderReleases,
    now,
  });
  const logs = new LogKeeper({ store, keepMs: config.keepLogsMs, logger, now });
  return {
    builds,
    worker,
    orders,
    logs,
    follow: handlers => followReleases(handlers, orders),
    forPeople: ({ hidden, ...others }) =>
      new AuthorizedBuilds({
        builds,
        runners: () => runners.store.list(),
        listHidden: credentials => hidden.listHidden(credentials),
        ownerOf: options.ownerOf,
        ...others,
      }),
    async start(lifecycle) {
      lifecycle.addStartupHook(async () => worker.start());
      lifecycle.addShutdownHook(async () => worker.stop());
      await scheduler.scheduleTask({
        id: 'remove-build-logs',
        frequency: { hours: 1 },
        timeout: { minutes: 10 },
        initialDelay: { minutes: 2 },
        fn: async signal => {
          await logs.removeOld(signal);
        },
      });
      if (people.organization === undefined) {
        return;
      }
      await scheduler.scheduleTask({
        id: 'order-builds',
        frequency: { minutes: 1 },
        timeout: { minutes: 10 },
        initialDelay: { seconds: 20 },
        fn: async signal => {
          const ordered = await orders.orderMissing({
            limit: MOST_MISSED,
            signal,
          });
          if (ordered > 0) {
            logger.info(
              `Queued builds of ${ordered} releases that nobody had told of`,
            );
          }
        },
      });
    },
  };
}
