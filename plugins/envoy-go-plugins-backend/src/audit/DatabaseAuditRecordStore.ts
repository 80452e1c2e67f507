import { InputError } from '@backstage/errors';
import type {
  AuditQuery,
  AuditRecord,
  AuditRecordList,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { Knex } from 'knex';
import type { AuditRecordStore } from './AuditRecordStore';

interface AuditRecordRow {
  id: number | string;
  at: string;
  actor: string;
  action: string;
  subject: string | null;
  outcome: AuditRecord['outcome'];
  message: string;
  details: string | null;
  search_text: string;
}

/** Keeps the record in the plugin's database. */
export class DatabaseAuditRecordStore implements AuditRecordStore {
  readonly #db: Knex;

  constructor(db: Knex) {
    this.#db = db;
  }

  async add(record: Omit<AuditRecord, 'id'>): Promise<void> {
    const { at, actor, action, subject, outcome, message, details } = record;
    const storable = (text: string) => text.replaceAll('\0', '\uFFFD');
    await this.#db<AuditRecordRow>('audit_records').insert({
      at,
      actor: storable(actor),
      action,
      subject: subject === undefined ? null : storable(subject),
      outcome,
      message: storable(message),
      details: details ? JSON.stringify(details) : null,
      search_text: storable(
        [
          actor,
          action,
          subject ?? '',
          outcome,
          message,
          ...Object.values(details ?? {}),
        ]
          .join('\n')
          .toLocaleLowerCase('en-US'),
      ),
    });
  }

  async list(query: AuditQuery): Promise<AuditRecordList> {
    const { offset = 0, limit = 25, action = [] } = query;
    const matching = () => this.#matching(query);
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
  #matching(query: AuditQuery) {
    const { text = '', actor, from, to } = query;
    const rows = this.#db<AuditRecordRow>('audit_records');
    for (const word of text.toLocaleLowerCase('en-US').split(/\s+/)) {
      if (word) {
        rows.whereRaw(`search_text like ? escape '\\'`, [
          `%${word.replaceAll('\0', '\uFFFD').replace(/[\\%_]/g, '\\$&')}%`,
        ]);
      }
    }
    if (actor !== undefined) {
      rows.where('actor', actor.replaceAll('\0', '\uFFFD'));
    }
    if (from !== undefined) {
      rows.where('at', '>=', readTime('from', from));
    }
    if (to !== undefined) {
      rows.where('at', '<', readTime('to', to));
    }
    return rows;
  }
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
  const { id, at, actor, action, subject, outcome, message, details } = row;
  return {
    id: String(id),
    at,
    actor,
    action,
    subject: subject ?? undefined,
    outcome,
    message,
    details: details === null ? undefined : JSON.parse(details),
  };
}
