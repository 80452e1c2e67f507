import { resolve } from 'node:path';
import { TestDatabases, mockServices } from '@backstage/backend-test-utils';
import type { Knex } from 'knex';
import { AuditedRecordStore } from './AuditedRecordStore';
import type { NewAuditRecord } from './AuditRecordStore';
import { DatabaseAuditRecordStore } from './DatabaseAuditRecordStore';

jest.setTimeout(60_000);

const databases = TestDatabases.create({ ids: ['SQLITE_3', 'POSTGRES_18'] });

const act = (actor: string): NewAuditRecord => ({
  at: '2026-01-01T00:00:00.000Z',
  actor,
  action: 'release.publish',
  subject: 'token-auth',
  outcome: 'succeeded',
  message: 'Published token-auth',
  after: { version: '1.0.0' },
});

describe.each(databases.eachSupportedId())(
  'AuditedRecordStore on %p',
  databaseId => {
    let db: Knex;
    const success = jest.fn();
    const auditor = mockServices.auditor.mock();
    beforeEach(async () => {
      jest.resetAllMocks();
      auditor.createEvent.mockResolvedValue({ success, fail: async () => {} });
      db = await databases.init(databaseId);
      await db.migrate.latest({
        directory: resolve(__dirname, '../../migrations'),
      });
    });
    const recordIn = (transaction: Knex) =>
      new AuditedRecordStore(transaction, {
        auditor,
        logger: mockServices.logger.mock(),
      });
    const length = async () =>
      (await new DatabaseAuditRecordStore(db).list({})).totalItems;

    it("tells the portal's audit log of what the portal did, once it is done", async () => {
      await db.transaction(async tx => {
        await recordIn(tx).add(act('system'));
        expect(auditor.createEvent).not.toHaveBeenCalled();
      });
      await new Promise(setImmediate);
      expect(auditor.createEvent).toHaveBeenCalledWith({
        eventId: 'release-publish',
        severityLevel: 'low',
        meta: {
          actor: 'system',
          subject: 'token-auth',
          after: { version: '1.0.0' },
        },
      });
      expect(success).toHaveBeenCalledWith({
        meta: { message: 'Published token-auth' },
      });
      await expect(length()).resolves.toBe(1);
    });

    it('tells it nothing of what was not done, nor of what people do', async () => {
      await expect(
        db.transaction(async tx => {
          await recordIn(tx).add(act('system'));
          throw new Error('The change failed');
        }),
      ).rejects.toThrow('The change failed');
      await recordIn(db).add(act('user:default/a'));
      await new Promise(setImmediate);
      expect(auditor.createEvent).not.toHaveBeenCalled();
      await expect(length()).resolves.toBe(1);
    });
  },
);
