export { copyFolder } from './copyFolder';
export * from './SourceError';
export * from './SourceLimits';
export { unpackArchive } from './unpackArchive';
export type { UnpackedArchive } from './unpackArchive';
export type { SourceSize } from './SourceWriter';
