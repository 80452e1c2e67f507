export { DatabaseGitHubResponseStore } from './DatabaseGitHubResponseStore';
export { DefaultGitHubClient } from './DefaultGitHubClient';
export type { GitHubClient, GitHubRepository } from './GitHubClient';
export type { GitHubBudgets, GitHubDoor } from './GitHubDoor';
export type { GitHubResponseStore } from './GitHubResponseStore';
export { GitHubUnavailableError } from './GitHubUnavailableError';
export type {
  ReleaseSnapshot,
  RepositoryPointer,
  RepositoryReading,
  RepositorySnapshot,
} from './RepositorySnapshot';
