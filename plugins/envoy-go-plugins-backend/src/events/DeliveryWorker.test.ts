import { type ChildProcess, spawn } from 'node:child_process';
import { on, once } from 'node:events';
import {
  type TestDatabaseId,
  TestDatabases,
  createMockDirectory,
  mockServices,
} from '@backstage/backend-test-utils';
import knexFactory, { type Knex } from 'knex';
import { GitHubUnavailableError } from '../github';
import { DatabasePluginStore } from '../marketplace';
import { testDelivery } from '../testing/testDelivery';
import { waitFor } from '../testing/waitFor';
import { DatabaseDeliveryStore } from './DatabaseDeliveryStore';
import { DeliveryHandlers } from './DeliveryHandlers';
import { DeliveryWorker } from './DeliveryWorker';

jest.setTimeout(180_000);

describe('DeliveryWorker', () => {
  const databases = TestDatabases.create({ ids: ['SQLITE_3', 'POSTGRES_18'] });
  const directory = createMockDirectory();
  const workers: DeliveryWorker[] = [];

  afterEach(async () => {
    await Promise.all(workers.splice(0).map(worker => worker.stop()));
  });

  async function migrated(knex: Knex): Promise<DatabaseDeliveryStore> {
    await DatabasePluginStore.create({
      database: mockServices.database({ knex }),
      knownEnvoyVersions: [],
      integrates: () => false,
    });
    return new DatabaseDeliveryStore(knex);
  }

  async function setUp(databaseId: TestDatabaseId) {
    const knex = await databases.init(databaseId);
    return { knex, store: await migrated(knex) };
  }

  function startWorker(
    store: DatabaseDeliveryStore,
    handlers: DeliveryHandlers,
    options: Partial<ConstructorParameters<typeof DeliveryWorker>[0]> = {},
  ) {
    const logger = mockServices.logger.mock();
    const worker = new DeliveryWorker({
      id: 'worker',
      store,
      handlers,
      logger,
      now: () => new Date(),
      pollMs: 20,
      ...options,
    });
    workers.push(worker);
    worker.start();
    return { worker, logger };
  }

  describe.each(databases.eachSupportedId())('%p', databaseId => {
    it('handles deliveries of a repository in order, repositories side by side', async () => {
      const { store } = await setUp(databaseId);
      const deliveries = Array.from({ length: 200 }, (_, index) =>
        testDelivery({
          deliveryId: `${index}`,
          orderedBy: `repository ${index % 5}`,
        }),
      );
      const handled: string[] = [];
      const busy = new Set<string>();
      let mostBusy = 0;
      const handlers = new DeliveryHandlers().on(
        'star',
        async (_, { delivery: { deliveryId, orderedBy } }) => {
          expect(busy).not.toContain(orderedBy);
          busy.add(orderedBy);
          mostBusy = Math.max(mostBusy, busy.size);
          await new Promise(setImmediate);
          busy.delete(orderedBy);
          handled.push(deliveryId);
        },
      );
      // Two of them, as if on two machines
      startWorker(store, handlers, { id: 'one', concurrency: 2 });
      startWorker(store, handlers, { id: 'two', concurrency: 2 });
      await store.add(deliveries);
      await waitFor(
        async () => expect(await store.countByState()).toEqual({ done: 200 }),
        30_000,
      );
      expect(handled).toHaveLength(200);
      for (let repository = 0; repository < 5; repository += 1) {
        const order = handled.map(Number).filter(id => id % 5 === repository);
        expect(order).toEqual(order.toSorted((a, b) => a - b));
      }
      expect(mostBusy).toBeGreaterThan(1);
    });

    it('is woken at once, without waiting for the next poll', async () => {
      const { store } = await setUp(databaseId);
      const handlers = new DeliveryHandlers().on('star', async () => {});
      const { worker } = startWorker(store, handlers, { pollMs: 3_600_000 });
      await store.add([testDelivery(), testDelivery(), testDelivery()]);
      worker.wake();
      await waitFor(async () =>
        expect(await store.countByState()).toEqual({ done: 3 }),
      );
    });

    it('keeps a delivery whose handler fails, for ever after its last attempt, until it is replayed', async () => {
      const { store } = await setUp(databaseId);
      const clock = { now: new Date('2026-11-22T14:00:00Z') };
      let broken = true;
      const attempts: string[] = [];
      const handlers = new DeliveryHandlers()
        .on('star', async () => {
          attempts.push(clock.now.toISOString().slice(14, 19));
          if (broken) {
            throw new Error('No such column\0: stars');
          }
        })
        .on('push', async () => {});
      const { logger } = startWorker(store, handlers, {
        now: () => clock.now,
        retryDelaysMs: [10_000, 60_000],
        // The clock of the test jumps further than any lease lasts
        leaseMs: 3_600_000,
      });
      const later = (seconds: number) => {
        clock.now = new Date(clock.now.getTime() + seconds * 1000);
      };
      await store.add([
        testDelivery({ deliveryId: 'bad' }),
        testDelivery({ deliveryId: 'next', event: 'push' }),
      ]);
      const expectBad = (state: string) =>
        waitFor(async () =>
          expect(await store.get('bad')).toMatchObject({ state }),
        );
      await expectBad('failed');
      await expect(store.get('bad')).resolves.toMatchObject({
        attempts: 1,
        nextAttemptAt: '2026-11-22T14:00:10.000Z',
        error: expect.stringContaining('No such column: stars'),
      });
      later(10);
      await waitFor(() => expect(attempts).toHaveLength(2));
      await expectBad('failed');
      await expect(store.get('next')).resolves.toMatchObject({
        state: 'received',
      });
      later(60);
      await expectBad('dead');
      await waitFor(async () =>
        expect(await store.countByState()).toEqual({ dead: 1, done: 1 }),
      );
      expect(attempts).toEqual(['00:00', '00:10', '01:10']);
      expect(logger.error).toHaveBeenCalledWith(
        'Delivery bad (star) is dead after 3 attempts',
        expect.any(Error),
      );

      broken = false;
      await store.replay('bad');
      await expectBad('done');
      await expect(store.get('bad')).resolves.toMatchObject({
        error: undefined,
      });
    });

    it('marks what nothing handles as ignored', async () => {
      const { store } = await setUp(databaseId);
      startWorker(store, new DeliveryHandlers());
      await store.add([testDelivery({ event: 'invented_tomorrow' })]);
      await waitFor(async () =>
        expect(await store.countByState()).toEqual({ ignored: 1 }),
      );
    });

    it('buries what workers end over again and again', async () => {
      const { knex, store } = await setUp(databaseId);
      await store.add([testDelivery({ deliveryId: 'poison' })]);
      await knex('webhook_deliveries').update({
        state: 'processing',
        attempts: 2,
        lease_owner: 'gone',
        lease_until: '2026-01-01T00:00:00.000Z',
      });
      const handle = jest.fn(async () => {});
      startWorker(store, new DeliveryHandlers().on('star', handle), {
        retryDelaysMs: [1],
      });
      await waitFor(async () =>
        expect(await store.get('poison')).toMatchObject({
          state: 'dead',
          error: 'Each of 2 workers ended while it handled this',
        }),
      );
      expect(handle).not.toHaveBeenCalled();
    });

    it('keeps the lease of what takes long', async () => {
      const { store } = await setUp(databaseId);
      let finish = () => {};
      const handle = jest.fn(
        () =>
          new Promise<void>(resolve => {
            finish = resolve;
          }),
      );
      const handlers = new DeliveryHandlers().on('star', handle);
      startWorker(store, handlers, { id: 'one', leaseMs: 300 });
      startWorker(store, handlers, { id: 'two', leaseMs: 300 });
      await store.add([testDelivery({ deliveryId: 'long' })]);
      await waitFor(() => expect(handle).toHaveBeenCalled());
      const { leaseUntil: first = '' } = (await store.get('long')) ?? {};
      // Renewed until the first lease would long have run out
      await waitFor(async () => {
        const { leaseUntil = '' } = (await store.get('long')) ?? {};
        expect(Date.parse(leaseUntil)).toBeGreaterThan(Date.parse(first) + 600);
      });
      finish();
      await waitFor(async () =>
        expect(await store.get('long')).toMatchObject({
          state: 'done',
          attempts: 1,
        }),
      );
      expect(handle).toHaveBeenCalledTimes(1);
    });

    it('waits for GitHub without using up attempts', async () => {
      const { store } = await setUp(databaseId);
      const clock = { now: new Date('2026-11-22T14:00:00Z') };
      let unavailable = true;
      const handlers = new DeliveryHandlers().on('star', async () => {
        if (unavailable) {
          throw new GitHubUnavailableError('The budget is used up', {
            reason: 'budget',
            retryAt: new Date('2026-11-22T14:30:00Z'),
          });
        }
        return [{ text: 'Read it' }];
      });
      const onChanged = jest.fn();
      startWorker(store, handlers, {
        now: () => clock.now,
        leaseMs: 7_200_000,
        onChanged,
      });
      await store.add([testDelivery({ deliveryId: 'early' })]);
      await waitFor(async () =>
        expect(await store.get('early')).toMatchObject({
          state: 'failed',
          attempts: 0,
          nextAttemptAt: '2026-11-22T14:30:00.000Z',
          error: 'The budget is used up',
        }),
      );
      expect(onChanged).toHaveBeenCalledTimes(1);
      unavailable = false;
      clock.now = new Date('2026-11-22T14:30:00Z');
      await waitFor(async () =>
        expect(await store.getDetails('early')).toMatchObject({
          state: 'done',
          attempts: 1,
          effects: [{ at: '2026-11-22T14:30:00.000Z', text: 'Read it' }],
        }),
      );
    });

    it('leaves what was interrupted to other workers, at once', async () => {
      const { store } = await setUp(databaseId);
      const handlers = new DeliveryHandlers().on(
        'star',
        async (_, { signal }) => {
          await new Promise((_done, fail) =>
            signal.addEventListener('abort', () => fail(signal.reason)),
          );
        },
      );
      const { worker } = startWorker(store, handlers);
      await store.add([testDelivery({ deliveryId: 'long' })]);
      await waitFor(async () =>
        expect(await store.countByState()).toEqual({ processing: 1 }),
      );
      await worker.stop();
      await expect(store.get('long')).resolves.toMatchObject({
        state: 'failed',
        attempts: 0,
      });
      startWorker(
        store,
        new DeliveryHandlers().on('star', async () => {}),
      );
      await waitFor(async () =>
        expect(await store.countByState()).toEqual({ done: 1 }),
      );
    });

    it('goes on when the store is away for a while', async () => {
      const { store } = await setUp(databaseId);
      const { claim } = store;
      let failures = 0;
      store.claim = options => {
        failures += 1;
        return failures <= 2
          ? Promise.reject(new Error('Connection terminated'))
          : claim.call(store, options);
      };
      const handlers = new DeliveryHandlers().on('star', async () => {});
      const { logger } = startWorker(store, handlers);
      await store.add([testDelivery()]);
      await waitFor(async () =>
        expect(await store.countByState()).toEqual({ done: 1 }),
      );
      expect(logger.warn).toHaveBeenCalledTimes(2);
    });

    it('ends what it has begun when it is stopped, and begins nothing more', async () => {
      const { store } = await setUp(databaseId);
      let finish = () => {};
      const handlers = new DeliveryHandlers().on(
        'star',
        () =>
          new Promise<void>(resolve => {
            finish = resolve;
          }),
      );
      const { worker } = startWorker(store, handlers);
      await store.add([testDelivery(), testDelivery()]);
      await waitFor(async () =>
        expect(await store.countByState()).toMatchObject({ processing: 1 }),
      );
      const stopped = worker.stop();
      finish();
      await stopped;
      await expect(store.countByState()).resolves.toEqual({
        done: 1,
        received: 1,
      });
    });

    it('takes over what a worker left that was killed', async () => {
      // Another process cannot look into a database in memory
      const { connectionSettings } = (await databases.init(databaseId)).client;
      const { host, port, user, password, database } = connectionSettings;
      const config: Knex.Config =
        databaseId === 'SQLITE_3'
          ? {
              client: 'better-sqlite3',
              connection: { filename: directory.resolve('deliveries.sqlite') },
              useNullAsDefault: true,
            }
          : {
              client: 'pg',
              connection: { host, port, user, password, database },
            };
      const knex = knexFactory(config);
      let stuck: ChildProcess | undefined;
      try {
        const store = await migrated(knex);
        await store.add([
          testDelivery({ deliveryId: 'first' }),
          testDelivery({ deliveryId: 'second' }),
        ]);
        stuck = spawn(
          process.execPath,
          [
            '--no-node-snapshot',
            '--require',
            require.resolve('@backstage/cli/config/nodeTransform.cjs'),
            require.resolve('../testing/stuckWorker.ts'),
          ],
          {
            env: {
              ...process.env,
              STUCK_WORKER_DATABASE: JSON.stringify(config),
            },
            stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
          },
        );
        // The loader of TypeScript has messages of its own
        for await (const [message] of on(stuck, 'message')) {
          if (message === 'handling') {
            break;
          }
        }
        await expect(store.countByState()).resolves.toEqual({
          processing: 1,
          received: 1,
        });
        const handled: string[] = [];
        startWorker(
          store,
          new DeliveryHandlers().on('star', async (_, { delivery }) => {
            handled.push(delivery.deliveryId);
          }),
        );
        const killed = once(stuck, 'exit');
        stuck.kill('SIGKILL');
        await killed;
        await waitFor(async () =>
          expect(await store.countByState()).toEqual({ done: 2 }),
        );
        expect(handled).toEqual(['first', 'second']);
        await expect(store.get('first')).resolves.toMatchObject({
          attempts: 2,
        });
      } finally {
        stuck?.kill('SIGKILL');
        await Promise.all(workers.splice(0).map(worker => worker.stop()));
        await knex.destroy();
      }
    });
  });
});
