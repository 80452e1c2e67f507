export { claimRow, type Lease, type LeaseColumns } from './claimRow';
export {
  type LeasedRun,
  LeasedWorker,
  LeaseLostError,
  whileLeased,
} from './LeasedWorker';
export { WorkLoop } from './WorkLoop';
