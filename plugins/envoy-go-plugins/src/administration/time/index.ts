export { TimeUntil, timeUntil } from './TimeUntil';
