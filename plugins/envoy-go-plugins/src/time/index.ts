export { RelativeTime, relativeTime } from './RelativeTime';
