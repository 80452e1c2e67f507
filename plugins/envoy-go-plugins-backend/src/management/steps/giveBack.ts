import { ConflictError } from '@backstage/errors';
import { findRepository, sameText } from '../../publishing';
import type {
  ManagementStepContext,
  ManagementStepRun,
} from './ManagementStepContext';

/** Asks GitHub for the transfer, which it makes after its answer, or when it is accepted. */
export const giveBack: ManagementStepRun = async context => {
  const { operation, github, notes, log } = context;
  const at = await findRepository(github, operation.repositoryId);
  if (sameText(at.owner, receiverOf(operation))) {
    await log(`The repository is at ${at.owner}/${at.repo} already`);
    return;
  }
  if (notes.transferAskedAt !== undefined) {
    await log(`The transfer was asked for at ${notes.transferAskedAt} already`);
    return;
  }
  await askToGiveBack(context, at);
};

/** Asks for it, having noted that. https://docs.github.com/rest/repos/repos#transfer-a-repository */
export async function askToGiveBack(
  { operation, github, notes, note, log, now }: ManagementStepContext,
  at: { owner: string; repo: string },
): Promise<void> {
  const to = receiverOf(operation);
  // Before it is: whoever comes after a worker that died waits for it, rather than ask twice
  await note({
    ...notes,
    transferAskedAt: now.toISOString(),
    transfersAsked: (notes.transfersAsked ?? 0) + 1,
  });
  await github.rest.repos.transfer({
    owner: at.owner,
    repo: at.repo,
    new_owner: to,
  });
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
