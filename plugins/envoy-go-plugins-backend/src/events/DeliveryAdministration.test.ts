import { TestDatabases, mockServices } from '@backstage/backend-test-utils';
import { DatabasePluginStore } from '../marketplace';
import { testDelivery } from '../testing/testDelivery';
import { DatabaseDeliveryStore } from './DatabaseDeliveryStore';
import { DefaultDeliveryAdministration } from './DeliveryAdministration';
import type { DeliveryResult } from './DeliveryStore';

jest.setTimeout(180_000);

const AT = '2026-11-22T14:02:10.000Z';

describe('DefaultDeliveryAdministration', () => {
  const databases = TestDatabases.create({ ids: ['SQLITE_3', 'POSTGRES_18'] });

  async function setUp(databaseId: Parameters<typeof databases.init>[0]) {
    const knex = await databases.init(databaseId);
    await DatabasePluginStore.create({
      database: mockServices.database({ knex }),
      knownEnvoyVersions: [],
      integrates: () => false,
    });
    const store = new DatabaseDeliveryStore(knex);
    const onReplayed = jest.fn();
    const administration = new DefaultDeliveryAdministration({
      store,
      keepers: [],
      onReplayed,
    });
    const lease = { owner: 'one', until: '2026-11-22T14:03:00.000Z' };
    /** One that came to something, or that is `processing` when it came to nothing yet. */
    const addHandled = async (
      deliveryId: string,
      event: string,
      result?: DeliveryResult,
    ) => {
      await store.add([
        testDelivery({ deliveryId, event, orderedBy: deliveryId }),
      ]);
      const [claimed] = await store.claim({
        lease,
        now: AT,
        limit: 1,
        orderedBy: deliveryId,
      });
      if (result) {
        await store.settle(claimed, lease.owner, result, AT);
      }
    };
    await addHandled('dead-1', 'release', {
      transition: 'bury',
      error: 'TypeError: no',
    });
    await addHandled('dead-2', 'release', {
      transition: 'bury',
      error: 'TypeError: no',
    });
    await addHandled('done', 'star', { transition: 'finish', effects: [] });
    await addHandled('ignored', 'watch', { transition: 'ignore' });
    await addHandled('processing', 'release');
    await store.add([testDelivery({ deliveryId: 'received' })]);
    return { administration, store, onReplayed };
  }

  describe.each(databases.eachSupportedId())('%p', databaseId => {
    it('has those handled anew that are named and settled, and says why not the others', async () => {
      const { administration, store, onReplayed } = await setUp(databaseId);
      await expect(
        administration.replay({ deliveryIds: ['dead-1'] }),
      ).resolves.toEqual({ replayed: 1, refused: [] });
      expect(onReplayed).toHaveBeenCalledTimes(1);
      await expect(store.get('dead-1')).resolves.toMatchObject({
        state: 'received',
        attempts: 0,
      });

      await expect(
        administration.replay({
          deliveryIds: [
            'done',
            'ignored',
            'done',
            'received',
            'processing',
            'none',
          ],
        }),
      ).resolves.toEqual({
        replayed: 2,
        refused: [
          {
            deliveryId: 'received',
            reason: expect.stringContaining('received'),
          },
          {
            deliveryId: 'processing',
            reason: expect.stringContaining('processing'),
          },
          { deliveryId: 'none', reason: 'There is no delivery none' },
        ],
      });
      await expect(store.countByState()).resolves.toEqual({
        dead: 1,
        processing: 1,
        received: 4,
      });
    });

    it('has those handled anew that match a query', async () => {
      const { administration, store, onReplayed } = await setUp(databaseId);
      await expect(
        administration.replay({ query: { event: ['release'] } }),
      ).resolves.toEqual({
        replayed: 2,
        refused: [
          {
            deliveryId: 'processing',
            reason: expect.stringContaining('processing'),
          },
        ],
      });
      expect(onReplayed).toHaveBeenCalledTimes(1);
      await expect(store.countByState()).resolves.toEqual({
        done: 1,
        ignored: 1,
        processing: 1,
        received: 3,
      });
    });

    it('wakes nobody when nothing is to be done', async () => {
      const { administration, onReplayed } = await setUp(databaseId);
      await expect(
        administration.replay({ deliveryIds: ['none', 'received'] }),
      ).resolves.toMatchObject({ replayed: 0 });
      await expect(
        administration.replay({ query: { event: ['push'] } }),
      ).resolves.toEqual({ replayed: 0, refused: [] });
      await administration.list({});
      await administration.get('done');
      await administration.getWebhooks();
      expect(onReplayed).not.toHaveBeenCalled();
      await expect(administration.get('none')).rejects.toThrow(
        'There is no delivery none',
      );
    });
  });
});
