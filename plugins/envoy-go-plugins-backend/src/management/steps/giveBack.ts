import { ConflictError } from '@backstage/errors';
import { GitHubUnavailableError } from '../../github';
import { findRepository, sameText } from '../../publishing';
import type { OperationNotes } from '../ManagementStore';
import type {
  ManagementStepContext,
  ManagementStepRun,
} from './ManagementStepContext';

/**
 * Asks GitHub for the transfer, which it makes after its answer, or when it is accepted.
 *
 * @param options - in milliseconds: `pollMs` between two looks; `askAgainMs`: so long it is waited
 *   for a transfer of which it is not known whether GitHub heard of it
 */
export function createGiveBack(options: {
  pollMs: number;
  askAgainMs: number;
}): ManagementStepRun {
  return async context => {
    const { operation, github, notes, now, log } = context;
    const at = await findRepository(github, operation.repositoryId);
    if (sameText(at.owner, receiverOf(operation))) {
      await log(`The repository is at ${at.owner}/${at.repo} already`);
      return undefined;
    }
    const { transferAskedAt, transferAnswered } = notes;
    if (transferAskedAt !== undefined && transferAnswered) {
      await log(`The transfer was asked for at ${transferAskedAt} already`);
      return undefined;
    }
    if (
      transferAskedAt !== undefined &&
      now.getTime() - new Date(transferAskedAt).getTime() < options.askAgainMs
    ) {
      return { waitMs: options.pollMs };
    }
    await askToGiveBack(context, at);
    return undefined;
  };
}

/** Asks for it, having noted that. https://docs.github.com/rest/repos/repos#transfer-a-repository */
export async function askToGiveBack(
  { operation, github, notes, note, log, now }: ManagementStepContext,
  at: { owner: string; repo: string },
): Promise<void> {
  const to = receiverOf(operation);
  const asked: OperationNotes = {
    ...notes,
    transferAskedAt: now.toISOString(),
    transfersAsked: (notes.transfersAsked ?? 0) + 1,
    transferAnswered: false,
  };
  // Before it is: whoever comes after a worker that died waits for it, rather than ask twice
  await note(asked);
  try {
    await github.rest.repos.transfer({
      owner: at.owner,
      repo: at.repo,
      new_owner: to,
    });
  } catch (error) {
    if (!(error instanceof GitHubUnavailableError)) {
      await note({ ...asked, transferAskedAt: undefined });
    }
    throw error;
  }
  await note({ ...asked, transferAnswered: true });
  await log(
    `Asked for the transfer of ${at.owner}/${at.repo} to ${to}. A person has to accept it, by the mail that GitHub sends; an organisation that the portal belongs to does not`,
  );
}

/** Who gets it. */
export function receiverOf(operation: ManagementStepContext['operation']) {
  const { to } = operation.parameters;
  if (to === undefined) {
    throw new ConflictError(
      'It is not known to whom it goes back. Ask for it anew, and say to whom',
    );
  }
  return to;
}
