export { buildRelease } from './release';
export type {
  BuildReleaseOptions,
  BuildReport,
  BuiltLibrary,
  Compatibility,
  ModuleSource,
  Platform,
  UsedModule,
} from './release';
export {
  describeIsolation,
  Sandbox,
  SandboxUnavailableError,
} from './isolation';
export {
  DEFAULT_SCRATCH_LIMITS,
  DEFAULT_STEP_LIMITS,
  type Isolation,
  type IsolationMeasure,
  type SandboxCommand,
  type SandboxExit,
  type SandboxMount,
  type SandboxOptions,
  type ScratchLimits,
  type StepLimits,
} from './isolation';
export * from './library';
export { STEP_TRANSITIONS } from './progress';
export type {
  BuildLogLine,
  BuildStep,
  ProgressListener,
  StepState,
} from './progress';
export { DEFAULT_SOURCE_LIMITS, SourceError } from './source';
export type { SourceLimits } from './source';
export { findToolchains, ToolchainUnavailableError } from './toolchain';
export type { Toolchain } from './toolchain';
export * from './rpc';
export type {
  FoundVulnerability,
  VulnerabilityReport,
} from './vulnerabilities';
