export * from './BuildReport';
export { buildRelease } from './buildRelease';
export type { BuildReleaseOptions } from './buildRelease';
export type { ModuleSource } from './goEnvironment';
