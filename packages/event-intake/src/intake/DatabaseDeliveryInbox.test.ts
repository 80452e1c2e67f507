import { runInNewContext } from 'node:vm';
import { TestDatabases } from '@backstage/backend-test-utils';
import type { Knex } from 'knex';
import { DatabaseDeliveryInbox } from './DatabaseDeliveryInbox';

jest.setTimeout(180_000);

const MISSING =
  'The database has no table webhook_deliveries yet, or an old one; start a portal';

/** A driver that another realm has loaded first throws errors of that one. */
function throwFromElsewhere(knex: Knex): void {
  const elsewhere: unknown = runInNewContext('Error.prototype');
  if (typeof elsewhere !== 'object') {
    throw new Error('There is no other realm');
  }
  knex.on('query-error', (error: object) =>
    Object.setPrototypeOf(error, elsewhere),
  );
}

describe('DatabaseDeliveryInbox', () => {
  const databases = TestDatabases.create({ ids: ['SQLITE_3', 'POSTGRES_18'] });

  it.each(databases.eachSupportedId())(
    'tells what is missing from a database that does not answer (%s)',
    async databaseId => {
      const knex = await databases.init(databaseId);
      const inbox = new DatabaseDeliveryInbox(knex);
      await expect(inbox.check()).rejects.toThrow(MISSING);
      throwFromElsewhere(knex);
      await expect(inbox.check()).rejects.toThrow(MISSING);

      await knex.schema.createTable('webhook_deliveries', table => {
        table.text('delivery_id');
      });
      await expect(inbox.check()).rejects.toThrow(MISSING);
      await knex.schema.alterTable('webhook_deliveries', table => {
        table.text('origin');
      });
      await expect(inbox.check()).resolves.toBeUndefined();

      await knex.destroy();
      await expect(inbox.check()).rejects.toThrow(
        'The database does not answer',
      );
    },
  );
});
