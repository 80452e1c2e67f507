export { DatabaseGitHubResponseStore } from './DatabaseGitHubResponseStore';
export { DefaultGitHubClient } from './DefaultGitHubClient';
export type { GitHubClient, GitHubRepository } from './GitHubClient';
export type { GitHubResponseStore } from './GitHubResponseStore';
