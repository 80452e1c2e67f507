export { type Publishing, createPublishing } from './createPublishing';
export { findRepository, headOf } from './findRepository';
export type { PublishPerson, PublishRequests } from './PublishRequests';
export { readPublishingConfig } from './readPublishingConfig';
export { sameText } from './sameText';
export { RELEASES_RULESET } from './steps';
