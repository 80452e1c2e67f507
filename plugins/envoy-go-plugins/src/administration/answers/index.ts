export { AdministrationFailure } from './AdministrationFailure';
export { StaleAnswerNote } from './StaleAnswerNote';
export { describeRefusal } from './describeRefusal';
export { isResponseError } from './isResponseError';
export { useAdministrationChanges } from './useAdministrationChanges';
export { useAnswer } from './useAnswer';
export type { Answer } from './useAnswer';
export { useNow } from './useNow';
