export { createRunnerPool, type Runners } from './createRunnerPool';
export { readRunnersConfig, type RunnersConfig } from './readRunnersConfig';
export * from './RunnerJob';
export * from './RunnerPool';
export type { RunnerStore } from './RunnerStore';
