import type { GitHubRepository } from '../github';
import type { ChangeEffect, RepositoryChanges } from '../marketplace';

/** Has the facts of a repository read anew, whatever changed about it. */
export function refreshOnChange(
  /** `changedAt`: ISO 8601, UTC. */
  refresh: (repository: GitHubRepository, changedAt: string) => Promise<void>,
): RepositoryChanges {
  const refreshed = async (change: {
    host: string;
    fullName: string;
    at: string;
  }): Promise<ChangeEffect[]> => {
    const [owner, name] = change.fullName.split('/');
    await refresh({ host: change.host, owner, name }, change.at);
    return [];
  };
  return {
    repositoryChanged: refreshed,
    repositoryMoved: async ({ from, to, ...change }) => [
      ...(await refreshed({ ...change, fullName: to })),
      ...(await refreshed({ ...change, fullName: from })),
    ],
    repositoryGone: refreshed,
    repositoryVisibilityChanged: refreshed,
    repositoryArchived: refreshed,
    releaseChanged: refreshed,
    tagMoved: refreshed,
    accessChanged: async () => [],
  };
}
