import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type {
  LoggerService,
  SchedulerService,
} from '@backstage/backend-plugin-api';
import type { SchedulerServiceTaskInvocationDefinition } from '@backstage/backend-plugin-api';
import type {
  BuildSummary,
  ProofRow,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { Knex } from 'knex';
import { DatabaseAuditRecordStore } from '../../audit';
import {
  type ArtifactsConfig,
  type ArtifactServices,
  createReleaseArtifacts,
} from '../../artifacts';
import {
  BUILD_INFO_JSON,
  sharedLibrary,
} from '../../artifacts/__testUtils__/testRelease';
import type { OrderedRelease, ReleaseToPublish, RunnerResult } from '..';
import { createKnownVersions, createReleasePublisher } from '..';
import type { RepositorySnapshot } from '../../github';
import {
  DatabasePluginStore,
  DatabaseRepositoryStore,
  type StoredRelease,
  StoredPluginFacts,
} from '../../marketplace';
import { testPlugin, testRef } from '../../testing/testPlugin';

/** Of the plugin `header-auth`. */
export const REPOSITORY = { host: 'github.com', id: 7 };

/** The commit of every release. */
export const COMMIT = '0123456789abcdef0123456789abcdef01234567';

/** A release as GitHub has it; its id follows from its tag. */
export function testStoredRelease(
  tag: string,
  changes: Partial<StoredRelease> = {},
): StoredRelease {
  return {
    ...testOrderedRelease(tag),
    url: `https://github.com/envoy-plugins/header-auth/releases/tag/${tag}`,
    commit: COMMIT,
    ...changes,
  };
}

function testOrderedRelease(tag: string): OrderedRelease {
  const [major, minor, patch = 0] = tag
    .replace(/^v/, '')
    .split(/[.-]/)
    .map(Number);
  const id = 1 + major * 10_000 + minor * 100 + patch;
  return {
    id,
    tag,
    version: tag.replace(/^v/, ''),
    prerelease: tag.includes('-'),
    publishedAt: new Date(Date.UTC(2026, 10, 1) + id * 60_000).toISOString(),
  };
}

/** The repository of `header-auth` as GitHub has it. */
export function testSnapshot(
  changes: Partial<RepositorySnapshot> = {},
): RepositorySnapshot {
  return {
    ...REPOSITORY,
    nodeId: 'R_7',
    owner: 'envoy-plugins',
    name: 'header-auth',
    url: 'https://github.com/envoy-plugins/header-auth',
    visibility: 'public',
    archived: false,
    stars: 3,
    forks: 0,
    updatedAt: '2026-11-20T10:00:00.000Z',
    openIssues: 0,
    openPullRequests: 0,
    branches: 1,
    tags: 0,
    releases: { total: 0, newest: [] },
    asOf: '2026-11-20T10:00:00.000Z',
    ...changes,
  };
}

/** What a runner has built of a release, in a folder. */
export async function testBuilt(
  folder: string,
  tag: string,
  changes: {
    build?: Partial<BuildSummary>;
    /** By version of Envoy. */
    proofs?: Record<string, ProofRow['outcome']>;
    content?: string;
    licence?: RunnerResult['licence'] | false;
    library?: RunnerResult['report']['libraries'][number];
    buildInfo?: string;
  } = {},
): Promise<ReleaseToPublish> {
  await mkdir(folder, { recursive: true });
  const licence = join(folder, 'LICENSE');
  await writeFile(licence, 'Apache License\n');
  const file = join(folder, 'library.so');
  const bytes = sharedLibrary('linux/amd64', changes.content ?? tag);
  await writeFile(file, bytes);
  const release = testOrderedRelease(tag);
  const proofs = changes.proofs ?? { '1.38.3': 'passed', '1.40.0': 'passed' };
  const failed = Object.values(proofs).find(outcome => outcome !== 'passed');
  return {
    release,
    build: {
      id: `build-${tag}`,
      kind: 'release',
      state: 'publishing',
      plugin: { namespace: 'default', name: 'header-auth' },
      host: REPOSITORY.host,
      repositoryId: REPOSITORY.id,
      repository: 'envoy-plugins/header-auth',
      commit: COMMIT,
      tag,
      version: release.version,
      requestedBy: 'system',
      attempts: 1,
      createdAt: '2026-11-20T10:00:00.000Z',
      startedAt: '2026-11-20T10:01:00.000Z',
      ...changes.build,
    },
    result: {
      runner: { name: 'runner-1', version: '0.1.0' },
      report: {
        outcome: failed ?? 'passed',
        reason: failed && 'The proof failed in an Envoy',
        plugin: {
          name: 'header-auth',
          module: 'github.com/envoy-plugins/header-auth',
          filterName: 'header-auth',
        },
        commit: COMMIT,
        go: '1.26.8',
        steps: [],
        libraries: [
          changes.library ?? {
            platform: 'linux/amd64',
            file,
            digest: `sha256:${Buffer.from(changes.content ?? tag)
              .toString('hex')
              .padEnd(64, '0')}`,
            bytes: bytes.length,
            needed: [],
            hooks: [],
          },
        ],
        compatibility: Object.entries(proofs).map(([envoy, outcome]) => ({
          requested: envoy,
          envoy,
          envoySha256: 'a'.repeat(64),
          platform: 'linux/amd64',
          outcome,
          warnings: [],
          cases: [
            {
              name: 'lets admins pass',
              outcome: outcome === 'could-not-run' ? 'not-run' : outcome,
              differences:
                outcome === 'failed'
                  ? [{ field: 'status', expected: '200', actual: '403' }]
                  : [],
              durationMs: 3,
            },
          ],
          durationMs: 400,
        })),
        durationMs: 20_000,
      },
      licence:
        changes.licence === false
          ? undefined
          : changes.licence ?? { path: licence, spdx: 'Apache-2.0' },
      modules: [],
      buildInfo: [
        { platform: 'linux/amd64', text: changes.buildInfo ?? BUILD_INFO_JSON },
      ],
    },
  };
}

/** All that becomes of built releases, with the plugin `header-auth`. */
export async function startReleases(options: {
  /** With the migrations run. */
  db: Knex;
  config: ArtifactsConfig;
  around?: Parameters<typeof createReleaseArtifacts>[0]['around'];
  logger: LoggerService;
  clock?: { now: Date };
  leaseMs?: number;
  onStored?: () => Promise<void>;
}) {
  const { db, config, logger } = options;
  const now = () => options.clock?.now ?? new Date();
  const plugins = await DatabasePluginStore.create({
    database: { getClient: async () => db, migrations: { skip: true } },
    knownEnvoyVersions: ['1.37', '1.38', '1.39', '1.40'],
    integrates: host => host === REPOSITORY.host,
  });
  const repositories = new DatabaseRepositoryStore(db);
  const services: ArtifactServices | undefined = createReleaseArtifacts({
    config,
    logger,
    around: options.around,
  });
  const tasks = new Map<string, SchedulerServiceTaskInvocationDefinition>();
  const scheduler: Pick<SchedulerService, 'scheduleTask'> = {
    async scheduleTask(task) {
      tasks.set(task.id, task);
    },
  };
  const versions = createKnownVersions(
    db,
    transaction => new DatabaseAuditRecordStore(transaction),
  );
  const summarize = async () => {
    const snapshot = await repositories.get(REPOSITORY);
    const releases = await repositories.listReleases(REPOSITORY);
    await plugins.setFacts(testRef('header-auth'), {
      stars: 3,
      asOf: snapshot?.snapshot.asOf ?? '',
      restrictedTo:
        snapshot?.snapshot.visibility === 'public' ? undefined : 'github.com/7',
      proofs: await versions.follower.follow(REPOSITORY, releases),
    });
  };
  const releases = createReleasePublisher({
    recordIn: transaction => new DatabaseAuditRecordStore(transaction),
    services,
    db,
    versions,
    plugins,
    repositories,
    onStored: async () => {
      await summarize();
      await options.onStored?.();
    },
    scheduler,
    appUrl: 'https://portal.example.com',
    apiUrl: async () => 'https://portal.example.com/api/envoy-go-plugins',
    logger,
    now,
    pace: { leaseMs: options.leaseMs ?? 1_000, pollMs: 50 },
  });
  return {
    ...releases,
    versions: versions.store,
    services,
    plugins,
    repositories,
    facts: new StoredPluginFacts({
      store: repositories,
      readSoon: () => {},
      maxFactsAgeMs: Number.MAX_SAFE_INTEGER,
      now,
      logger,
    }),
    summarize,
    /** Runs a task that is scheduled. */
    run: async (id: string) => {
      const task = tasks.get(id);
      if (!task) {
        throw new Error(`No task is called ${id}`);
      }
      await task.fn(AbortSignal.timeout(60_000));
    },
    /** Has the marketplace know the plugin and its repository. */
    async seed(changes: Partial<RepositorySnapshot> = {}) {
      await plugins.upsert([
        testPlugin('header-auth', {
          metadata: {
            title: 'Header auth',
            description: 'Lets a request pass only with a header',
            annotations: {
              'github.com/project-slug': 'envoy-plugins/header-auth',
              'backstage.io/source-location':
                'url:https://github.com/envoy-plugins/header-auth/',
            },
          },
        }),
      ]);
      await repositories.saveSnapshot(testSnapshot(changes));
      const link = await repositories.findLink(testRef('header-auth'));
      if (!link) {
        throw new Error('The plugin says of no repository');
      }
      await repositories.link(link, REPOSITORY);
    },
    /** Has GitHub say which releases there are, and takes that up. */
    async released(...known: StoredRelease[]) {
      await repositories.changeReleases(REPOSITORY, before => ({
        releases: [
          ...before.filter(one => known.every(({ id }) => id !== one.id)),
          ...known,
        ],
        activities: [],
      }));
      await summarize();
    },
  };
}
