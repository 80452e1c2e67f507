export { NoPublishPermission } from './NoPublishPermission';
export { usePublisher } from './usePublisher';
