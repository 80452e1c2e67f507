export { LoadFailure } from './LoadFailure';
export { AsOfNote } from './AsOfNote';
export { describeFailure, takesAway } from './describeFailure';
export type { Failure } from './describeFailure';
