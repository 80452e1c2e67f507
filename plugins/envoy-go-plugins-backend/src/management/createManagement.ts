import { randomUUID } from 'node:crypto';
import type {
  AuditorService,
  AuthService,
  LifecycleService,
  LoggerService,
} from '@backstage/backend-plugin-api';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import type { Knex } from 'knex';
import type { RecordIn } from '../audit';
import type { Builds } from '../builds';
import type { GitHubDoor } from '../github';
import type { MarketplaceService, RepositoryChanges } from '../marketplace';
import type { Notices } from '../notices';
import type { AccessGuard } from '../people';
import type { OpenPages } from '../signals';
import type { Publishing } from '../publishing';
import { DatabaseManagementStore } from './DatabaseManagementStore';
import { Management } from './Management';
import { ManagementWorker } from './ManagementWorker';
import {
  createGiveBack,
  createLeaveCatalog,
  createMergeDescription,
  createReadRelease,
  createRefresh,
  createTell,
  createUnregister,
  createWaitUntilGivenBack,
  liftRules,
  mark,
  markRelease,
  propose,
} from './steps';

/** How fast it is looked whether something happened, in milliseconds. */
const PACE = {
  pollMs: 1_000,
  peopleMs: 30_000,
  askAgainMs: 120_000,
  acceptanceMs: 30_000,
  patienceMs: 24 * 60 * 60_000,
};

/** Puts together how published plugins are managed. */
export function createManagement(options: {
  db: Knex;
  door: GitHubDoor;
  marketplace: MarketplaceService;
  changes: Pick<RepositoryChanges, 'releaseChanged'>;
  catalog: CatalogService;
  auth: AuthService;
  auditor: AuditorService;
  pages: OpenPages;
  notices: Pick<Notices, 'outbox' | 'outboxIn'>;
  access: Pick<AccessGuard, 'roleIn' | 'isAmong' | 'administer'>;
  /** `undefined` where the portal builds nothing. */
  builds: Pick<Builds, 'order' | 'list'> | undefined;
  publisherOf: Publishing['publisherOf'];
  /** That plugins are published into. */
  organization: string | undefined;
  recordIn: RecordIn;
  logger: LoggerService;
  now: () => Date;
  /** For tests: how fast it is. */
  pace?: Partial<typeof PACE> & { leaseMs?: number; workerPollMs?: number };
}) {
  const { db, door, catalog, auth, pages, notices, logger, now } = options;
  const pace = { ...PACE, ...options.pace };
  const store = new DatabaseManagementStore({
    db,
    recordIn: options.recordIn,
    noticesIn: notices.outboxIn,
  });
  const worker = new ManagementWorker({
    id: randomUUID(),
    store,
    steps: {
      propose,
      merge: createMergeDescription(pace),
      refresh: createRefresh({ catalog, auth, pollMs: pace.pollMs }),
      'mark-release': markRelease,
      'read-release': createReadRelease({ changes: options.changes }),
      unregister: createUnregister({ catalog, auth }),
      'lift-rules': liftRules,
      'give-back': createGiveBack(pace),
      'wait-for-transfer': createWaitUntilGivenBack({
        pollMs: pace.pollMs,
        laterMs: pace.acceptanceMs,
        patienceMs: pace.patienceMs,
      }),
      'leave-catalog': createLeaveCatalog({
        catalog,
        auth,
        pollMs: pace.pollMs,
      }),
      mark,
      tell: createTell({ notices: notices.outbox }),
    },
    door,
    pages,
    logger,
    now,
    leaseMs: pace.leaseMs,
    pollMs: pace.workerPollMs,
  });
  return {
    management: new Management({
      store,
      marketplace: options.marketplace,
      catalog,
      auth,
      door,
      access: options.access,
      builds: options.builds,
      publisherOf: options.publisherOf,
      pages,
      auditor: options.auditor,
      organization: options.organization,
      onWork: () => worker.wake(),
      now,
    }),
    store,
    worker,
    /** Works at operations until the backend stops. */
    start(lifecycle: LifecycleService): void {
      lifecycle.addStartupHook(async () => worker.start());
      lifecycle.addShutdownHook(async () => worker.stop());
    },
  };
}
