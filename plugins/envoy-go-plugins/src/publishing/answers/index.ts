export { PublishingFailure } from './PublishingFailure';
export { usePublishRequest } from './usePublishRequest';
export type { ChangeRequest } from './usePublishRequest';
export { usePublishingChanges } from './usePublishingChanges';
