import type { AuditRecord } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { stringify } from 'csv-stringify/sync';

/** How the record is exported: as lines of JSON, which can be verified, or as a table. */
export type RecordFormat = 'jsonl' | 'csv';

const COLUMNS = [
  'number',
  'at',
  'actor',
  'action',
  'subject',
  'outcome',
  'message',
  'before',
  'after',
  'details',
  'requestId',
  'hash',
] as const satisfies (keyof AuditRecord)[];

/** Writes records one by one, however many there are. */
export function exportRecord(
  records: AsyncIterable<AuditRecord>,
  format: RecordFormat,
): { contentType: string; lines: AsyncIterable<string> } {
  return format === 'jsonl'
    ? { contentType: 'application/x-ndjson', lines: toJsonLines(records) }
    : { contentType: 'text/csv; charset=utf-8', lines: toCsv(records) };
}

async function* toJsonLines(
  records: AsyncIterable<AuditRecord>,
): AsyncGenerator<string> {
  for await (const { id, ...record } of records) {
    yield `${JSON.stringify(record)}\n`;
  }
}

async function* toCsv(
  records: AsyncIterable<AuditRecord>,
): AsyncGenerator<string> {
  yield stringify([[...COLUMNS]]);
  for await (const record of records) {
    // A cell that begins like a formula is none, whoever opens it
    yield stringify(
      [
        COLUMNS.map(column => {
          const value = record[column];
          return typeof value === 'object' ? JSON.stringify(value) : value;
        }),
      ],
      { escape_formulas: true },
    );
  }
}
