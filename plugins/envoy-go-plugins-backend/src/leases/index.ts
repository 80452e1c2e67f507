export { LeasedWorker, LeaseLostError, whileLeased } from './LeasedWorker';
