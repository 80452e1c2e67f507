export {
  createRegistryServices,
  type RegistryServices,
} from './createRegistryServices';
export type { DatabasePullCounts } from './DatabasePullCounts';
export type { LostManifest } from './KeptManifests';
export type { PullCounts } from './PullCounts';
export { readPullEvents } from './readPullEvents';
export { readRegistryConfig } from './readRegistryConfig';
export { isSame, parseBasicCredentials, type TokenServer } from './TokenServer';
