export * from './buildLibrary';
export { stageLibrary } from './stageLibrary';
export type { StagedLibrary } from './stageLibrary';
