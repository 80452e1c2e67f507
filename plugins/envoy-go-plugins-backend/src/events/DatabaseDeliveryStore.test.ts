import { TestDatabases, mockServices } from '@backstage/backend-test-utils';
import { DatabasePluginStore } from '../marketplace';
import { testDelivery } from '../testing/testDelivery';
import { DatabaseDeliveryStore } from './DatabaseDeliveryStore';
import type { Delivery } from './Delivery';

jest.setTimeout(180_000);

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

    it('postpones without using up an attempt', async () => {
      const { store } = await setUp();
      const claim = claimBy(store);
      await store.add([testDelivery({ deliveryId: 'one' })]);
      const [one] = await claim('worker', 0);
      await store.settle(
        one,
        'worker',
        {
          transition: 'postpone',
          error: 'No budget',
          nextAttemptAt: at(20),
        },
        at(1),
      );
      await expect(store.get('one')).resolves.toMatchObject({
        state: 'failed',
        attempts: 0,
        nextAttemptAt: at(20),
      });
      await expect(claim('worker', 19)).resolves.toEqual([]);
      await expect(claim('worker', 20)).resolves.toMatchObject([
        { attempts: 1 },
      ]);
    });

    it('gives everything its turn, however much waits of one repository', async () => {
      const { store } = await setUp();
      await store.add(
        Array.from({ length: 10_000 }, (_, index) =>
          testDelivery({ deliveryId: `busy-${index}`, orderedBy: 'b' }),
        ),
      );
      for (const orderedBy of ['a', 'c', 'd']) {
        await store.add([
          testDelivery({ deliveryId: `${orderedBy}-1`, orderedBy }),
          testDelivery({ deliveryId: `${orderedBy}-2`, orderedBy }),
        ]);
      }
      const claim = claimBy(store);
      const begun = performance.now();
      expect(ids(await claim('one', 0, 2))).toEqual(['busy-0', 'a-1']);
      expect(ids(await claim('one', 0, 2))).toEqual(['c-1', 'd-1']);
      for (let count = 0; count < 48; count += 1) {
        await expect(claim('one', 0, 2)).resolves.toEqual([]);
      }
      // 50 claims; each looked through 10,000 rows when it went by them
      expect(performance.now() - begun).toBeLessThan(2_000);
    });

    it('finds deliveries by words, wherever they occur, and counts them', async () => {
      const { store } = await setUp();
      await store.add([
        testDelivery({
          deliveryId: 'd-1',
          event: 'release',
          action: 'published',
          repository: { id: 1, fullName: 'Envoy-Plugins/token-auth' },
          body: '{"tag_name":"v1.0.0","100%":"a_b"}',
          receivedAt: at(1),
        }),
        testDelivery({
          deliveryId: 'd-2',
          event: 'release',
          action: 'edited',
          body: '{"tag_name":"v1.1.0","x":"axb"}',
          receivedAt: at(2),
          orderedBy: 'other',
        }),
        testDelivery({
          deliveryId: 'd-3',
          event: 'push',
          receivedAt: at(3),
          origin: 'reconciler',
          orderedBy: 'third',
        }),
      ]);
      const [first] = await claimBy(store)('worker', 4, 3);
      await store.settle(
        first,
        'worker',
        { transition: 'bury', error: 'TypeError: x is not a function' },
        at(5),
      );
      const found = async (query: Parameters<typeof store.list>[0]) =>
        (await store.list(query)).items.map(({ deliveryId }) => deliveryId);
      await expect(found({})).resolves.toEqual(['d-3', 'd-2', 'd-1']);
      await expect(found({ text: 'RELEASE v1.0' })).resolves.toEqual(['d-1']);
      await expect(found({ text: 'a_b' })).resolves.toEqual(['d-1']);
      await expect(found({ text: '100%' })).resolves.toEqual(['d-1']);
      await expect(found({ text: 'typeerror' })).resolves.toEqual(['d-1']);
      await expect(found({ text: 'token-auth' })).resolves.toEqual(['d-1']);
      await expect(
        found({ repository: 'envoy-plugins/Token-Auth' }),
      ).resolves.toEqual(['d-1']);
      await expect(found({ from: at(2), to: at(3) })).resolves.toEqual(['d-2']);
      await expect(found({ event: ['push', 'release'] })).resolves.toHaveLength(
        3,
      );
      await expect(found({ offset: 1, limit: 1 })).resolves.toEqual(['d-2']);
      await expect(
        store.list({ state: ['dead'], event: ['release'] }),
      ).resolves.toEqual({
        items: [
          {
            deliveryId: 'd-1',
            event: 'release',
            action: 'published',
            repository: 'Envoy-Plugins/token-auth',
            state: 'dead',
            origin: 'webhook',
            attempts: 1,
            receivedAt: at(1),
            settledAt: at(5),
            error: 'TypeError: x is not a function',
          },
        ],
        totalItems: 1,
        states: [
          { state: 'dead', count: 1 },
          { state: 'processing', count: 1 },
        ],
        events: [{ event: 'release', count: 1 }],
      });
      await expect(
        store.replayMatching({ event: ['release'] }, 10),
      ).resolves.toEqual({
        replayed: 1,
        refused: [{ deliveryId: 'd-2', state: 'processing' }],
      });
    });

    it('tells what a delivery caused, not how it was signed, until it is cleaned up', async () => {
      const { store } = await setUp();
      await store.add([
        testDelivery({
          deliveryId: 'one',
          headers: { 'x-github-event': 'star', 'x-hub-signature-256': 's' },
        }),
        testDelivery({ deliveryId: 'two', orderedBy: 'other' }),
      ]);
      const [one, two] = await claimBy(store)('worker', 0);
      const effects = [
        { text: 'Read it', entityRef: 'envoygoplugin:default/a' },
        { text: 'Said so' },
      ];
      await store.settle(
        one,
        'worker',
        { transition: 'finish', effects },
        at(1),
      );
      await expect(store.getDetails('one')).resolves.toMatchObject({
        headers: { 'x-github-event': 'star' },
        effects: [
          { at: at(1), ...effects[0] },
          { at: at(1), ...effects[1] },
        ],
      });
      expect((await store.getDetails('one'))?.headers).not.toHaveProperty(
        'x-hub-signature-256',
      );
      await store.settle(
        two,
        'worker',
        { transition: 'bury', error: 'No' },
        at(1),
      );
      const clean = (finished: number, dead: number) =>
        store.clean({
          finishedBefore: at(finished),
          deadBefore: at(dead),
          limit: 100,
        });
      await expect(clean(1, 1)).resolves.toBe(0);
      await expect(clean(2, 1)).resolves.toBe(1);
      await expect(store.getDetails('one')).resolves.toBeUndefined();
      await expect(clean(2, 2)).resolves.toBe(1);
      await expect(store.countByState()).resolves.toEqual({});
    });

    it('handles what is dead anew when it is delivered again', async () => {
      const { store } = await setUp();
      const delivery = testDelivery({ deliveryId: 'one' });
      await store.add([delivery]);
      const [one] = await claimBy(store)('worker', 0);
      await expect(store.add([delivery])).resolves.toMatchObject({
        revived: new Set(),
      });
      await store.settle(
        one,
        'worker',
        { transition: 'bury', error: 'No' },
        at(1),
      );
      await expect(store.add([delivery])).resolves.toEqual({
        stored: new Set(),
        revived: new Set(['one']),
      });
      await expect(claimBy(store)('worker', 2)).resolves.toMatchObject([
        { deliveryId: 'one', attempts: 1 },
      ]);
    });
  });
});
