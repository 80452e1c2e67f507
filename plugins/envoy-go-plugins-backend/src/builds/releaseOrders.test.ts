import { resolve } from 'node:path';
import {
  TestDatabases,
  createMockDirectory,
  mockServices,
} from '@backstage/backend-test-utils';
import {
  type GitHubEmulator,
  type Seed,
  startGitHubEmulator,
} from '@envoy-go/github-emulator';
import type { Knex } from 'knex';
import { DeliveryHandlers } from '../events';
import { startBuilding } from '../testing/buildPortal';
import { pluginOnGitHub, startFactsPortal } from '../testing/factsPortal';
import { GITHUB_SEED } from '../testing/gitHubSeed';
import { testDelivery } from '../testing/testDelivery';
import { FakeRunnerPool } from './__testUtils__/FakeRunnerPool';

jest.setTimeout(120_000);

/** A repository for each test on each database. */
const NAMES = Array.from({ length: 8 }, (_, index) => `plugin-${index}`);

const SEED: Seed = {
  ...GITHUB_SEED,
  repositories: [
    ...NAMES.map(name => ({
      owner: 'envoy-plugins',
      name,
      author: 'author',
      files: { 'README.md': `# ${name}\n` },
      releases: [
        { tag: 'v0.9.0', daysAgo: 30 },
        { tag: 'v1.0.0', daysAgo: 7 },
        { tag: 'v1.1.0-rc.1', prerelease: true, daysAgo: 1 },
      ],
    })),
    {
      owner: 'author',
      name: 'elsewhere',
      author: 'author',
      files: { 'README.md': '# Elsewhere\n' },
      releases: [{ tag: 'v1.0.0', daysAgo: 1 }],
    },
  ],
};

describe('orders of releases', () => {
  const databases = TestDatabases.create({ ids: ['SQLITE_3', 'POSTGRES_18'] });
  const directory = createMockDirectory();
  const clock = { now: new Date() };
  let emulator: GitHubEmulator;
  let nth = 0;

  beforeAll(async () => {
    emulator = await startGitHubEmulator({
      stateDir: directory.resolve('state'),
      seed: SEED,
      clock: () => clock.now,
    });
  });

  afterAll(async () => {
    await emulator.close();
  });

  describe.each(databases.eachSupportedId())('%p', databaseId => {
    let name: string;
    let db: Knex;
    let facts: Awaited<ReturnType<typeof startFactsPortal>>;
    let portal: ReturnType<typeof startBuilding>;

    const start = (olderReleases?: 'latest' | 'all') =>
      startBuilding({
        gitHub: { host: emulator.host, apiBaseUrl: emulator.apiBaseUrl },
        db,
        pool: new FakeRunnerPool({ slots: 0 }),
        workDirectory: directory.resolve('work'),
        auth: mockServices.auth(),
        logger: mockServices.logger.mock(),
        now: () => clock.now,
        olderReleases,
        works: false,
      });
    beforeEach(async () => {
      name = NAMES[nth];
      nth += 1;
      db = await databases.init(databaseId);
      await db.migrate.latest({
        directory: resolve(__dirname, '../../migrations'),
      });
      const services = {
        auth: mockServices.auth(),
        logger: mockServices.logger.mock(),
      };
      facts = await startFactsPortal({
        emulator,
        knex: db,
        clock,
        ...services,
      });
      await facts.plugins.upsert([
        pluginOnGitHub(emulator, name),
        pluginOnGitHub(emulator, 'elsewhere', { owner: 'author' }),
      ]);
      await facts.sweep.sweep();
      portal = start();
    });

    afterEach(async () => {
      await portal.stop();
      await facts.stop();
    });

    const reconcile = async (limit = 100) =>
      portal.orders.orderMissing({
        limit,
        signal: new AbortController().signal,
      });
    const ordered = async () =>
      (await portal.builds.list({})).items.map(({ tag }) => tag).sort();
    const release = async (tag: string, notes?: string) => {
      facts.later(60);
      const published = await emulator.changes.release(
        `envoy-plugins/${name}`,
        {
          by: 'author',
          tag,
          notes,
        },
      );
      return published.id;
    };
    const readAnew = async () => {
      facts.later(7_200);
      await facts.sweep.sweep();
    };
    const repositoryId = (owner = 'envoy-plugins', called = name) =>
      emulator.state.repositories.find(owner, called)?.id ?? 0;

    /** Of an event as GitHub tells it. */
    const tell = async (action: string, id: number, tag: string) => {
      const handlers = new DeliveryHandlers();
      portal.follow(handlers);
      return handlers.handle({
        delivery: {
          ...testDelivery({
            event: 'release',
            body: JSON.stringify({
              action,
              release: { id, tag_name: tag, draft: false },
              repository: {
                id: repositoryId(),
                html_url: `${emulator.url}/envoy-plugins/${name}`,
                full_name: `envoy-plugins/${name}`,
              },
            }),
          }),
          id: 1,
          state: 'processing',
          attempts: 1,
          receivedAt: clock.now.toISOString(),
        },
        signal: new AbortController().signal,
      });
    };
    it('builds the latest of those from before the plugin came in, and all after', async () => {
      await expect(reconcile()).resolves.toBe(1);
      await expect(ordered()).resolves.toEqual(['v1.0.0']);
      await expect(reconcile()).resolves.toBe(0);

      await release('v1.1.0');
      await release('not-a-version');
      await release('v1.2.0', '[YANKED] It leaks');
      await release('v1.3.0-rc.1');
      await readAnew();
      await expect(reconcile(1)).resolves.toBe(1);
      await expect(reconcile(10)).resolves.toBe(1);
      await expect(ordered()).resolves.toEqual([
        'v1.0.0',
        'v1.1.0',
        'v1.3.0-rc.1',
      ]);
    });

    it('builds all of them where that is configured', async () => {
      portal = start('all');
      await expect(reconcile()).resolves.toBe(3);
      await expect(ordered()).resolves.toEqual([
        'v0.9.0',
        'v1.0.0',
        'v1.1.0-rc.1',
      ]);
    });

    it('builds what GitHub tells of once, whatever arrives twice', async () => {
      const id = await release('v1.1.0');
      // Nothing is known of it before the marketplace has read it
      await expect(tell('published', id, 'v1.1.0')).resolves.toEqual([]);
      await readAnew();
      await expect(tell('published', id, 'v1.1.0')).resolves.toEqual([
        {
          text: 'Queued the build of v1.1.0',
          entityRef: `envoygoplugin:default/${name}`,
        },
      ]);
      await expect(tell('released', id, 'v1.1.0')).resolves.toEqual([]);
      await expect(tell('edited', id, 'v1.1.0')).resolves.toEqual([]);
      await expect(ordered()).resolves.toEqual(['v1.1.0']);
      const [build] = (await portal.builds.list({})).items;
      expect(build).toMatchObject({
        kind: 'release',
        version: '1.1.0',
        repositoryId: repositoryId(),
        requestedBy: 'system',
        plugin: { namespace: 'default', name },
      });
      // The reconciler finds nothing more of it, only the latest from before
      await reconcile();
      await expect(ordered()).resolves.toEqual(['v1.1.0']);

      await expect(tell('deleted', id, 'v1.1.0')).resolves.toEqual([
        { text: 'Stopped the build of v1.1.0' },
      ]);
      await expect(portal.builds.get(build.id)).resolves.toMatchObject({
        state: 'cancelled',
        reason: 'The release v1.1.0 was withdrawn on GitHub',
      });
    });

    it('builds the commit that the tag had, and nothing outside of the organisation', async () => {
      const id = await release('v1.1.0');
      await readAnew();
      const before = (
        await facts.store.listReleases({
          host: emulator.host,
          id: repositoryId(),
        })
      ).find(each => each.id === id)?.commit;
      const to = await emulator.changes.push(`envoy-plugins/${name}`, {
        by: 'author',
        files: { 'filter.go': 'package filter\n' },
      });
      expect(to).not.toBe(before);
      await emulator.changes.moveTag(`envoy-plugins/${name}`, {
        by: 'author',
        tag: 'v1.1.0',
        to,
      });
      await readAnew();
      await tell('published', id, 'v1.1.0');
      const [build] = (await portal.builds.list({})).items;
      expect(build.commit).toBe(before);

      await expect(reconcile()).resolves.toBe(0);
      await expect(
        facts.store.listReleases({
          host: emulator.host,
          id: repositoryId('author', 'elsewhere'),
        }),
      ).resolves.toHaveLength(1);
    });
  });
});
