import { InputError } from '@backstage/errors';
import type {
  AuditQuery,
  AuditRecord,
  AuditRecordList,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { Knex } from 'knex';
import { type ChainedRow, ChainVerification, hashOf } from './AuditChain';
import type {
  AuditRecordStore,
  NewAuditRecord,
  RecordVerification,
} from './AuditRecordStore';
import { currentRequestId } from './requestId';

interface AuditRecordRow {
  id: number | string;
  number: number | string;
  previous_hash: string;
  hash: string;
  at: string;
  actor: string;
  action: string;
  subject: string | null;
  outcome: AuditRecord['outcome'];
  message: string;
  details: string | null;
  before: string | null;
  after: string | null;
  request_id: string | null;
  search_text: string;
}

interface AuditChainRow {
  id: number;
  length: number | string;
  hash: string;
}

/** How many rows are read at once where all are read. */
const BATCH = 500;

/** Keeps the record in the plugin's database. */
export class DatabaseAuditRecordStore implements AuditRecordStore {
  readonly #db: Knex;

  constructor(db: Knex) {
    this.#db = db;
  }

  async add(record: NewAuditRecord): Promise<void> {
    const { at, actor, action, subject, outcome, message } = record;
    const { details, before, after, requestId = currentRequestId() } = record;
    const text = {
      at,
      actor: storable(actor),
      action,
      subject: subject === undefined ? null : storable(subject),
      outcome,
      message: storable(message),
      details: toJson(details),
      before: toJson(before),
      after: toJson(after),
    };
    const search_text = storable(
      [
        actor,
        action,
        subject ?? '',
        outcome,
        message,
        ...[details, before, after].flatMap(facts =>
          Object.values(facts ?? {}),
        ),
        requestId ?? '',
      ]
        .join('\n')
        .toLocaleLowerCase('en-US'),
    );
    await this.#together(async tx => {
      const head = await this.#head(tx, { lock: true });
      const number = head.length + 1;
      const previousHash = head.hash;
      const request = requestId === undefined ? null : storable(requestId);
      const hash = hashOf({
        ...text,
        number,
        previousHash,
        requestId: request,
      });
      await tx<AuditRecordRow>('audit_records').insert({
        ...text,
        number,
        previous_hash: previousHash,
        hash,
        request_id: request,
        search_text,
      });
      await tx<AuditChainRow>('audit_chain')
        .where({ id: 1 })
        .update({ length: number, hash });
    });
  }

  async verify(known?: string): Promise<RecordVerification> {
    // One look at the whole of it, however much is written meanwhile
    return this.#db.transaction(
      async tx => {
        const verification = new ChainVerification(known);
        const head = await this.#head(tx, { lock: false });
        for await (const row of this.#rows(tx, {})) {
          verification.add(toChained(row), row.hash);
        }
        verification.end(head);
        const [{ count }] = await tx<AuditRecordRow>('audit_records')
          .whereNull('number')
          .count({ count: '*' });
        verification.foreign(Number(count));
        const { length, hash, problems } = verification;
        return { records: length, hash, problems };
      },
      this.#isPostgres
        ? { isolationLevel: 'repeatable read', readOnly: true }
        : undefined,
    );
  }

  async *all(
    query: Omit<AuditQuery, 'offset' | 'limit'>,
  ): AsyncGenerator<AuditRecord> {
    for await (const row of this.#rows(this.#db, query)) {
      yield toRecord(row);
    }
  }

  async list(query: AuditQuery): Promise<AuditRecordList> {
    const { offset = 0, limit = 25, action = [] } = query;
    const matching = () => this.#matching(this.#db, query);
    const ofActions = () => {
      const some = matching();
      return action.length > 0 ? some.whereIn('action', action) : some;
    };
    const [rows, [total], actions] = await Promise.all([
      ofActions()
        .select('*')
        .orderBy([
          { column: 'at', order: 'desc' },
          { column: 'id', order: 'desc' },
        ])
        .offset(offset)
        .limit(limit),
      ofActions().count({ count: '*' }),
      matching()
        .select('action')
        .count({ count: '*' })
        .groupBy('action')
        .orderBy('action'),
    ]);
    return {
      items: rows.map(toRecord),
      totalItems: Number(total.count),
      actions: actions.map(row => ({
        action: String(row.action),
        count: Number(row.count),
      })),
    };
  }

  /** Those that match all of a query but its actions. */
  #matching(db: Knex, query: AuditQuery) {
    const { text = '', actor, from, to } = query;
    const rows = db<AuditRecordRow>('audit_records');
    for (const word of text.toLocaleLowerCase('en-US').split(/\s+/)) {
      if (word) {
        rows.whereRaw(`search_text like ? escape '\\'`, [
          `%${storable(word).replace(/[\\%_]/g, '\\$&')}%`,
        ]);
      }
    }
    if (actor !== undefined) {
      rows.where('actor', storable(actor));
    }
    if (from !== undefined) {
      rows.where('at', '>=', readTime('from', from));
    }
    if (to !== undefined) {
      rows.where('at', '<', readTime('to', to));
    }
    return rows;
  }

  get #isPostgres(): boolean {
    return this.#db.client.config.client === 'pg';
  }

  /** Within the transaction that this is of, or one of its own. */
  async #together(write: (tx: Knex) => Promise<void>): Promise<void> {
    await (this.#db.isTransaction
      ? write(this.#db)
      : this.#db.transaction(write));
  }

  /** Where the record ends. A lock is held to the end of the transaction: one writes at a time. */
  async #head(
    tx: Knex,
    options: { lock: boolean },
  ): Promise<{ length: number; hash: string }> {
    const rows = tx<AuditChainRow>('audit_chain').where({ id: 1 }).first();
    const row = await (options.lock && this.#isPostgres
      ? rows.forUpdate()
      : rows);
    if (!row) {
      throw new Error(
        'The record has lost its end: the table audit_chain is empty',
      );
    }
    return { length: Number(row.length), hash: row.hash };
  }

  /** Those that match, by number. */
  async *#rows(
    db: Knex,
    query: AuditQuery,
  ): AsyncGenerator<AuditRecordRow, void> {
    const { action = [] } = query;
    for (let last = 0; ; ) {
      const rows = this.#matching(db, query)
        .where('number', '>', last)
        .orderBy('number')
        .limit(BATCH);
      const batch: AuditRecordRow[] = await (action.length > 0
        ? rows.whereIn('action', action)
        : rows);
      yield* batch;
      if (batch.length < BATCH) {
        return;
      }
      last = Number(batch[batch.length - 1].number);
    }
  }
}

/** PostgreSQL takes no such characters. */
function storable(text: string): string {
  return text.replaceAll('\0', '\uFFFD');
}

function toJson(facts: AuditRecord['details']): string | null {
  return facts ? JSON.stringify(facts) : null;
}

function toChained(row: AuditRecordRow): ChainedRow {
  return {
    ...row,
    number: Number(row.number),
    previousHash: row.previous_hash,
    requestId: row.request_id,
  };
}

function readTime(name: string, time: string): string {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) {
    throw new InputError(
      `Query parameter "${name}": found "${time}", allowed is a time such as "2026-01-31T12:00:00Z"`,
    );
  }
  return date.toISOString();
}

function toRecord(row: AuditRecordRow): AuditRecord {
  const { id, at, actor, action, subject, outcome, message, hash } = row;
  const { details, before, after } = row;
  return {
    id: String(id),
    number: Number(row.number),
    at,
    actor,
    action,
    subject: subject ?? undefined,
    outcome,
    message,
    details: fromJson(details),
    before: fromJson(before),
    after: fromJson(after),
    requestId: row.request_id ?? undefined,
    previousHash: row.previous_hash,
    hash,
  };
}

function fromJson(text: string | null): AuditRecord['details'] {
  return text === null ? undefined : JSON.parse(text);
}
