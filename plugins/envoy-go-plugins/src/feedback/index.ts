export { LoadFailure } from './LoadFailure';
export { AsOfNote } from './AsOfNote';
export { describeFailure } from './describeFailure';
export type { Failure } from './describeFailure';
