export {
  createKnownVersions,
  createReleasePublisher,
  type KnownVersions,
  type Releases,
} from './createReleasePublisher';
export type { PublicVersions } from './PublicVersions';
export type { VersionReports } from './VersionReports';
