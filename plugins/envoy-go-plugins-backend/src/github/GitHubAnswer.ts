import type { Octokit } from '@octokit/rest';

/** What a request of Octokit is answered with. */
export type GitHubAnswer = Awaited<ReturnType<Octokit['request']>>;
