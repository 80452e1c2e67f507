export { describeIsolation } from './describeIsolation';
export type { Isolation, IsolationMeasure } from './describeIsolation';
export {
  describeSandboxExit,
  MODULES_USER,
  Sandbox,
  SandboxUnavailableError,
  superviseStep,
} from './Sandbox';
export type { SandboxCommand, SandboxExit, SandboxOptions } from './Sandbox';
export type { SandboxMount } from './holdScript';
export * from './StepLimits';
