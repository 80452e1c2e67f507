export { createAnnounce } from './createAnnounce';
export { createProtect } from './createProtect';
export { createRegister } from './createRegister';
export { createSetTopics } from './createSetTopics';
export { createWaitForTransfer } from './createWaitForTransfer';
export { proposeWorkflow } from './proposeWorkflow';
export type {
  PublishStepContext,
  PublishStepRun,
  StepWaits,
} from './PublishStepContext';
export { strip } from './strip';
export { transfer } from './transfer';
export { verifyCommit } from './verifyCommit';
