import { randomUUID } from 'node:crypto';
import type {
  AuditorService,
  AuthService,
  LifecycleService,
  LoggerService,
  SchedulerService,
  SchedulerServiceTaskScheduleDefinition,
} from '@backstage/backend-plugin-api';
import { parseEntityRef } from '@backstage/catalog-model';
import { toError } from '@backstage/errors';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import type { PublishCheck } from '@envoy-go/backstage-plugin-envoy-go-plugins-node';
import type { Knex } from 'knex';
import type { RecordIn } from '../audit';
import type { Builds } from '../builds';
import type { DeliveryHandlers } from '../events';
import type { GitHubDoor } from '../github';
import type { NoticeOutbox, Notices } from '../notices';
import type { OpenPages } from '../signals';
import { type KnownPeople, type PeopleConfig, PersonalTokens } from '../people';
import { BotAccess } from './BotAccess';
import { CatalogNames } from './CatalogNames';
import { RequestBuilds, createChecks } from './checks';
import { DatabasePublishRequestStore } from './DatabasePublishRequestStore';
import {
  DiscussionOutbox,
  type Discussions,
  createDiscussions,
} from './discussion';
import { followTransfers } from './followTransfers';
import { PublishChecks } from './PublishChecks';
import { PublishNotifier } from './PublishNotifier';
import { type PublishAccess, PublishRequests } from './PublishRequests';
import { PublishWorker } from './PublishWorker';
import type { PublishingConfig } from './readPublishingConfig';
import {
  createAnnounce,
  createProtect,
  createRegister,
  createSetTopics,
  createStrip,
  createTransfer,
  createWaitForTransfer,
  proposeWorkflow,
  rewriteModule,
  verifyCommit,
} from './steps';

/** How plugins are published. */
export interface Publishing {
  requests: PublishRequests;
  /** Who had a repository published; `undefined` where it was not published by the portal. */
  publisherOf(repository: {
    host: string;
    repositoryId: number;
  }): Promise<{ author: string; authorLogin: string } | undefined>;
  /** Works at requests until the backend stops. */
  start(
    lifecycle: LifecycleService,
    scheduler: SchedulerService,
  ): Promise<void>;
}

/** How often it is looked for what people wrote on GitHub and nobody told of. */
const RECONCILE: SchedulerServiceTaskScheduleDefinition = {
  frequency: { minutes: 10 },
  timeout: { minutes: 10 },
  initialDelay: { minutes: 1 },
};

/** So long between two looks for a transfer, and until it is asked for again, in milliseconds. */
const TRANSFER = { pollMs: 1_000, patienceMs: 120_000 };

/** Puts together how plugins are published. */
export function createPublishing(options: {
  config: PublishingConfig;
  people: PeopleConfig;
  db: Knex;
  door: GitHubDoor;
  catalog: CatalogService;
  auth: AuthService;
  auditor: AuditorService;
  pages: OpenPages;
  notices: Pick<Notices, 'outbox' | 'outboxIn'>;
  access: PublishAccess;
  known: KnownPeople;
  /** `undefined` where the portal builds nothing. */
  builds: Builds | undefined;
  /** Versions of Envoy that are supported. */
  envoys: readonly string[];
  /** Those of other modules. */
  checks: PublishCheck[];
  /** By which it hears of what happens on GitHub. */
  handlers: DeliveryHandlers;
  /** The address of the portal's pages. */
  portalUrl: string;
  recordIn: RecordIn;
  logger: LoggerService;
  now: () => Date;
  /** For tests: how fast it is. */
  pace?: {
    leaseMs?: number;
    pollMs?: number;
    transfer?: { pollMs: number; patienceMs: number };
    registerPollMs?: number;
    discussion?: { leaseMs?: number; pollMs?: number };
    builds?: { pollMs: number; runnerPatienceMs: number };
  };
}): Publishing & {
  worker: PublishWorker | undefined;
  discussions: Discussions | undefined;
} {
  const { config, people, db, door, catalog, auth, logger, now } = options;
  const { host, organization, adminTeam } = people;
  const { pages, notices, pace = {} } = options;
  const notifierWith = (outbox: NoticeOutbox) =>
    new PublishNotifier({ outbox, administrators: adminTeam });
  const notifier = notifierWith(notices.outbox);
  const store = new DatabasePublishRequestStore({
    db,
    recordIn: options.recordIn,
    notifierIn: transaction => notifierWith(notices.outboxIn(transaction)),
    outboxIn: transaction => new DiscussionOutbox(transaction),
  });
  const builds =
    options.builds &&
    new RequestBuilds({ builds: options.builds, ...pace.builds });
  const cancelUnwantedBuilds = async () => {
    try {
      await builds?.cancelUnwanted(({ requestId, commit }) =>
        store.isChecking({ id: requestId, commit }),
      );
    } catch (error) {
      logger.warn(
        'Builds that no request waits for could not be looked for, which is tried again',
        toError(error),
      );
    }
  };
  const names = new CatalogNames({ catalog, auth, store });
  const bot = new BotAccess({ door, organization });
  const asPortal = (at: string, owner: string) =>
    door.asPortal({ host: at, owner, lane: 'urgent' });
  const transferPace = pace.transfer ?? TRANSFER;
  const worker =
    organization === undefined
      ? undefined
      : new PublishWorker({
          id: randomUUID(),
          store,
          checks: new PublishChecks({
            checks: createChecks({
              door,
              names,
              allowedLicences: config.allowedLicences,
              added: options.checks,
              builds,
              envoys: options.envoys,
            }),
            door,
            organization,
            previousText: name => names.descriptionOf(name),
            now,
          }),
          steps: {
            'verify-commit': verifyCommit,
            transfer: createTransfer({
              bot,
              notifier,
              asPortal,
              ...transferPace,
            }),
            'wait-for-transfer': createWaitForTransfer({
              asPortal,
              ...transferPace,
            }),
            strip: createStrip({
              botIn: async (at, owner) =>
                (await door.identify({ host: at, owner, lane: 'urgent' }))
                  .login,
            }),
            'module-path': rewriteModule,
            protect: createProtect({
              // Backstage's GitHub modules call a group as the team's slug
              adminTeam:
                adminTeam === undefined
                  ? undefined
                  : parseEntityRef(adminTeam).name,
            }),
            topics: createSetTopics({ topics: config.topics }),
            'workflow-file': proposeWorkflow,
            register: createRegister({
              catalog,
              auth,
              registration: config.registration,
              pollMs: pace.registerPollMs,
            }),
            announce: createAnnounce({ notifier }),
          },
          door,
          pages,
          logger,
          cancelUnwantedBuilds,
          now,
          leaseMs: pace.leaseMs,
          pollMs: pace.pollMs,
        });
  const discussions =
    organization === undefined
      ? undefined
      : createDiscussions({
          db,
          door,
          host,
          organization,
          repository: config.discussionRepository,
          portalUrl: options.portalUrl,
          requests: store,
          catalog,
          auth,
          known: options.known,
          notifier,
          pages,
          handlers: options.handlers,
          recordIn: options.recordIn,
          logger,
          now,
          ...pace.discussion,
        });
  followTransfers(options.handlers, { store, onWork: () => worker?.wake() });
  return {
    requests: new PublishRequests({
      store,
      door,
      tokens: new PersonalTokens({ door, people: options.known, now }),
      known: options.known,
      access: options.access,
      bot,
      patienceMs: transferPace.patienceMs,
      pages,
      auditor: options.auditor,
      host,
      organization,
      neededApprovals: config.neededApprovals,
      onWork: () => worker?.wake(),
      onChanged: () => discussions?.mirror.wake(),
      cancelUnwantedBuilds,
      now,
    }),
    publisherOf: ({ host: at, repositoryId }) =>
      store.findPublisher(at, repositoryId),
    worker,
    discussions,
    async start(lifecycle, scheduler) {
      lifecycle.addStartupHook(async () => {
        worker?.start();
        discussions?.mirror.start();
      });
      lifecycle.addShutdownHook(async () => {
        await Promise.all([worker?.stop(), discussions?.mirror.stop()]);
      });
      if (discussions) {
        await scheduler.scheduleTask({
          ...RECONCILE,
          id: 'reconcile-discussions',
          fn: signal => discussions.reconciler.reconcile(signal),
        });
      }
    },
  };
}
