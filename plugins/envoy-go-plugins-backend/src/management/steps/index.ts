export { createLeaveCatalog } from './createLeaveCatalog';
export { createMergeDescription } from './createMergeDescription';
export { createReadRelease } from './createReadRelease';
export { createRefresh } from './createRefresh';
export { createTell } from './createTell';
export { createUnregister } from './createUnregister';
export { createWaitUntilGivenBack } from './createWaitUntilGivenBack';
export { createGiveBack } from './giveBack';
export { liftRules } from './liftRules';
export type {
  ManagementStepContext,
  ManagementStepRun,
  StepWaits,
} from './ManagementStepContext';
export { mark } from './mark';
export { markRelease } from './markRelease';
export { propose } from './proposeDescription';
