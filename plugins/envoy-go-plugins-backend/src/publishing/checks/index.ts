export { createChecks } from './createChecks';
export type { TakenName, TakenNames } from './createNameCheck';
export { RequestBuilds } from './RequestBuilds';
