import {
  ConflictError,
  InputError,
  NotAllowedError,
  NotFoundError,
} from '@backstage/errors';
import { findRepository } from '../../publishing';
import type {
  ManagementStepContext,
  ManagementStepRun,
  StepWaits,
} from './ManagementStepContext';
import { branchOf, proposeDescription } from './proposeDescription';

/** So often a change is proposed anew because others changed the same lines. */
const MOST_PROPOSALS = 5;

/**
 * Merges the change of the description; where others changed the same lines meanwhile, it is
 * proposed anew on what is there now. Where GitHub lets only people merge, it waits for them.
 *
 * @param options - between two looks, in milliseconds: `pollMs` for GitHub, `peopleMs` for people
 */
export function createMergeDescription(options: {
  pollMs: number;
  peopleMs: number;
}): ManagementStepRun {
  return async context => {
    const { operation, github, notes, log } = context;
    const number = notes.pull ?? (await proposeDescription(context));
    if (number === undefined) {
      await log('There is nothing to merge');
      return undefined;
    }
    const { owner, repo } = await findRepository(
      github,
      operation.repositoryId,
    );
    const { data: pull } = await github.rest.pulls.get({
      owner,
      repo,
      pull_number: number,
    });
    if (pull.merged) {
      await removeBranch(context, { owner, repo });
      await log(`#${number} is merged`);
      return undefined;
    }
    if (pull.state === 'closed') {
      await forget(context);
      throw new ConflictError(
        `Somebody closed ${pull.html_url} without merging it. Try again to have it proposed anew`,
      );
    }
    if (pull.mergeable === false) {
      await github.rest.pulls.update({
        owner,
        repo,
        pull_number: number,
        state: 'closed',
      });
      await removeBranch(context, { owner, repo });
      await forget(context);
      if ((notes.proposals ?? 0) + 1 >= MOST_PROPOSALS) {
        throw new ConflictError(
          `Others changed the same lines ${MOST_PROPOSALS} times while it was proposed. Try again when they are ready`,
        );
      }
      await log(
        `Others changed the same lines: #${number} is closed, and it is proposed anew`,
      );
      return { waitMs: 0 };
    }
    return merge(context, {
      owner,
      repo,
      number,
      url: pull.html_url,
      sha: pull.head.sha,
      ...options,
    });
  };
}

async function merge(
  context: ManagementStepContext,
  pull: {
    owner: string;
    repo: string;
    number: number;
    url: string;
    sha: string;
    pollMs: number;
    peopleMs: number;
  },
): Promise<StepWaits> {
  const { operation, github, notes, note, log } = context;
  const { owner, repo, number, pollMs } = pull;
  const { data: settings } = await github.rest.repos.get({ owner, repo });
  try {
    await github.rest.pulls.merge({
      owner,
      repo,
      pull_number: number,
      sha: pull.sha,
      merge_method: methodOf(settings),
      commit_title: `${operation.title} (#${number})`,
      commit_message: operation.reason,
    });
    await log(`Merged ${pull.url}`);
    // The next look finds it merged
    return { waitMs: 0 };
  } catch (error) {
    if (error instanceof ConflictError) {
      return { waitMs: pollMs };
    }
    if (!(error instanceof InputError || error instanceof NotAllowedError)) {
      throw error;
    }
    const { data: after } = await github.rest.pulls.get({
      owner,
      repo,
      pull_number: number,
    });
    if (after.merged || after.state === 'closed' || after.mergeable === false) {
      return { waitMs: 0 };
    }
    if (!notes.askedToMerge) {
      await note({ ...notes, askedToMerge: true });
      await log(
        `GitHub does not let the portal merge it (${error.message}). Somebody who may merges ${pull.url}; it goes on by itself then`,
      );
    }
    return { waitMs: pull.peopleMs };
  }
}

/** Nothing but what the repository allows; merging keeps the pull request in sight. */
function methodOf(settings: {
  allow_merge_commit?: boolean;
  allow_squash_merge?: boolean;
}): 'merge' | 'squash' | 'rebase' {
  if (settings.allow_squash_merge !== false) {
    return 'squash';
  }
  return settings.allow_merge_commit === false ? 'rebase' : 'merge';
}

/** The next proposal is another one. */
async function forget({ notes, note }: ManagementStepContext): Promise<void> {
  await note({
    ...notes,
    proposals: (notes.proposals ?? 0) + 1,
    pull: undefined,
    askedToMerge: undefined,
  });
}

async function removeBranch(
  { github, operation, notes }: ManagementStepContext,
  repository: { owner: string; repo: string },
): Promise<void> {
  try {
    await github.rest.git.deleteRef({
      ...repository,
      ref: `heads/${branchOf(operation, notes.proposals ?? 0)}`,
    });
  } catch (error) {
    // Gone already, where GitHub removes merged branches by itself
    if (!(error instanceof NotFoundError || error instanceof InputError)) {
      throw error;
    }
  }
}
