import { ConflictError } from '@backstage/errors';
import type { Octokit } from '@octokit/rest';
import { sameText } from '../sameText';
import { askForTransfer, locate } from './createTransfer';
import type { PublishStepRun } from './PublishStepContext';

/** How often a transfer is asked for that does not happen. */
const MOST_TRANSFERS = 3;

/**
 * Waits until the repository is the organisation's.
 *
 * @param options - `asPortal`: a client that acts for an account's things; `pollMs`: between two
 * looks; `patienceMs`: after that it is asked for again, both in milliseconds
 */
export function createWaitForTransfer(options: {
  asPortal: (host: string, owner: string) => Octokit;
  pollMs: number;
  patienceMs: number;
}): PublishStepRun {
  const { asPortal, pollMs, patienceMs } = options;
  return async context => {
    const { request, target, notes, now, log } = context;
    const formerly = asPortal(request.host, request.repository.split('/')[0]);
    const at = await locate(request.repositoryId, context.github, formerly);
    if (sameText(at.owner, target.owner)) {
      await log(`The repository is at ${at.owner}/${at.repo}`);
      return undefined;
    }
    const askedAt = new Date(notes.transferAskedAt ?? 0).getTime();
    if (now.getTime() - askedAt < patienceMs) {
      return { waitMs: pollMs };
    }
    if ((notes.transfersAsked ?? 0) >= MOST_TRANSFERS) {
      await context.note({ ...notes, transfersAsked: 0 });
      throw new ConflictError(
        `GitHub accepted to transfer ${at.owner}/${at.repo} ${MOST_TRANSFERS} times, but it did not happen. See whether ${target.owner} has to accept it, then try again`,
      );
    }
    await askForTransfer({ ...context, github: formerly }, at);
    return { waitMs: pollMs };
  };
}
