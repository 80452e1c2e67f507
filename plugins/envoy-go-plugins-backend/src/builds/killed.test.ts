import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import {
  TestDatabases,
  createMockDirectory,
  mockServices,
} from '@backstage/backend-test-utils';
import {
  type GitHubEmulator,
  startGitHubEmulator,
} from '@envoy-go/github-emulator';
import knexFactory from 'knex';
import { DatabaseAuditRecordStore } from '../audit';
import { ChildScript } from '../testing/ChildScript';
import { releaseOrder, startBuilding } from '../testing/buildPortal';
import { GITHUB_SEED } from '../testing/gitHubSeed';
import { waitFor } from '../testing/waitFor';
import { FakeRunnerPool, neverEnd } from './__testUtils__/FakeRunnerPool';

// Starts a process for each point at which one dies
jest.setTimeout(180_000);

const DIES_AT = [
  'source',
  'building begun',
  'built',
  'publishing begun',
  'image pushed',
  'image tagged',
];

describe('builds, killed', () => {
  const databases = TestDatabases.create({ ids: ['SQLITE_3', 'POSTGRES_18'] });
  const directory = createMockDirectory();
  let emulator: GitHubEmulator;
  let repository: { host: string; id: number; commit: string };

  beforeAll(async () => {
    emulator = await startGitHubEmulator({
      stateDir: directory.resolve('state'),
      seed: GITHUB_SEED,
    });
    const answer = await fetch(
      `${emulator.apiBaseUrl}/repos/envoy-plugins/token-auth/commits/v1.0.0`,
      { headers: { authorization: 'Bearer portal-token' } },
    );
    const { sha } = await answer.json();
    const { id = 0 } =
      emulator.state.repositories.find('envoy-plugins', 'token-auth') ?? {};
    repository = { host: emulator.host, id, commit: sha };
  });

  afterAll(async () => {
    await emulator.close();
  });

  it.each(databases.eachSupportedId())(
    'go on wherever their process dies, and end with one image (%p)',
    async databaseId => {
      const workDirectory = directory.resolve(`work-${databaseId}`);
      const known = await databases.init(databaseId);
      // A database in memory would be no other process's
      const database =
        databaseId === 'SQLITE_3'
          ? {
              client: 'better-sqlite3',
              connection: { filename: directory.resolve('database.sqlite') },
              useNullAsDefault: true,
            }
          : {
              client: 'pg',
              connection: {
                ...known.client.config.connection,
                password: known.client.connectionSettings.password,
              },
            };
      const db = knexFactory(database);
      const gitHub = { host: emulator.host, apiBaseUrl: emulator.apiBaseUrl };
      const { builds, stop } = startBuilding({
        gitHub,
        db,
        workDirectory,
        pool: new FakeRunnerPool(),
        auth: mockServices.auth(),
        logger: mockServices.logger.mock(),
        works: false,
        sends: false,
      });
      const newReplica = () =>
        new ChildScript(require.resolve('../__testUtils__/buildReplica.ts'), {
          BUILD_REPLICA: JSON.stringify({
            gitHub,
            database,
            workDirectory,
            diesAt: DIES_AT,
          }),
          NODE_COMPILE_CACHE: directory.resolve('compiled'),
        });
      let working = newReplica();
      // Is there already when the other one dies
      let next = newReplica();
      try {
        await db.migrate.latest({
          directory: resolve(__dirname, '../../migrations'),
        });
        await db.schema.createTable('deaths', table => {
          table.text('point').primary();
        });
        await db.schema.createTable('images', table => {
          table.text('version').primary();
          table.text('digest');
        });
        await db.schema.createTable('tags', table => {
          table.text('tag').primary();
          table.text('digest');
        });
        const { build } = await builds.order(releaseOrder(repository));
        await working.start();
        await working.ask('begin');
        for (let died = 1; died <= DIES_AT.length; died += 1) {
          const standby = next.start();
          await waitFor(
            async () => expect(await db('deaths')).toHaveLength(died),
            30_000,
            50,
          );
          await Promise.all([working.kill(), standby]);
          await next.ask('begin');
          working = next;
          next = newReplica();
        }
        const ended = await builds.ended(build.id, {
          signal: AbortSignal.timeout(30_000),
        });
        expect(ended).toMatchObject({
          state: 'passed',
          attempts: DIES_AT.length + 1,
          image: `token-auth@${ended.libraries[0].digest}`,
        });
        await expect(db('images')).resolves.toEqual([
          { version: '1.0.0', digest: ended.libraries[0].digest },
        ]);
        await expect(db('tags')).resolves.toEqual([
          { tag: '1.0.0', digest: ended.libraries[0].digest },
        ]);
        // One record of each, however often it was begun
        const { items } = await new DatabaseAuditRecordStore(db).list({});
        expect(items.map(({ action }) => action).reverse()).toEqual([
          'build.order',
          'build.pass',
        ]);
        const notices = await db('notices');
        expect(notices.map(({ notice }) => JSON.parse(notice))).toMatchObject([
          { text: expect.stringContaining('v1.0.0 was built') },
        ]);
        // What those left behind that died is gone, too
        await waitFor(async () => {
          const workers = existsSync(workDirectory)
            ? await readdir(workDirectory)
            : [];
          const folders = await Promise.all(
            workers.map(name => readdir(`${workDirectory}/${name}`)),
          );
          expect([workers.length, folders.flat()]).toEqual([1, []]);
        });
      } finally {
        await Promise.all([working.kill(), next.kill()]);
        await stop();
        await db.destroy();
      }
    },
  );

  it('end when they were begun too often, or somebody stops them meanwhile', async () => {
    const db = await databases.init('SQLITE_3');
    await db.migrate.latest({
      directory: resolve(__dirname, '../../migrations'),
    });
    let laterMs = 0;
    const start = (name: string) =>
      startBuilding({
        gitHub: { host: emulator.host, apiBaseUrl: emulator.apiBaseUrl },
        db,
        workDirectory: directory.resolve(`work-${name}`),
        pool: new FakeRunnerPool({ slots: 2, behaviour: neverEnd }),
        auth: mockServices.auth(),
        logger: mockServices.logger.mock(),
        retryDelaysMs: [],
        now: () => new Date(Date.now() + laterMs),
        // It never renews its leases, as if it were dead
        leaseMs: 1_000_000,
      });
    const dead = start('dead');
    try {
      const ids = [];
      for (const version of ['1.0.0', '1.0.1']) {
        const { build } = await dead.builds.order(
          releaseOrder(repository, { version }),
        );
        ids.push(build.id);
      }
      await waitFor(async () => {
        const { states } = await dead.builds.list({});
        expect(states).toEqual([{ state: 'building', count: 2 }]);
      });
      await db('builds').where({ id: ids[1] }).update({
        cancel_actor: 'user:default/admin',
        cancel_reason: 'It is wrong',
      });
      laterMs = 2_000_000;
      const ended = await Promise.all(
        ids.map(id =>
          dead.builds.ended(id, { signal: AbortSignal.timeout(20_000) }),
        ),
      );
      expect(ended).toMatchObject([
        {
          state: 'could-not-run',
          reason: 'The backend that had it went away before it was over',
        },
        { state: 'cancelled', reason: 'It is wrong' },
      ]);
      await dead.allTold();
      expect(dead.told).toMatchObject([
        { text: expect.stringContaining('v1.0.0 could not be built') },
      ]);
    } finally {
      await dead.stop();
    }
  });
});
