import {
  mockServices,
  type TestDatabaseId,
  TestDatabases,
} from '@backstage/backend-test-utils';
import type { NotificationSendOptions } from '@backstage/plugin-notifications-node';
import { resolve } from 'node:path';
import type { Knex } from 'knex';
import { waitFor } from '../testing/waitFor';
import { createNotices } from './createNotices';
import type { Notice } from './Notice';

const NOTICE: Notice = {
  to: { entityRefs: ['user:default/author'] },
  title: 'Publishing marker',
  text: 'It was approved.',
  link: '/envoy-go-plugins/publish/r1',
  severity: 'high',
  topic: 'envoy-go-plugins.publishing',
  scope: 'r1: It was approved.',
};

describe('notices', () => {
  const databases = TestDatabases.create({
    ids: ['SQLITE_3', 'POSTGRES_18'],
  });

  describe.each(databases.eachSupportedId())('on %s', databaseId => {
    let db: Knex;
    const stops: (() => Promise<void>)[] = [];

    beforeAll(async () => {
      db = await prepare(databases, databaseId);
    });

    afterEach(async () => {
      await Promise.all(stops.splice(0).map(stop => stop()));
      await db('notices').delete();
    });

    /** A replica that tells people. */
    function start(
      options: {
        send?: (notification: NotificationSendOptions) => Promise<void>;
        ownerOf?: (entityRef: string) => Promise<string | undefined>;
        leaseMs?: number;
        retryDelaysMs?: number[];
      } = {},
    ) {
      const sent: NotificationSendOptions[] = [];
      const logger = mockServices.logger.mock();
      const { leaseMs = 5_000, retryDelaysMs = [1, 1] } = options;
      const notices = createNotices({
        db,
        notifications: {
          send: async notification => {
            await options.send?.(notification);
            sent.push(notification);
          },
        },
        ownerOf: options.ownerOf ?? (async () => undefined),
        logger,
        now: () => new Date(),
        pace: { leaseMs, pollMs: 20, retryDelaysMs },
      });
      notices.sender.start();
      stops.push(() => notices.sender.stop());
      return { ...notices, sent, logger };
    }

    const nothingWaits = () =>
      waitFor(async () => expect(await db('notices')).toEqual([]));

    it('are sent in their order, and then gone', async () => {
      const { outbox, sent } = start();
      await outbox.add();
      await outbox.add(
        { ...NOTICE, title: 'one' },
        {
          ...NOTICE,
          title: 'two',
          to: {
            entityRefs: ['group:default/admins', 'user:default/jo'],
            except: 'user:default/author',
          },
        },
      );
      await nothingWaits();
      const { text, link, severity, topic, scope } = NOTICE;
      expect(sent).toEqual([
        {
          recipients: { type: 'entity', entityRef: ['user:default/author'] },
          payload: {
            title: 'one',
            description: text,
            link,
            severity,
            topic,
            scope,
          },
        },
        {
          recipients: {
            type: 'entity',
            entityRef: ['group:default/admins', 'user:default/jo'],
            excludeEntityRef: 'user:default/author',
          },
          payload: expect.objectContaining({ title: 'two' }),
        },
      ]);
    });

    it('are sent when what they tell of is there, and never when it is not', async () => {
      const { outboxIn, sent } = start();
      await expect(
        db.transaction(async tx => {
          await outboxIn(tx).add({ ...NOTICE, title: 'undone' });
          throw new Error('It did not happen');
        }),
      ).rejects.toThrow('It did not happen');
      await db.transaction(async tx => {
        await outboxIn(tx).add({ ...NOTICE, title: 'done' });
        expect(sent).toEqual([]);
      });
      await nothingWaits();
      expect(sent.map(({ payload }) => payload.title)).toEqual(['done']);
    });

    it('go to who owns a plugin by then, and to nobody where nobody does', async () => {
      const { outbox, sent } = start({
        ownerOf: async entityRef =>
          entityRef.endsWith('/marker') ? 'group:default/gateway' : undefined,
      });
      const to = (name: string) => ({
        ownerOf: `envoygoplugin:default/${name}`,
      });
      await outbox.add(
        { ...NOTICE, to: to('orphan') },
        { ...NOTICE, to: to('marker') },
      );
      await nothingWaits();
      expect(sent.map(({ recipients }) => recipients)).toEqual([
        { type: 'entity', entityRef: ['group:default/gateway'] },
      ]);
    });

    it('are never long', async () => {
      const { outbox, sent } = start();
      const long = 'x'.repeat(2_000);
      await outbox.add({ ...NOTICE, text: long, scope: long });
      await nothingWaits();
      expect(sent[0].payload.description).toHaveLength(400);
      expect(sent[0].payload.scope).toHaveLength(250);
    });

    it('are sent again until they are taken, while others go by', async () => {
      let refusals = 2;
      const { outbox, sent, logger } = start({
        retryDelaysMs: [1, 50],
        send: async ({ payload }) => {
          if (payload.title === 'refused' && refusals > 0) {
            refusals -= 1;
            throw new Error('Nobody is there');
          }
        },
      });
      await outbox.add(
        { ...NOTICE, title: 'refused' },
        { ...NOTICE, title: 'other' },
      );
      await nothingWaits();
      expect(sent.map(({ payload }) => payload.title)).toEqual([
        'other',
        'refused',
      ]);
      expect(logger.info).toHaveBeenCalledTimes(1);
      expect(logger.warn).not.toHaveBeenCalled();
    });

    it('are given up at last, and the log says what nobody was told', async () => {
      const { outbox, sent, logger } = start({
        send: async () => {
          throw new Error('Nobody is there');
        },
      });
      await outbox.add(NOTICE);
      await nothingWaits();
      expect(sent).toEqual([]);
      expect(logger.warn).toHaveBeenCalledWith(
        'Nobody got the notification "Publishing marker: It was approved."; it is given up after 3 attempts',
        new Error('Nobody is there'),
      );
    });

    it('are sent by another replica when the one that had them died', async () => {
      const at = new Date(Date.now() - 1_000).toISOString();
      await db('notices').insert({
        notice: JSON.stringify(NOTICE),
        at,
        claims: 1,
        failures: 0,
        lease_owner: 'dead',
        lease_until: at,
      });
      const replicas = [start(), start()];
      await nothingWaits();
      expect(replicas.flatMap(({ sent }) => sent)).toHaveLength(1);
    });
  });
});

async function prepare(
  databases: TestDatabases,
  databaseId: TestDatabaseId,
): Promise<Knex> {
  const db = await databases.init(databaseId);
  await db.migrate.latest({
    directory: resolve(__dirname, '../../migrations'),
  });
  return db;
}
