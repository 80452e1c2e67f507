import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { InputError, toError } from '@backstage/errors';
import { type ChainedRow, ChainVerification } from './AuditChain';
import type { RecordVerification } from './AuditRecordStore';

/**
 * Verifies a whole record that was exported as lines of JSON.
 *
 * @param known - a hash that the record once ended with, kept elsewhere
 * @throws InputError when the file is no such export
 */
export async function verifyExport(
  file: string,
  known?: string,
): Promise<RecordVerification> {
  const verification = new ChainVerification(known);
  let at = 0;
  for await (const line of createInterface({ input: createReadStream(file) })) {
    at += 1;
    const { row, hash } = readLine(line, `${file}, line ${at}`);
    verification.add(row, hash);
  }
  verification.end();
  const { length, hash, problems } = verification;
  return { records: length, hash, problems };
}

/** @param place - of the line, for errors */
function readLine(
  line: string,
  place: string,
): { row: ChainedRow; hash: string } {
  let record: Record<string, unknown>;
  try {
    record = Object(JSON.parse(line));
  } catch (error) {
    throw new InputError(
      `${place}: found no JSON (${
        toError(error).message
      }); allowed is what the record exports as "jsonl"`,
    );
  }
  const text = (name: string): string => {
    const value = record[name];
    if (typeof value !== 'string') {
      throw new InputError(
        `${place}: found no text "${name}"; allowed is what the record exports as "jsonl"`,
      );
    }
    return value;
  };
  const optional = (name: string): string | null =>
    record[name] === undefined ? null : text(name);
  const facts = (name: string): string | null =>
    record[name] === undefined ? null : JSON.stringify(record[name]);
  const { number } = record;
  if (typeof number !== 'number' || !Number.isSafeInteger(number)) {
    throw new InputError(
      `${place}: found no whole number "number"; allowed is what the record exports as "jsonl"`,
    );
  }
  return {
    row: {
      number,
      previousHash: text('previousHash'),
      at: text('at'),
      actor: text('actor'),
      action: text('action'),
      subject: optional('subject'),
      outcome: text('outcome'),
      message: text('message'),
      details: facts('details'),
      before: facts('before'),
      after: facts('after'),
      requestId: optional('requestId'),
    },
    hash: text('hash'),
  };
}
