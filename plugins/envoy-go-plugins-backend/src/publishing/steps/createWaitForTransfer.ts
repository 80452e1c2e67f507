import { ConflictError } from '@backstage/errors';
import { findRepository } from '../findRepository';
import { sameText } from '../sameText';
import type { PublishStepRun } from './PublishStepContext';
import { askForTransfer } from './transfer';

/** How often a transfer is asked for that does not happen. */
const MOST_TRANSFERS = 3;

/**
 * Waits until the repository is the organisation's.
 *
 * @param options - `pollMs`: between two looks; `patienceMs`: after that it is asked for
 * again, both in milliseconds
 */
export function createWaitForTransfer(options: {
  pollMs: number;
  patienceMs: number;
}): PublishStepRun {
  const { pollMs, patienceMs } = options;
  return async context => {
    const { request, github, target, notes, now, log } = context;
    const at = await findRepository(github, request.repositoryId);
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
    await askForTransfer(context, at);
    return { waitMs: pollMs };
  };
}
