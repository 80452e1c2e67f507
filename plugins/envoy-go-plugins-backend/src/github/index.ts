export { DefaultGitHubDoor, type GitHubDoorOptions } from './DefaultGitHubDoor';
export type { GitHubBudgets, GitHubDoor, PortalIdentity } from './GitHubDoor';
export {
  type GitHubUnavailability,
  GitHubUnavailableError,
} from './GitHubUnavailableError';
export type {
  ReleaseSnapshot,
  RepositoryPointer,
  RepositoryReading,
  RepositorySnapshot,
} from './RepositorySnapshot';
