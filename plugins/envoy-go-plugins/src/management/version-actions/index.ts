export { VersionActions } from './VersionActions';
