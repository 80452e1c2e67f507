export { VersionActions } from './version-actions';
