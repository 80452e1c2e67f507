import { Emulator } from '../Emulator';
import { presentHook } from '../rest/present/hook';
import { Account } from '../state/accountRecords';
import { Webhook } from '../state/webhookRecords';
import { commonFields, Place } from './announce';
import { pushFields } from './announceRefs';

/** What the service says now and then. */
export const ZEN = 'Keep it logically awesome.';

/** Where a webhook listens. */
function placeOf(emulator: Emulator, hook: Webhook): Place {
  const { type, id } = hook.target;
  return type === 'organization'
    ? { organization: emulator.accounts.get(id) }
    : { repository: emulator.repositories.get(id) };
}

/** Sends a ping to a webhook, whatever it listens to. */
export function ping(emulator: Emulator, hook: Webhook, sender: Account): void {
  const presented = presentHook(emulator, hook);
  emulator.webhooks.record(
    {
      name: 'ping',
      repositoryId:
        hook.target.type === 'repository' ? hook.target.id : undefined,
      payload: {
        zen: ZEN,
        hook_id: hook.id,
        hook: {
          ...presented,
          ...(presented.last_response && {
            last_response: { code: null, status: 'unused', message: null },
          }),
        },
        ...commonFields(emulator, placeOf(emulator, hook), sender),
      },
    },
    [hook],
  );
}

/** Sends the newest push of the default branch again, to one webhook of its repository. */
export async function testPush(
  emulator: Emulator,
  hook: Webhook,
  sender: Account,
): Promise<void> {
  const repository = emulator.repositories.get(hook.target.id);
  const git = emulator.repositories.git(repository);
  const head = await git.resolveCommit(`heads/${repository.defaultBranch}`);
  if (
    !head ||
    !emulator.webhooks.interested([hook.target], 'push').includes(hook)
  ) {
    return;
  }
  const [before] = (await git.readCommit(head)).parents;
  emulator.webhooks.record(
    {
      name: 'push',
      repositoryId: repository.id,
      payload: {
        ...commonFields(emulator, { repository }, sender),
        ...(await pushFields(
          emulator,
          repository,
          sender,
          {
            name: `refs/heads/${repository.defaultBranch}`,
            before,
            after: head,
          },
          [],
        )),
      },
    },
    [hook],
  );
}
