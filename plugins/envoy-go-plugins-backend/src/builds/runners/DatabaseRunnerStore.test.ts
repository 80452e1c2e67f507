import { TestDatabases } from '@backstage/backend-test-utils';
import type { BuildRunner } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { Knex } from 'knex';
import { DatabaseRunnerStore } from './DatabaseRunnerStore';

jest.setTimeout(60_000);

const START = Date.parse('2026-11-22T12:00:00Z');
const migration = require('../../../migrations/20261126_runners');

const RUNNER: BuildRunner = {
  name: 'one',
  version: '1.2.3',
  state: 'connected',
  hostname: 'builder',
  platforms: ['linux/amd64'],
  go: ['1.26.8'],
  isolation: [{ name: 'Network', given: true, detail: 'None.' }],
  concurrency: 2,
  builds: ['b1'],
  connectedAt: '2026-11-22T11:00:00.000Z',
  seenAt: '2026-11-22T12:00:00.000Z',
};

describe('DatabaseRunnerStore', () => {
  const databases = TestDatabases.create({ ids: ['SQLITE_3', 'POSTGRES_18'] });

  describe.each(databases.eachSupportedId())('%p', databaseId => {
    let db: Knex;
    let time: number;
    let here: DatabaseRunnerStore;
    let there: DatabaseRunnerStore;

    beforeEach(async () => {
      db = await databases.init(databaseId);
      await migration.up(db);
      time = START;
      const now = () => time;
      here = new DatabaseRunnerStore({ db, replica: 'here', now });
      there = new DatabaseRunnerStore({ db, replica: 'there', now });
    });

    it('has a migration that goes down, too', async () => {
      await here.save(RUNNER);
      await migration.down(db);
      await expect(db.schema.hasTable('build_runners')).resolves.toBe(false);
    });

    it('shows the runners of one replica on all', async () => {
      await expect(there.hasRunners()).resolves.toBe(false);
      await here.save(RUNNER);
      await expect(there.list()).resolves.toEqual([RUNNER]);
      await expect(there.hasRunners()).resolves.toBe(true);
      await here.save({ ...RUNNER, builds: [] });
      await expect(there.list()).resolves.toMatchObject([{ builds: [] }]);
    });

    it('shows those that are lost behind the others', async () => {
      await here.save(RUNNER);
      await here.save({ ...RUNNER, name: 'two' });
      await here.lose('one');
      await expect(here.list()).resolves.toMatchObject([
        { name: 'two', state: 'connected' },
        { name: 'one', state: 'lost', builds: [] },
      ]);
    });

    it('loses the runners of a replica that does not beat any more', async () => {
      await here.save(RUNNER);
      time += 30_000;
      await expect(there.hasRunners()).resolves.toBe(true);
      await here.beat([RUNNER]);
      time += 30_000;
      await expect(there.hasRunners()).resolves.toBe(true);
      time += 30_000;
      await expect(there.hasRunners()).resolves.toBe(false);
      await expect(there.list()).resolves.toMatchObject([
        { state: 'lost', builds: [], seenAt: '2026-11-22T12:00:30.000Z' },
      ]);
    });

    it('leaves a runner to the replica that it has mounted on since', async () => {
      await here.save(RUNNER);
      await there.save({ ...RUNNER, connectedAt: '2026-11-22T12:00:00.000Z' });
      await here.lose('one');
      await here.beat([]);
      await expect(here.list()).resolves.toMatchObject([
        { state: 'connected', connectedAt: '2026-11-22T12:00:00.000Z' },
      ]);
    });

    it('loses what it has no more, and forgets it after a week', async () => {
      await here.save(RUNNER);
      await here.beat([]);
      await expect(here.list()).resolves.toMatchObject([{ state: 'lost' }]);
      time += 6 * 24 * 60 * 60_000;
      await there.beat([]);
      await expect(here.list()).resolves.toHaveLength(1);
      time += 2 * 24 * 60 * 60_000;
      await there.beat([]);
      await expect(here.list()).resolves.toEqual([]);
    });
  });
});
