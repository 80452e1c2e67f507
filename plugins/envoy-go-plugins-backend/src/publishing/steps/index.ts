export { createAnnounce } from './createAnnounce';
export { createProtect, RELEASES_RULESET } from './createProtect';
export { createRegister } from './createRegister';
export { createSetTopics } from './createSetTopics';
export { createStrip } from './createStrip';
export { createTransfer } from './createTransfer';
export { createWaitForTransfer } from './createWaitForTransfer';
export { proposeWorkflow } from './proposeWorkflow';
export type {
  PublishStepContext,
  PublishStepRun,
  StepWaits,
} from './PublishStepContext';
export { rewriteModule } from './rewriteModule';
export { verifyCommit } from './verifyCommit';
