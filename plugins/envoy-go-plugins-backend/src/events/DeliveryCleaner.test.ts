import { TestDatabases, mockServices } from '@backstage/backend-test-utils';
import { DatabasePluginStore } from '../marketplace';
import { testDelivery } from '../testing/testDelivery';
import { DatabaseDeletedTagStore } from './DatabaseDeletedTagStore';
import { DatabaseDeliveryStore } from './DatabaseDeliveryStore';
import { DeliveryCleaner } from './DeliveryCleaner';

jest.setTimeout(180_000);

const DAY_MS = 24 * 3_600_000;
const NOW = Date.parse('2026-11-22T14:00:00.000Z');

const daysAgo = (days: number) => new Date(NOW - days * DAY_MS).toISOString();

describe('DeliveryCleaner', () => {
  const databases = TestDatabases.create({ ids: ['SQLITE_3', 'POSTGRES_18'] });

  describe.each(databases.eachSupportedId())('%p', databaseId => {
    async function setUp() {
      const knex = await databases.init(databaseId);
      await DatabasePluginStore.create({
        database: mockServices.database({ knex }),
        knownEnvoyVersions: [],
        integrates: () => false,
      });
      const store = new DatabaseDeliveryStore(knex);
      const deletedTags = new DatabaseDeletedTagStore(knex);
      const logger = mockServices.logger.mock();
      const cleaner = new DeliveryCleaner({
        store,
        deletedTags,
        keepFinishedMs: 7 * DAY_MS,
        keepDeadMs: 30 * DAY_MS,
        logger,
        now: () => new Date(NOW),
      });
      const settle = (
        deliveryId: string,
        state: string,
        days: number | undefined,
      ) =>
        knex('webhook_deliveries')
          .where('delivery_id', deliveryId)
          .update({
            state,
            settled_at: days === undefined ? null : daysAgo(days),
          });
      return { knex, store, deletedTags, logger, cleaner, settle };
    }

    it('deletes what was settled long ago, dead ones later, and never what is still to be done', async () => {
      const { store, deletedTags, logger, cleaner, settle } = await setUp();
      const states = [
        ['done', 8],
        ['done', 6],
        ['ignored', 8],
        ['ignored', 6],
        ['dead', 31],
        ['dead', 29],
        ['received', undefined],
        ['processing', undefined],
        ['failed', undefined],
      ] as const;
      for (const [state, days] of states) {
        const deliveryId = `${state}-${days}`;
        await store.add([
          testDelivery({ deliveryId, receivedAt: daysAgo(100) }),
        ]);
        await settle(deliveryId, state, days);
      }
      const tag = { host: 'github.com', repositoryId: 1, tag: 'v1' };
      await deletedTags.add({
        ...tag,
        commit: 'a'.repeat(40),
        deletedAt: daysAgo(29),
      });
      const oldTag = { ...tag, tag: 'v0' };
      await deletedTags.add({
        ...oldTag,
        commit: 'b'.repeat(40),
        deletedAt: daysAgo(31),
      });

      await cleaner.clean();
      const { items } = await store.list({ limit: 100 });
      expect(items.map(({ deliveryId }) => deliveryId).sort()).toEqual([
        'dead-29',
        'done-6',
        'failed-undefined',
        'ignored-6',
        'processing-undefined',
        'received-undefined',
      ]);
      await expect(deletedTags.get(tag)).resolves.toBe('a'.repeat(40));
      await expect(deletedTags.get(oldTag)).resolves.toBeUndefined();
      expect(logger.info).toHaveBeenCalledWith(
        'Deleted 3 deliveries that were settled long ago',
      );

      logger.info.mockClear();
      await cleaner.clean();
      expect(logger.info).not.toHaveBeenCalled();
    });

    it('deletes more than it does at a time, and ends when it is told to', async () => {
      const { knex, store, cleaner } = await setUp();
      await store.add(Array.from({ length: 1_201 }, () => testDelivery()));
      await knex('webhook_deliveries').update({
        state: 'done',
        settled_at: daysAgo(8),
      });
      await cleaner.clean(AbortSignal.abort());
      await expect(store.countByState()).resolves.toEqual({ done: 1_201 });
      await cleaner.clean(new AbortController().signal);
      await expect(store.countByState()).resolves.toEqual({});
    });
  });
});
