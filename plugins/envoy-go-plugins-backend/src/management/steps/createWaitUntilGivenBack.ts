import { ConflictError, NotFoundError } from '@backstage/errors';
import { findRepository, sameText } from '../../publishing';
import { askToGiveBack, receiverOf } from './giveBack';
import type { ManagementStepRun } from './ManagementStepContext';

/** After so long it is looked less often: somebody has to accept. In milliseconds. */
const SOON_MS = 120_000;

/** How often a transfer is asked for before somebody looks into it. */
const MOST_TRANSFERS = 3;

/**
 * Waits until the repository is its receiver's.
 *
 * @param options - in milliseconds: `pollMs` between two looks at first, `laterMs` after a while;
 *   `patienceMs`: after that it is asked for again, for GitHub forgets what nobody accepted within a day
 */
export function createWaitUntilGivenBack(options: {
  pollMs: number;
  laterMs: number;
  patienceMs: number;
}): ManagementStepRun {
  const { pollMs, laterMs, patienceMs } = options;
  return async context => {
    const { operation, github, notes, note, now, log } = context;
    const to = receiverOf(operation);
    let at;
    try {
      at = await findRepository(github, operation.repositoryId);
    } catch (error) {
      if (
        !(error instanceof NotFoundError) ||
        notes.transferAskedAt === undefined
      ) {
        throw error;
      }
      const movedTo = `${to}/${operation.repository.split('/')[1]}`;
      await note({ ...notes, movedTo });
      await log(
        'The portal does not see the repository any more: it left the organisation, and is private',
      );
      return undefined;
    }
    if (sameText(at.owner, to)) {
      await note({ ...notes, movedTo: `${at.owner}/${at.repo}` });
      await log(`The repository is at ${at.owner}/${at.repo}`);
      return undefined;
    }
    const waited =
      now.getTime() - new Date(notes.transferAskedAt ?? 0).getTime();
    if (waited < patienceMs) {
      return { waitMs: waited < SOON_MS ? pollMs : laterMs };
    }
    if ((notes.transfersAsked ?? 0) >= MOST_TRANSFERS) {
      await note({ ...notes, transfersAsked: 0 });
      throw new ConflictError(
        `${to} was asked ${MOST_TRANSFERS} times to take ${at.owner}/${at.repo}, but it did not happen. Ask them to accept GitHub's mail, then try again; or unpublish it to somebody else`,
      );
    }
    await askToGiveBack(context, at);
    return { waitMs: pollMs };
  };
}
