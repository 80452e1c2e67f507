import { ConflictError, NotFoundError } from '@backstage/errors';
import type { Octokit } from '@octokit/rest';
import { findRepository, findRepositoryByName } from '../findRepository';
import { sameText } from '../sameText';
import type { PublishStepContext, PublishStepRun } from './PublishStepContext';

/** Asks GitHub for the transfer, which it makes after its answer. */
export const transfer: PublishStepRun = async context => {
  const { request, github, target, notes, log } = context;
  const at = await findRepository(github, request.repositoryId);
  if (sameText(at.owner, target.owner)) {
    await log(`The repository is at ${at.owner}/${at.repo} already`);
    return;
  }
  if (notes.transferAskedAt !== undefined) {
    await log(`The transfer was asked for at ${notes.transferAskedAt} already`);
    return;
  }
  await requireFree(github, request.repositoryId, target);
  await askForTransfer(context, at);
};

/** Asks for it, having noted that. https://docs.github.com/rest/repos/repos#transfer-a-repository */
export async function askForTransfer(
  { github, target, notes, note, log, now }: PublishStepContext,
  at: { owner: string; repo: string },
): Promise<void> {
  // Before it is: whoever comes after a worker that died waits for it, rather than ask twice
  await note({
    ...notes,
    transferAskedAt: now.toISOString(),
    transfersAsked: (notes.transfersAsked ?? 0) + 1,
  });
  await github.rest.repos.transfer({
    owner: at.owner,
    repo: at.repo,
    new_owner: target.owner,
    new_name: target.repo,
  });
  await log(
    `Asked for the transfer of ${at.owner}/${at.repo} to ${target.owner}/${target.repo}`,
  );
}

/** @throws ConflictError when another repository has the name */
async function requireFree(
  github: Octokit,
  repositoryId: number,
  target: { owner: string; repo: string },
): Promise<void> {
  let there;
  try {
    there = await findRepositoryByName(github, target);
  } catch (error) {
    if (error instanceof NotFoundError) {
      return;
    }
    throw error;
  }
  // A former name of a repository leads to it, but is free
  if (
    there.id !== repositoryId &&
    sameText(there.owner, target.owner) &&
    sameText(there.repo, target.repo)
  ) {
    throw new ConflictError(
      `There is a repository ${target.owner}/${target.repo} already. Have one of them renamed, then try again`,
    );
  }
}
