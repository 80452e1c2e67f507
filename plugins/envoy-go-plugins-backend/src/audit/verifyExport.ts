import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { InputError, toError } from '@backstage/errors';
import type { AuditFacts } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { ChainVerification } from './AuditChain';
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
    let record: Record<string, unknown>;
    try {
      record = Object(JSON.parse(line));
    } catch (error) {
      throw new InputError(
        `${file}, line ${at}: found no JSON (${
          toError(error).message
        }); allowed is what the record exports as "jsonl"`,
      );
    }
    const text = (name: string): string => {
      const value = record[name];
      if (typeof value !== 'string') {
        throw new InputError(
          `${file}, line ${at}: found no text "${name}"; allowed is what the record exports as "jsonl"`,
        );
      }
      return value;
    };
    const optional = (name: string): string | null =>
      record[name] === undefined ? null : text(name);
    const facts = (name: string): string | null => {
      const value = record[name] as AuditFacts | undefined;
      return value === undefined ? null : JSON.stringify(value);
    };
    const { number } = record;
    if (typeof number !== 'number' || !Number.isSafeInteger(number)) {
      throw new InputError(
        `${file}, line ${at}: found no whole number "number"; allowed is what the record exports as "jsonl"`,
      );
    }
    verification.add(
      {
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
      text('hash'),
    );
  }
  verification.end();
  const { length, hash, problems } = verification;
  return { records: length, hash, problems };
}
