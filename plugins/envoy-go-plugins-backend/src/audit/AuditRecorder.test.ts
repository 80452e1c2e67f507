import { resolve } from 'node:path';
import { TestDatabases, mockServices } from '@backstage/backend-test-utils';
import { NotAllowedError } from '@backstage/errors';
import { AuditRecorder } from './AuditRecorder';
import { DatabaseAuditRecordStore } from './DatabaseAuditRecordStore';

jest.setTimeout(60_000);

const databases = TestDatabases.create({ ids: ['SQLITE_3', 'POSTGRES_18'] });

describe.each(databases.eachSupportedId())('AuditRecorder on %p', id => {
  const auditor = mockServices.auditor.mock();
  const success = jest.fn();
  const fail = jest.fn();
  let store: DatabaseAuditRecordStore;
  let recorder: AuditRecorder;
  let now: Date;

  beforeAll(async () => {
    const knex = await databases.init(id);
    await knex.migrate.latest({
      directory: resolve(__dirname, '../../migrations'),
    });
    store = new DatabaseAuditRecordStore(knex);
    recorder = new AuditRecorder({
      auditor,
      store,
      logger: mockServices.logger.mock(),
      now: () => now,
    });
    auditor.createEvent.mockResolvedValue({ success, fail });

    const acts: [string, string, string, string][] = [
      ['2026-01-01T00:00:00Z', 'user:default/a', 'member.invite', 'Jo'],
      ['2026-01-02T00:00:00Z', 'user:default/a', 'member.remove', '100%_jo'],
      ['2026-01-03T00:00:00Z', 'user:default/b', 'team.add', 'mo'],
      ['2026-01-03T00:00:00Z', 'system', 'member.invite', 'li'],
    ];
    for (const [at, actor, action, subject] of acts) {
      now = new Date(at);
      await recorder.record(
        {
          actor,
          action,
          subject,
          severity: 'high',
          details: { teams: ['gateway', 'edge'] },
          succeeded: (count: number) => `Did ${action} ${count} times`,
          failed: 'Could not',
        },
        async () => 3,
      );
    }
  });

  it('records what was done, newest first', async () => {
    const { items, totalItems, actions } = await store.list({});
    expect(totalItems).toBe(4);
    expect(actions).toEqual([
      { action: 'member.invite', count: 2 },
      { action: 'member.remove', count: 1 },
      { action: 'team.add', count: 1 },
    ]);
    expect(items.map(({ subject }) => subject)).toEqual([
      'li',
      'mo',
      '100%_jo',
      'Jo',
    ]);
    expect(items[0]).toEqual({
      id: expect.any(String),
      at: '2026-01-03T00:00:00.000Z',
      actor: 'system',
      action: 'member.invite',
      subject: 'li',
      outcome: 'succeeded',
      message: 'Did member.invite 3 times',
      details: { teams: ['gateway', 'edge'] },
      number: 4,
      previousHash: items[1].hash,
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(auditor.createEvent).toHaveBeenCalledWith({
      eventId: 'member-invite',
      severityLevel: 'high',
      request: undefined,
      meta: { actor: 'system', subject: 'li', teams: ['gateway', 'edge'] },
    });
    expect(success).toHaveBeenLastCalledWith({
      meta: { message: 'Did member.invite 3 times' },
    });
  });

  it.each([
    [{ text: 'JO' }, ['100%_jo', 'Jo']],
    [{ text: '0%_' }, ['100%_jo']],
    [{ text: '%' }, ['100%_jo']],
    [{ text: 'edge member' }, ['li', '100%_jo', 'Jo']],
    [{ text: 'a\0b' }, []],
    [{ actor: 'user:default/a' }, ['100%_jo', 'Jo']],
    [{ action: ['team.add', 'member.remove'] }, ['mo', '100%_jo']],
    [{ from: '2026-01-02T00:00:00Z', to: '2026-01-03' }, ['100%_jo']],
    [{ offset: 1, limit: 2 }, ['mo', '100%_jo']],
    [{ offset: 9 }, []],
  ])('finds by %j', async (query, subjects) => {
    const { items } = await store.list(query);
    expect(items.map(({ subject }) => subject)).toEqual(subjects);
  });

  it('counts actions whatever action is asked for', async () => {
    await expect(
      store.list({ action: ['team.add'], actor: 'user:default/b' }),
    ).resolves.toMatchObject({
      totalItems: 1,
      actions: [{ action: 'team.add', count: 1 }],
    });
    const { actions } = await store.list({ action: ['team.add'] });
    expect(actions).toHaveLength(3);
  });

  it('refuses what is no time', async () => {
    await expect(store.list({ from: 'yesterday' })).rejects.toThrow(
      'Query parameter "from": found "yesterday", allowed is a time such as "2026-01-31T12:00:00Z"',
    );
  });

  it('records what failed, with the reason, and fails as it did', async () => {
    now = new Date('2026-02-01T00:00:00Z');
    await expect(
      recorder.record(
        {
          actor: 'user:default/a',
          action: 'member.remove',
          subject: 'owner\0',
          severity: 'high',
          succeeded: 'Removed owner',
          failed: 'Could not remove owner',
        },
        async () => {
          throw new NotAllowedError('it is the last one');
        },
      ),
    ).rejects.toThrow(NotAllowedError);
    const { items } = await store.list({ from: '2026-02-01T00:00:00Z' });
    expect(items).toMatchObject([
      {
        subject: 'owner\uFFFD',
        outcome: 'failed',
        message: 'Could not remove owner: it is the last one',
      },
    ]);
    expect(fail).toHaveBeenLastCalledWith({
      error: new Error('it is the last one'),
    });
  });
});

it('does not say that something failed because the record is down', async () => {
  const logger = mockServices.logger.mock();
  const auditor = mockServices.auditor.mock();
  auditor.createEvent.mockResolvedValue({
    success: async () => {},
    fail: async () => {},
  });
  const recorder = new AuditRecorder({
    auditor,
    store: {
      add: async () => {
        throw new Error('disk full');
      },
    },
    logger,
    now: () => new Date(),
  });
  await expect(
    recorder.record(
      {
        actor: 'user:default/a',
        action: 'member.remove',
        severity: 'high',
        succeeded: 'Removed jo',
        failed: 'Could not remove jo',
      },
      async () => 'done',
    ),
  ).resolves.toBe('done');
  expect(logger.error).toHaveBeenCalledWith(
    'The record could not take in "Removed jo" of user:default/a: disk full',
  );
});
