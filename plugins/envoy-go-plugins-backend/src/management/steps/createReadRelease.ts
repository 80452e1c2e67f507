import type { RepositoryChanges } from '../../marketplace';
import { findRepository } from '../../publishing';
import type { ManagementStepRun } from './ManagementStepContext';

/** Has the marketplace read the release anew, rather than wait for GitHub to tell of it. */
export function createReadRelease(options: {
  changes: Pick<RepositoryChanges, 'releaseChanged'>;
}): ManagementStepRun {
  return async ({ operation, github, now, log, signal }) => {
    const { parameters, repositoryId, host } = operation;
    const { owner, repo } = await findRepository(github, repositoryId);
    const { data } = await github.rest.repos.getRelease({
      owner,
      repo,
      release_id: parameters.releaseId ?? 0,
    });
    const effects = await options.changes.releaseChanged({
      host,
      id: repositoryId,
      fullName: `${owner}/${repo}`,
      at: now.toISOString(),
      signal,
      action: 'edited',
      release: {
        id: data.id,
        tag: data.tag_name,
        name: data.name ?? undefined,
        notes: data.body ?? undefined,
        url: data.html_url,
      },
    });
    for (const { text } of effects) {
      await log(text);
    }
  };
}
