import { resolve } from 'node:path';
import { TestDatabases } from '@backstage/backend-test-utils';
import type { Knex } from 'knex';

jest.setTimeout(60_000);

const directory = resolve(__dirname, '../migrations');

async function tables(knex: Knex): Promise<string[]> {
  const rows: { name: string }[] =
    knex.client.config.client === 'pg'
      ? await knex('pg_tables')
          .where('schemaname', 'public')
          .select({ name: 'tablename' })
      : await knex('sqlite_master').where('type', 'table').select('name');
  return rows
    .map(row => row.name)
    .filter(name => !/^(sqlite_|knex_|plugins_search)/.test(name))
    .sort();
}

describe('migrations', () => {
  const databases = TestDatabases.create({ ids: ['SQLITE_3', 'POSTGRES_18'] });

  describe.each(databases.eachSupportedId())('%p', databaseId => {
    it('goes up and down, one at a time and with rows in the tables', async () => {
      const knex = await databases.init(databaseId);
      await knex.migrate.up({ directory });
      expect(await tables(knex)).toEqual(['github_responses']);
      await knex('github_responses').insert({
        url: 'https://api.github.com/repos/a/b',
        status: 404,
        checked_at: '2026-01-01T00:00:00.000Z',
      });

      await knex.migrate.up({ directory });
      expect(await tables(knex)).toEqual([
        'github_responses',
        'marketplace_state',
        'plugin_details',
        'plugin_groups',
        'plugins',
      ]);
      await expect(knex('marketplace_state')).resolves.toHaveLength(1);

      await knex.migrate.up({ directory });
      await expect(knex('github_responses')).resolves.toMatchObject([
        { url: 'https://api.github.com/repos/a/b', invalidated_at: null },
      ]);
      await expect(knex('plugin_details').columnInfo()).resolves.toHaveProperty(
        'repository',
      );

      await knex.migrate.up({ directory });
      expect(await tables(knex)).toContain('webhook_deliveries');
      await knex('webhook_deliveries').insert({
        delivery_id: 'd-1',
        event: 'ping',
        ordered_by: 'd-1',
        headers: '{}',
        body: '{}',
        received_at: '2026-01-01T00:00:00.000Z',
        state: 'received',
        attempts: 0,
      });

      await knex.migrate.down({ directory });
      expect(await tables(knex)).not.toContain('webhook_deliveries');
      await knex.migrate.down({ directory });
      await expect(
        knex('plugin_details').columnInfo(),
      ).resolves.not.toHaveProperty('repository');
      await knex.migrate.down({ directory });
      expect(await tables(knex)).toEqual(['github_responses']);
      await expect(knex('github_responses')).resolves.toHaveLength(1);
      await knex.migrate.down({ directory });
      expect(await tables(knex)).toEqual([]);

      await knex.migrate.latest({ directory });
      await expect(knex('plugins')).resolves.toEqual([]);

      // All the newer ones
      expect(await tables(knex)).toContain('repository_releases');
      await expect(knex('plugins').columnInfo()).resolves.toHaveProperty(
        'restricted_to',
      );
      await knex.migrate.rollback({ directory }, true);
      expect(await tables(knex)).toEqual([]);
      await knex.migrate.latest({ directory });
    });
  });
});
