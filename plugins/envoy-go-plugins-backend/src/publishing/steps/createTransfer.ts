import {
  ConflictError,
  NotAllowedError,
  NotFoundError,
} from '@backstage/errors';
import type { Octokit } from '@octokit/rest';
import type { BotAccess } from '../BotAccess';
import {
  type FoundRepository,
  findRepository,
  findRepositoryByName,
} from '../findRepository';
import type { PublishNotifier } from '../PublishNotifier';
import { sameText } from '../sameText';
import type { PublishStepContext, PublishStepRun } from './PublishStepContext';

/** So long it is waited for the author, in milliseconds. */
const AUTHORS_TURN_MS = 30 * 24 * 3_600_000;

/** Between two looks while it is the author's turn at most, in milliseconds. */
const SLOWEST_POLL_MS = 300_000;

/** Of how long it is waited already this part is waited until the next look. */
const SLOWER_BY = 50;

/**
 * Has the repository transferred: by the bot, where it administers it, which GitHub does after
 * its answer; else by its author, for whom it is waited.
 *
 * @param options - `asPortal`: a client that acts for an account's things; `pollMs`: between two
 * looks after GitHub accepted the author's transfer; `patienceMs`: after that it is the author's
 * turn again, both in milliseconds
 */
export function createTransfer(options: {
  bot: BotAccess;
  notifier: PublishNotifier;
  asPortal: (host: string, owner: string) => Octokit;
  pollMs: number;
  patienceMs: number;
}): PublishStepRun {
  const { bot, notifier, asPortal, pollMs, patienceMs } = options;
  return async context => {
    const { request, target, log, now } = context;
    const organization = asPortal(request.host, target.owner);
    const at = await locate(request.repositoryId, context.github, organization);
    if (sameText(at.owner, target.owner)) {
      await takeName(organization, at, target);
      await log(`The repository is at ${target.owner}/${target.repo}`);
      return undefined;
    }
    if (context.notes.transferAskedAt !== undefined) {
      await log(
        `The transfer was asked for at ${context.notes.transferAskedAt} already`,
      );
      return undefined;
    }
    let { handOverSince } = context.notes;
    if (handOverSince === undefined) {
      await requireFree(organization, request.repositoryId, target);
      if (at.ownerType !== 'User' && (await transferAsBot(context, at))) {
        return undefined;
      }
      handOverSince = now.toISOString();
      // Told twice, where this process dies meanwhile, it is one notification
      await notifier.tellAuthor(
        request,
        `It was approved, and it is your turn: hand ${at.owner}/${at.repo} over to ${target.owner}.`,
        'high',
      );
      await context.note({
        ...context.notes,
        transferAskedAt: undefined,
        handOverSince,
      });
      await log(
        `It is the turn of ${request.authorLogin} to transfer ${at.owner}/${at.repo} to ${target.owner}`,
      );
      const obstacle = await bot.obstacleOf(
        { ...request, url: request.repositoryUrl },
        at.private,
      );
      if (obstacle !== undefined) {
        await log(obstacle);
      }
    }
    const waited = now.getTime() - Date.parse(handOverSince);
    if (waited > AUTHORS_TURN_MS) {
      await context.note({ ...context.notes, handOverSince: undefined });
      throw new ConflictError(
        `${request.authorLogin} did not hand ${at.owner}/${at.repo} over within 30 days. Ask them, then try again, or abort: nothing was changed`,
      );
    }
    const acceptedAt = Date.parse(request.handedOverAt ?? '');
    return now.getTime() - acceptedAt < patienceMs
      ? { waitMs: pollMs }
      : {
          waitMs: Math.min(
            Math.max(pollMs * 10, waited / SLOWER_BY),
            SLOWEST_POLL_MS,
          ),
        };
  };
}

/**
 * Finds a repository by its id, wherever it is: an App that is installed where it was does not
 * see it where it is, and the other way round.
 *
 * @throws NotFoundError when it is gone, or nobody of these sees it
 */
export async function locate(
  id: number,
  ...clients: Octokit[]
): Promise<FoundRepository> {
  const [github, ...others] = clients;
  try {
    return await findRepository(github, id);
  } catch (error) {
    if (error instanceof NotFoundError && others.length > 0) {
      return locate(id, ...others);
    }
    throw error;
  }
}

/** Who transfers by hand may have given it another name. */
async function takeName(
  organization: Octokit,
  at: FoundRepository,
  target: { owner: string; repo: string },
): Promise<void> {
  if (at.repo !== target.repo) {
    await organization.rest.repos.update({
      owner: at.owner,
      repo: at.repo,
      name: target.repo,
    });
  }
}

/** @returns whether GitHub let it */
async function transferAsBot(
  context: PublishStepContext,
  at: FoundRepository,
): Promise<boolean> {
  try {
    await askForTransfer(context, at);
    return true;
  } catch (error) {
    if (!(error instanceof NotAllowedError)) {
      throw error;
    }
    await context.log(
      `The portal may not transfer ${at.owner}/${at.repo} itself: ${error.message}`,
    );
    return false;
  }
}

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
