export {
  AuditRecorder,
  type AuditActor,
  type AuditedAct,
} from './AuditRecorder';
export { ChainVerification, hashOf, type ChainedRow } from './AuditChain';
export type {
  AuditRecordStore,
  RecordIn,
  NewAuditRecord,
  RecordVerification,
} from './AuditRecordStore';
export { nameRequests, withRequestId } from './requestId';
export { DatabaseAuditRecordStore } from './DatabaseAuditRecordStore';
export { AuditedRecordStore } from './AuditedRecordStore';
export { AuditedDeliveries, type RequestedBy } from './AuditedDeliveries';
export { exportRecord, type RecordFormat } from './exportRecord';
export { verifyExport } from './verifyExport';
