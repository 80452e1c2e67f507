import { NotFoundError } from '@backstage/errors';
import { yankOf } from '../../marketplace';
import { findRepository } from '../../publishing';
import type { ManagementStepRun } from './ManagementStepContext';

/**
 * Marks the release on GitHub, where everybody sees it, in the way that the marketplace
 * understands: in the first line of its notes. https://docs.github.com/rest/releases/releases#update-a-release
 */
export const markRelease: ManagementStepRun = async ({
  operation,
  github,
  log,
}) => {
  const { parameters, reason } = operation;
  const { owner, repo } = await findRepository(github, operation.repositoryId);
  if (parameters.releaseId === undefined) {
    throw new NotFoundError(
      `GitHub was not asked yet which release ${parameters.tag} of ${owner}/${repo} is. Ask for it anew in a minute`,
    );
  }
  const release_id = parameters.releaseId;
  const { data } = await github.rest.repos.getRelease({
    owner,
    repo,
    release_id,
  });
  const notes = data.body ?? '';
  if (yankOf({ name: data.name ?? undefined, notes })) {
    await log(`${data.html_url} is marked already`);
    return;
  }
  await github.rest.repos.updateRelease({
    owner,
    repo,
    release_id,
    body: `[YANKED] ${reason.replace(/\s+/g, ' ').trim()}\n\n${notes}`,
  });
  await log(`Marked ${data.html_url}`);
};
