import { TestDatabases, mockServices } from '@backstage/backend-test-utils';
import { DatabasePluginStore } from '../marketplace';
import { testDelivery } from '../testing/testDelivery';
import { DatabaseDeliveryStore } from './DatabaseDeliveryStore';
import type { Delivery } from './Delivery';

jest.setTimeout(60_000);

describe('DatabaseDeliveryStore', () => {
  const databases = TestDatabases.create({ ids: ['SQLITE_3', 'POSTGRES_18'] });

  describe.each(databases.eachSupportedId())('%p', databaseId => {
    async function setUp() {
      const knex = await databases.init(databaseId);
      await DatabasePluginStore.create({
        database: mockServices.database({ knex }),
        knownEnvoyVersions: [],
        integrates: () => false,
      });
      return { knex, store: new DatabaseDeliveryStore(knex) };
    }

    const at = (seconds: number) =>
      new Date(Date.UTC(2026, 10, 22, 14, 0, seconds)).toISOString();

    const claimBy =
      (store: DatabaseDeliveryStore) =>
      (owner: string, seconds: number, limit = 10) =>
        store.claim({
          lease: { owner, until: at(seconds + 30) },
          now: at(seconds),
          limit,
        });

    const ids = (deliveries: Delivery[]) =>
      deliveries.map(({ deliveryId }) => deliveryId);

    it('keeps all of a delivery, once', async () => {
      const { store } = await setUp();
      const full = testDelivery({
        deliveryId: 'full',
        hookId: '12345678901234567890',
        action: 'created',
        repository: { id: 2 ** 40, fullName: 'envoy-plugins/token-auth' },
        headers: { 'x-github-event': 'star', 'user-agent': 'GitHub-Hookshot' },
        body: '{"größer": "\\u0000", "emoji": "🚀"}',
      });
      const bare = testDelivery({ deliveryId: 'bare' });
      await expect(store.add([full, bare])).resolves.toEqual({
        stored: new Set(['full', 'bare']),
        revived: new Set(),
      });
      await expect(
        store.add([
          { ...full, body: 'other' },
          testDelivery({ deliveryId: 'new' }),
          testDelivery({ deliveryId: 'new' }),
        ]),
      ).resolves.toEqual({ stored: new Set(['new']), revived: new Set() });
      await expect(store.get('full')).resolves.toEqual({
        ...full,
        id: expect.any(Number),
        state: 'received',
        attempts: 0,
      });
      await expect(store.get('none')).resolves.toBeUndefined();
      await expect(store.countByState()).resolves.toEqual({ received: 3 });
    });

    it('stores more than fits into a statement', async () => {
      const { store } = await setUp();
      const many = Array.from({ length: 1_201 }, () => testDelivery());
      await expect(store.add(many)).resolves.toHaveProperty(
        'stored.size',
        1_201,
      );
    });

    it('gives out what has its order in common one by one, the rest side by side', async () => {
      const { store } = await setUp();
      const claim = claimBy(store);
      for (const [deliveryId, orderedBy] of [
        ['a1', 'a'],
        ['a2', 'a'],
        ['b1', 'b'],
        ['a3', 'a'],
        ['b2', 'b'],
      ]) {
        await store.add([testDelivery({ deliveryId, orderedBy })]);
      }
      const [a1, b1] = await claim('one', 0);
      expect([a1, b1]).toMatchObject([
        {
          deliveryId: 'a1',
          state: 'processing',
          attempts: 1,
          leaseOwner: 'one',
          leaseUntil: at(30),
        },
        { deliveryId: 'b1' },
      ]);
      await expect(claim('two', 1)).resolves.toEqual([]);

      // What failed keeps what is newer waiting
      await store.settle(
        a1,
        'one',
        {
          transition: 'fail',
          error: 'Error: no',
          nextAttemptAt: at(10),
        },
        at(1),
      );
      await store.settle(
        b1,
        'one',
        { transition: 'finish', effects: [] },
        at(59),
      );
      expect(ids(await claim('two', 9))).toEqual(['b2']);
      const [again] = await claim('two', 10);
      expect(again).toMatchObject({
        deliveryId: 'a1',
        attempts: 2,
        error: 'Error: no',
      });

      // What is dead does not
      await store.settle(
        again,
        'two',
        { transition: 'bury', error: 'No' },
        at(59),
      );
      expect(ids(await claim('two', 11))).toEqual(['a2']);
      await expect(store.get('a1')).resolves.toMatchObject({
        state: 'dead',
        error: 'No',
      });
      await expect(
        store.claim({
          lease: { owner: 'two', until: at(60) },
          now: at(11),
          limit: 1,
          orderedBy: 'a',
        }),
      ).resolves.toEqual([]);
    });

    it('gives out what an owner did not settle before its lease ran out', async () => {
      const { store } = await setUp();
      const claim = claimBy(store);
      await store.add([
        testDelivery({ deliveryId: 'first' }),
        testDelivery({ deliveryId: 'second' }),
      ]);
      const [first] = await claim('one', 0);
      await store.renew([first.id], { owner: 'one', until: at(60) });
      await store.renew([first.id], { owner: 'other', until: at(0) });
      await expect(claim('two', 60)).resolves.toEqual([]);
      const [taken] = await claim('two', 61);
      expect(taken).toMatchObject({ deliveryId: 'first', attempts: 2 });

      await expect(
        store.settle(
          first,
          'one',
          { transition: 'finish', effects: [] },
          at(59),
        ),
      ).resolves.toBe(false);
      await expect(
        store.settle(
          taken,
          'two',
          { transition: 'finish', effects: [] },
          at(59),
        ),
      ).resolves.toBe(true);
      await expect(store.get('first')).resolves.toMatchObject({
        state: 'done',
        leaseOwner: undefined,
      });
    });

    it('gives each delivery to one of many that ask at once', async () => {
      const { store } = await setUp();
      await store.add(
        Array.from({ length: 120 }, (_, index) =>
          testDelivery({ orderedBy: `repository ${index % 60}` }),
        ),
      );
      const claims = await Promise.all(
        Array.from({ length: 12 }, (_, index) =>
          claimBy(store)(`worker ${index}`, 0, 10),
        ),
      );
      const claimed = claims.flat();
      expect(new Set(ids(claimed)).size).toBe(claimed.length);
      const orders = claimed.map(({ orderedBy }) => orderedBy);
      expect(new Set(orders).size).toBe(orders.length);
      expect(claimed.length).toBeGreaterThan(0);
    });

    it('replays what is settled, before what came after it', async () => {
      const { store } = await setUp();
      const claim = claimBy(store);
      await store.add(
        ['one', 'two', 'three'].map(deliveryId => testDelivery({ deliveryId })),
      );
      const [one] = await claim('worker', 0);
      await expect(store.replay('one')).rejects.toThrow(
        'Delivery one is processing; replay is possible only when it is done or ignored or failed or dead',
      );
      await expect(store.replay('four')).rejects.toThrow(
        'There is no delivery four',
      );
      await store.settle(
        one,
        'worker',
        { transition: 'bury', error: 'No' },
        at(59),
      );
      const [two] = await claim('worker', 1);
      await expect(store.replay('one')).resolves.toMatchObject({
        state: 'received',
        attempts: 0,
      });
      // Not while another one of its repository is being handled
      await expect(claim('worker', 2)).resolves.toEqual([]);
      await store.settle(two, 'worker', { transition: 'ignore' }, at(59));
      expect(ids(await claim('worker', 3))).toEqual(['one']);
    });
  });
});
