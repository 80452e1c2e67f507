export * from './chooseToolchain';
export { readGoModule } from './goMod';
export type { GoModule } from './goMod';
export { prepareStandardCache } from './standardCache';
export { removeOld } from './removeOld';
