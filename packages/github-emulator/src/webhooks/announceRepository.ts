import { JsonObject } from '@backstage/types';
import { Emulator } from '../Emulator';
import { Account } from '../state/accountRecords';
import { simpleDeployKey } from '../rest/present/deployKey';
import { DeployKey, Permission, Repository } from '../state/repositoryRecords';
import { announce } from './announce';
import { webhookUser } from './payloads';

/** Tells that a repository was created, or deleted. */
export function announceRepository(
  emulator: Emulator,
  repository: Repository,
  sender: Account,
  action: 'created' | 'deleted',
): void {
  announce(emulator, { repository }, sender, { name: 'repository', action });
}

/** Tells what became different about a repository: its name, archived or not, who sees it, what it says about itself. */
export function announceRepositoryChange(
  emulator: Emulator,
  before: Repository,
  repository: Repository,
  sender: Account,
): void {
  const tell = (action: string, changes?: JsonObject) =>
    announce(emulator, { repository }, sender, {
      name: 'repository',
      action,
      fields: changes && (() => ({ changes })),
    });
  if (before.name !== repository.name) {
    tell('renamed', { repository: { name: { from: before.name } } });
  }
  if (before.archived !== repository.archived) {
    tell(repository.archived ? 'archived' : 'unarchived');
  }
  if (before.visibility !== repository.visibility) {
    if (repository.visibility === 'public') {
      tell('publicized');
      announce(emulator, { repository }, sender, { name: 'public' });
    } else if (before.visibility === 'public') {
      tell('privatized');
    }
  }
  const changes: JsonObject = {
    ...(before.description !== repository.description && {
      description: { from: before.description ?? null },
    }),
    ...(before.homepage !== repository.homepage && {
      homepage: { from: before.homepage ?? null },
    }),
    ...(before.defaultBranch !== repository.defaultBranch && {
      default_branch: { from: before.defaultBranch },
    }),
    ...(before.topics.join() !== repository.topics.join() && {
      topics: { from: before.topics },
    }),
  };
  if (Object.keys(changes).length > 0) {
    tell('edited', changes);
  }
}

/** Tells the new owner that a repository came from another one; the former owner is not told. */
export function announceTransfer(
  emulator: Emulator,
  repository: Repository,
  sender: Account,
  from: Account,
): void {
  announce(emulator, { repository }, sender, {
    name: 'repository',
    action: 'transferred',
    fields: () => ({
      // GitHub's schemas know users here only.
      changes: { owner: { from: { user: webhookUser(emulator, from) } } },
    }),
  });
}

/** Stars a repository or takes the star back, and tells that when it was otherwise before. */
export function changeStar(
  emulator: Emulator,
  repository: Repository,
  sender: Account,
  on: boolean,
): void {
  const star = on
    ? emulator.repositories.star(repository, sender.id)
    : undefined;
  const changed = on
    ? star !== undefined
    : emulator.repositories.unstar(repository, sender.id);
  if (!changed) {
    return;
  }
  announce(emulator, { repository }, sender, {
    name: 'star',
    action: star ? 'created' : 'deleted',
    fields: () => ({ starred_at: star?.starredAt ?? null }),
  });
}

/** Tells that a key which opens a repository was added, or taken away. */
export function announceDeployKey(
  emulator: Emulator,
  repository: Repository,
  sender: Account,
  key: DeployKey,
  action: 'created' | 'deleted',
): void {
  announce(emulator, { repository }, sender, {
    name: 'deploy_key',
    action,
    fields: () => ({ key: simpleDeployKey(emulator, repository, key) }),
  });
}

/** Tells who got, or lost, a permission on one repository. */
export function announceCollaborator(
  emulator: Emulator,
  repository: Repository,
  sender: Account,
  member: Account,
  change: { from?: Permission; to?: Permission },
): void {
  const { from, to } = change;
  if (from === to) {
    return;
  }
  const tell = (action: string, changes?: JsonObject) =>
    announce(emulator, { repository }, sender, {
      name: 'member',
      action,
      fields: () => ({
        member: webhookUser(emulator, member),
        ...(changes && { changes }),
      }),
    });
  if (to === undefined) {
    tell('removed');
  } else if (from === undefined) {
    // Only these two are told apart here, https://docs.github.com/webhooks/webhook-events-and-payloads#member
    tell(
      'added',
      to === 'write' || to === 'admin' ? { permission: { to } } : undefined,
    );
  } else {
    tell('edited', { old_permission: { from } });
  }
}
