import { ConflictError } from '@backstage/errors';
import { findRepository, headOf } from '../findRepository';
import type { PublishStepRun } from './PublishStepContext';

/** Whether the branch still ends with the commit that was reviewed. */
export const verifyCommit: PublishStepRun = async ({
  request,
  github,
  log,
}) => {
  const { owner, repo, defaultBranch, archived } = await findRepository(
    github,
    request.repositoryId,
  );
  if (archived) {
    throw new ConflictError(
      `${owner}/${repo} was archived meanwhile. Have its author unarchive it, then try again`,
    );
  }
  if (defaultBranch !== request.branch) {
    throw new ConflictError(
      `The default branch of ${owner}/${repo} is "${defaultBranch}" now, but "${request.branch}" was reviewed. Abort, and have it asked for anew`,
    );
  }
  const head = await headOf(github, { owner, repo, branch: request.branch });
  if (head !== request.commit) {
    throw new ConflictError(
      `"${request.branch}" of ${owner}/${repo} ends with ${head.slice(
        0,
        12,
      )}, but ${request.commit.slice(
        0,
        12,
      )} was reviewed: somebody pushed. Have it put back and try again, or abort and have it asked for anew; nothing was changed`,
    );
  }
  await log(
    `"${request.branch}" of ${owner}/${repo} ends with the reviewed commit ${head}`,
  );
};
