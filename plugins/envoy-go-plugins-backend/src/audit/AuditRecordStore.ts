import type {
  AuditQuery,
  AuditRecord,
  AuditRecordList,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';

/** The record of who did what. Nothing in it is ever changed. */
export interface AuditRecordStore {
  add(record: Omit<AuditRecord, 'id'>): Promise<void>;
  /** @throws InputError when a time cannot be read */
  list(query: AuditQuery): Promise<AuditRecordList>;
}
