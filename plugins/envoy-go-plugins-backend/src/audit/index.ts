export {
  AuditRecorder,
  type AuditActor,
  type AuditedAct,
} from './AuditRecorder';
export type { AuditRecordStore } from './AuditRecordStore';
export { DatabaseAuditRecordStore } from './DatabaseAuditRecordStore';
export { AuditedDeliveries, type RequestedBy } from './AuditedDeliveries';
