export { LoadFailure } from './LoadFailure';
export { AsOfNote } from './AsOfNote';
export { describeFailure, reasonOf, takesAway } from './describeFailure';
export type { Failure } from './describeFailure';
