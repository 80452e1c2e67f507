export { type Publishing, createPublishing } from './createPublishing';
export type { PublishPerson, PublishRequests } from './PublishRequests';
export { readPublishingConfig } from './readPublishingConfig';
