export { ManagementCard } from './card';
export { DeprecationNotice } from './notices';
export { OperationProgress } from './operations';
export { VersionActions } from './version-actions';
