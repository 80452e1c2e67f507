export { InMemoryEnvoyGoPluginsPublishingApi } from './InMemoryEnvoyGoPluginsPublishingApi';
export type { PublishingState } from './InMemoryEnvoyGoPluginsPublishingApi';
export {
  CHECK_TITLES,
  sampleCheck,
  NO_BOT,
  samplePublishing,
  sampleRequest,
  sampleSteps,
} from './samplePublishing';
