import type { RepositorySnapshot } from '../github';
import type { NewActivity } from './RepositoryStore';

/** What a change of the snapshot says that happened. */
export function whatHappened(
  before: RepositorySnapshot,
  now: RepositorySnapshot,
): NewActivity[] {
  const noticed = { at: now.asOf, observedSince: before.asOf };
  const activities: NewActivity[] = [];
  if (nameOf(before) !== nameOf(now)) {
    activities.push({
      ...movedActivity({
        kind: before.owner === now.owner ? 'renamed' : 'transferred',
        from: nameOf(before),
        to: nameOf(now),
        at: now.asOf,
      }),
      ...noticed,
    });
  }
  if (before.archived !== now.archived) {
    activities.push({
      ...archivedActivity({ archived: now.archived, at: now.asOf }),
      ...noticed,
    });
  }
  if (before.visibility !== now.visibility) {
    activities.push({
      ...visibilityActivity({ visibility: now.visibility, at: now.asOf }),
      ...noticed,
    });
  }
  return activities;
}

/** That a repository has another name or owner. */
export function movedActivity(move: {
  kind: 'renamed' | 'transferred';
  from: string;
  to: string;
  at: string;
  actor?: string;
}): NewActivity {
  return {
    type: move.kind,
    subject: `${move.kind}:${move.from}:${move.to}`,
    at: move.at,
    message:
      move.kind === 'renamed'
        ? `${move.from} was renamed to ${move.to}`
        : `${move.from} was transferred and is ${move.to} now`,
    alarm: false,
    actor: move.actor,
  };
}

/** That a repository can be written to no more, or again. */
export function archivedActivity(change: {
  archived: boolean;
  at: string;
  actor?: string;
}): NewActivity {
  const type = change.archived ? 'archived' : 'unarchived';
  return {
    type,
    subject: type,
    at: change.at,
    message: change.archived
      ? 'The repository was archived: nothing will change in it'
      : 'The repository is not archived any more',
    alarm: false,
    actor: change.actor,
  };
}

/** That others may see a repository. */
export function visibilityActivity(change: {
  visibility: RepositorySnapshot['visibility'];
  at: string;
  actor?: string;
}): NewActivity {
  const type = change.visibility === 'public' ? 'publicized' : 'privatized';
  return {
    type,
    subject: type,
    at: change.at,
    message:
      change.visibility === 'public'
        ? 'The repository was made public'
        : `The repository was made ${change.visibility}: only those see the plugin whom GitHub shows it to`,
    alarm: false,
    actor: change.actor,
  };
}

/** `OWNER/NAME` */
export function nameOf({ owner, name }: RepositorySnapshot): string {
  return `${owner}/${name}`;
}
