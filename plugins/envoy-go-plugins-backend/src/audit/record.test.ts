import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { TestDatabases } from '@backstage/backend-test-utils';
import type { Knex } from 'knex';
import type { NewAuditRecord } from './AuditRecordStore';
import { DatabaseAuditRecordStore } from './DatabaseAuditRecordStore';
import { exportRecord } from './exportRecord';
import { withRequestId } from './requestId';
import { verifyExport } from './verifyExport';

jest.setTimeout(60_000);

const databases = TestDatabases.create({ ids: ['SQLITE_3', 'POSTGRES_18'] });

const act = (subject: string): NewAuditRecord => ({
  at: '2026-01-01T00:00:00.000Z',
  actor: 'user:default/a',
  action: 'member.role',
  subject,
  outcome: 'succeeded',
  message: `Made ${subject} an administrator`,
  details: { 10: 'b', 9: 'a', teams: ['gateway'] },
  before: { role: 'member' },
  after: { role: 'admin' },
});

/** What whoever owns the tables can do. */
async function asOwner(
  db: Knex,
  change: (db: Knex) => Promise<unknown>,
): Promise<void> {
  if (db.client.config.client === 'pg') {
    await db.raw('alter table audit_records disable trigger all');
  } else {
    await db.raw('drop trigger audit_records_no_update');
    await db.raw('drop trigger audit_records_no_delete');
  }
  await change(db);
}

describe.each(databases.eachSupportedId())('the record on %p', id => {
  let db: Knex;
  let store: DatabaseAuditRecordStore;
  beforeEach(async () => {
    db = await databases.init(id);
    await db.migrate.latest({
      directory: resolve(__dirname, '../../migrations'),
    });
    store = new DatabaseAuditRecordStore(db);
    for (const subject of ['one', 'two\0', 'three', 'four']) {
      await store.add(act(subject));
    }
  });
  const exported = async () => {
    let text = '';
    for await (const line of exportRecord(store.all({}), 'jsonl').lines) {
      text += line;
    }
    return text;
  };

  it('is whole when nobody touched it, and tells its last hash', async () => {
    const { items } = await store.list({});
    await expect(store.verify()).resolves.toEqual({
      records: 4,
      hash: items[0].hash,
      problems: [],
    });
    await expect(store.verify(items[3].hash)).resolves.toMatchObject({
      problems: [],
    });
  });

  it('can neither be changed nor shortened', async () => {
    const append = /The record is append-only/;
    await expect(
      db('audit_records').where({ number: 2 }).update({ actor: 'x' }),
    ).rejects.toThrow(append);
    await expect(
      db('audit_records').where({ number: 2 }).delete(),
    ).rejects.toThrow(append);
    await expect(store.verify()).resolves.toMatchObject({ problems: [] });
  });

  it.each([
    ['what it says', { message: 'Did nothing' }],
    ['who', { actor: 'user:default/b' }],
    ['when', { at: '2025-01-01T00:00:00.000Z' }],
    ['what was there', { before: '{"role":"admin"}' }],
    ['by which request', { request_id: 'another' }],
    ['its hash', { hash: 'f'.repeat(64) }],
  ])('finds a record of which somebody changed %s', async (_what, change) => {
    await asOwner(db, owner =>
      owner('audit_records').where({ number: 2 }).update(change),
    );
    const { problems } = await store.verify();
    expect(problems[0]).toMatchObject({ number: 2, kind: 'changed' });
  });

  it('finds a record that was written anew with its own hash', async () => {
    await asOwner(db, async owner => {
      const forged = await databases.init(id);
      await forged.migrate.latest({
        directory: resolve(__dirname, '../../migrations'),
      });
      const other = new DatabaseAuditRecordStore(forged);
      await other.add(act('one'));
      await other.add(act('somebody else'));
      const row = await forged('audit_records').where({ number: 2 }).first();
      await owner('audit_records')
        .where({ number: 2 })
        .update({ ...row, id: 2 });
    });
    await expect(store.verify()).resolves.toMatchObject({
      problems: [{ number: 3, kind: 'changed' }],
    });
  });

  it.each([
    [[1], 'Record 1 is missing'],
    [[2, 3], 'Records 2 to 3 are missing'],
    [[4], 'Record 4 is missing'],
  ])('finds that %j are missing', async (numbers, message) => {
    await asOwner(db, owner =>
      owner('audit_records').whereIn('number', numbers).delete(),
    );
    const { problems } = await store.verify();
    expect(problems[0]).toMatchObject({
      kind: 'missing',
      message,
      number: numbers[0],
    });
  });

  it('finds rows that others put in', async () => {
    const {
      number,
      id: _id,
      ...row
    } = await db('audit_records').where({ number: 4 }).first();
    await db('audit_records').insert(row);
    await db('audit_records').insert({ ...row, number: Number(number) + 1 });
    await expect(store.verify()).resolves.toMatchObject({
      problems: [
        { number: 5, kind: 'changed' },
        { number: 5, kind: 'changed' },
        { number: 5, kind: 'foreign' },
        { kind: 'foreign', message: expect.stringMatching(/^1 rows have no/) },
      ],
    });
  });

  it('finds a record that was written anew from its beginning, by a hash kept elsewhere', async () => {
    const { hash } = await store.verify();
    const forged = await databases.init(id);
    await forged.migrate.latest({
      directory: resolve(__dirname, '../../migrations'),
    });
    const other = new DatabaseAuditRecordStore(forged);
    await other.add(act('one'));
    await expect(other.verify(hash)).resolves.toMatchObject({
      problems: [{ kind: 'changed' }],
    });
  });

  it('has no gaps and no forks when many write at once, and some fail', async () => {
    const many = await Promise.allSettled(
      Array.from({ length: 40 }, (_, index) =>
        db.transaction(async tx => {
          await new DatabaseAuditRecordStore(tx).add(act(`parallel ${index}`));
          if (index % 4 === 0) {
            throw new Error('The change failed');
          }
        }),
      ),
    );
    expect(many.filter(({ status }) => status === 'rejected')).toHaveLength(10);
    await expect(store.verify()).resolves.toMatchObject({
      records: 34,
      problems: [],
    });
  });

  it('names the request by which something was done', async () => {
    await withRequestId('request-7', () => store.add(act('by request')));
    const { items } = await store.list({ text: 'request-7' });
    expect(items).toMatchObject([
      {
        subject: 'by request',
        requestId: 'request-7',
        before: { role: 'member' },
        after: { role: 'admin' },
      },
    ]);
  });

  it('takes over what was recorded before there was a chain', async () => {
    const directory = resolve(__dirname, '../../migrations');
    const old = await databases.init(id);
    while (!(await old.schema.hasTable('audit_records'))) {
      await old.migrate.up({ directory });
    }
    const row = {
      at: '2025-01-01T00:00:00.000Z',
      actor: 'system',
      action: 'webhook.made',
      outcome: 'succeeded',
      message: 'Made it',
      search_text: 'made it',
    };
    await old('audit_records').insert([row, { ...row, subject: 'hook' }]);
    await old.migrate.latest({ directory });
    const continued = new DatabaseAuditRecordStore(old);
    await continued.add(act('new'));
    await expect(continued.verify()).resolves.toMatchObject({
      records: 3,
      problems: [],
    });
  });

  describe('exported', () => {
    let folder: string;
    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), 'record-'));
    });
    afterEach(() => rm(folder, { recursive: true }));
    const verified = async (text: string, known?: string) => {
      const file = join(folder, 'record.jsonl');
      await writeFile(file, text);
      return verifyExport(file, known);
    };

    it('can be verified without the database', async () => {
      const text = await exported();
      const { hash } = await store.verify();
      await expect(verified(text, hash)).resolves.toEqual({
        records: 4,
        hash,
        problems: [],
      });
      const lines = text.split('\n');
      await expect(
        verified([lines[0], ...lines.slice(2)].join('\n')),
      ).resolves.toMatchObject({ problems: [{ number: 2, kind: 'missing' }] });
      await expect(
        verified(text.replace('"role":"admin"', '"role":"owner"')),
      ).resolves.toMatchObject({ problems: [{ number: 1, kind: 'changed' }] });
      await expect(
        verified(lines.slice(0, 3).join('\n'), hash),
      ).resolves.toMatchObject({ problems: [{ kind: 'changed' }] });
    });

    it('is refused when it is something else', async () => {
      await expect(verified('number,at\n')).rejects.toThrow(
        /line 1: found no JSON/,
      );
      await expect(verified('{"number":1}\n')).rejects.toThrow(
        /line 1: found no text "previousHash"/,
      );
      await expect(verified('[]\n')).rejects.toThrow(
        /line 1: found no whole number "number"/,
      );
      await expect(verified('null\n')).rejects.toThrow(/line 1/);
    });

    it('is a table in which nothing begins like a formula', async () => {
      await store.add(act('=cmd()'));
      let text = '';
      for await (const line of exportRecord(store.all({ text: '=cmd' }), 'csv')
        .lines) {
        text += line;
      }
      const [head, row] = text.split('\n');
      expect(head).toMatch(/^number,at,actor,action,subject,/);
      expect(row).toContain(`,member.role,'=cmd(),succeeded,`);
      expect(row).toContain('"{""role"":""member""}"');
    });
  });
});
