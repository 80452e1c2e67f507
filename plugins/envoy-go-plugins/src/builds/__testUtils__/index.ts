export { InMemoryEnvoyGoPluginsBuildsApi } from './InMemoryEnvoyGoPluginsBuildsApi';
export type { BuildsState } from './InMemoryEnvoyGoPluginsBuildsApi';
export {
  SAMPLE_PUBLIC_KEY,
  sampleBuild,
  sampleBuilds,
  sampleFailedProof,
  sampleImage,
  sampleLog,
  sampleProof,
  sampleRunner,
  sampleVersion,
} from './sampleBuilds';
