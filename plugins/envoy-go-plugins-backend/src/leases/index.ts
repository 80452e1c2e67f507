export {
  type LeasedRun,
  LeasedWorker,
  LeaseLostError,
  whileLeased,
} from './LeasedWorker';
export { WorkLoop } from './WorkLoop';
