export { DatabaseGitHubResponseStore } from './DatabaseGitHubResponseStore';
export { DefaultGitHubClient } from './DefaultGitHubClient';
export { DefaultGitHubDoor, type GitHubDoorOptions } from './DefaultGitHubDoor';
export type { GitHubClient, GitHubRepository } from './GitHubClient';
export type { GitHubBudgets, GitHubDoor } from './GitHubDoor';
export type { GitHubResponseStore } from './GitHubResponseStore';
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
