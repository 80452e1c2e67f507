import type { AuthService, LoggerService } from '@backstage/backend-plugin-api';
import { InMemoryCatalogClient } from '@backstage/catalog-client/testUtils';
import { ConfigReader } from '@backstage/config';
import { ScmIntegrations } from '@backstage/integration';
import type { SignalPayload } from '@backstage/plugin-signals-node';
import type { Knex } from 'knex';
import { DatabaseAuditRecordStore } from '../audit';
import {
  type BuildOrder,
  type ReleasePublisher,
  type RunnerPool,
  createBuilds,
} from '../builds';
import { DefaultGitHubDoor } from '../github';
import { DatabaseRepositoryStore } from '../marketplace';
import { PORTAL_TOKEN } from './gitHubSeed';
import { testPlugin } from './testPlugin';
import { createOwnerLookup } from '../catalog';
import { OpenPages } from '../signals';
import { startNotices } from './startNotices';

/** All that builds are made of, in front of an emulator, with runners of the test's. */
export function startBuilding(options: {
  gitHub: { host: string; apiBaseUrl: string };
  db: Knex;
  pool: RunnerPool;
  publisher?: ReleasePublisher;
  workDirectory: string;
  auth: AuthService;
  logger: LoggerService;
  now?: () => Date;
  timeoutMs?: number;
  leaseMs?: number;
  pollMs?: number;
  retryDelaysMs?: number[];
  olderReleases?: 'latest' | 'all';
  /** Whether it works at builds; default: true. */
  works?: boolean;
  /**
   * Whether it sends notifications; default: true. Where several processes write to one file of
   * SQLite it sends nothing: they would find it locked by each other.
   */
  sends?: boolean;
}) {
  const { gitHub, db, auth, logger, now = () => new Date() } = options;
  const door = DefaultGitHubDoor.create({
    db,
    integrations: ScmIntegrations.fromConfig(
      new ConfigReader({
        integrations: { github: [{ ...gitHub, token: PORTAL_TOKEN }] },
      }),
    ),
    logger,
    timeoutMs: 20_000,
    now,
  });
  const signals: SignalPayload[] = [];
  const { pool } = options;
  const ownerOf = createOwnerLookup({
    catalog: new InMemoryCatalogClient({
      entities: ['token-auth', 'bare'].map(name => ({
        ...testPlugin(name),
        relations: [{ type: 'ownedBy', targetRef: 'group:default/gateway' }],
      })),
    }),
    auth,
  });
  const telling = startNotices({
    db,
    ownerOf,
    logger,
    now,
    sends: options.sends,
  });
  const building = createBuilds({
    recordIn: transaction => new DatabaseAuditRecordStore(transaction),
    config: {
      timeoutMs: options.timeoutMs ?? 60_000,
      workDirectory: options.workDirectory,
      olderReleases: options.olderReleases ?? 'latest',
      keepLogsMs: 90 * 24 * 60 * 60_000,
    },
    people: { host: gitHub.host, organization: 'envoy-plugins' },
    db,
    door,
    repositories: new DatabaseRepositoryStore(db),
    runners: {
      pool,
      store: {
        list: async () => pool.list(),
        hasRunners: async () => pool.free() > 0,
      },
    },
    publisher: options.publisher,
    ownerOf,
    pages: new OpenPages({
      signals: {
        publish: async signal => {
          signals.push(signal);
        },
      },
      logger,
    }),
    noticesIn: telling.notices.outboxIn,
    scheduler: {
      scheduleTask: async () => {},
      triggerTask: async () => {},
      createScheduledTaskRunner: () => ({ run: async () => {} }),
      getScheduledTasks: async () => [],
      cancelTask: async () => {},
    },
    urlOf: host => `http://${host}`,
    logger,
    now,
    pace: {
      leaseMs: options.leaseMs ?? 5_000,
      pollMs: options.pollMs ?? 20,
      retryDelaysMs: options.retryDelaysMs ?? [1, 2, 3, 4],
    },
  });
  if (options.works ?? true) {
    building.worker.start();
  }
  return {
    ...building,
    told: telling.told,
    allTold: telling.allTold,
    signals,
    stop: async () => {
      await building.worker.stop();
      await telling.stop();
      await door.stop();
    },
  };
}

/** An order to build a release of a plugin. */
export function releaseOrder(
  repository: { host: string; id: number; commit: string },
  changes: Partial<BuildOrder> & { name?: string; version?: string } = {},
): BuildOrder {
  const { name = 'token-auth', version = '1.0.0', ...rest } = changes;
  return {
    kind: 'release',
    plugin: { namespace: 'default', name },
    host: repository.host,
    repositoryId: repository.id,
    repository: `envoy-plugins/${name}`,
    commit: repository.commit,
    release: {
      id: Number(version.replaceAll('.', '')),
      tag: `v${version}`,
      version,
      prerelease: false,
      publishedAt: '2026-11-20T00:00:00.000Z',
    },
    requestedBy: 'system',
    ...rest,
  };
}
