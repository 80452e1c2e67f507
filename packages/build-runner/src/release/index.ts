export * from './BuildReport';
export { availablePlatforms, buildRelease } from './buildRelease';
export type { BuildReleaseOptions } from './buildRelease';
export type { ModuleSource } from './goEnvironment';
