export { Progress } from './Progress';
export type {
  BuildLogLine,
  BuildStep,
  ProgressListener,
  StepEnd,
} from './Progress';
export * from './stepStates';
