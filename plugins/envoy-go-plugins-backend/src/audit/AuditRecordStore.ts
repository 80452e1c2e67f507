import type {
  AuditQuery,
  AuditRecord,
  AuditRecordList,
  RecordVerification,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { Knex } from 'knex';

export type { RecordVerification };

/** What is recorded; the rest comes with its place in the record. */
export type NewAuditRecord = Omit<
  AuditRecord,
  'id' | 'number' | 'previousHash' | 'hash'
>;

/** The record within a transaction, for what is done together with a change. */
export type RecordIn = (transaction: Knex) => AuditRecordStore;

/** The record of who did what. Nothing in it is ever changed. */
export interface AuditRecordStore {
  /**
   * Writes a record at the end. Of a transaction it should be the last statement, or nearly:
   * others that record wait until it ends.
   *
   * @param record - `requestId` is that of the request being handled, unless it is said
   */
  add(record: NewAuditRecord): Promise<void>;
  /** @throws InputError when a time cannot be read */
  list(query: AuditQuery): Promise<AuditRecordList>;
  /**
   * All that matches, oldest first.
   *
   * @throws InputError when a time cannot be read
   */
  all(
    query: Omit<AuditQuery, 'offset' | 'limit'>,
  ): AsyncGenerator<AuditRecord, void>;
  /**
   * Looks whether every record is there and as it was written.
   *
   * @param known - a hash that the record once ended with, kept elsewhere
   */
  verify(known?: string): Promise<RecordVerification>;
}
