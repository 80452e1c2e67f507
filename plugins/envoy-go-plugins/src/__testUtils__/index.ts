export { backendFailure } from './backendFailure';
export { InMemoryEnvoyGoPluginsApi } from './InMemoryEnvoyGoPluginsApi';
export { InMemorySignals } from './InMemorySignals';
export type { InMemoryPlugin } from './InMemoryEnvoyGoPluginsApi';
export {
  TOKEN_AUTH_CONFIG,
  sampleEntity,
  samplePlugin,
  samplePlugins,
} from './samplePlugins';
