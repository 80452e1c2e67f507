import { yankOf } from './yankOf';
import type { ListedRelease } from './readRepositoryParts';
import type { NewActivity, StoredRelease } from './RepositoryStore';

const MADE_DRAFT = 'It was made a draft again on GitHub';
const DELETED = 'Its release was deleted on GitHub';

/**
 * Makes the releases that are to be remembered, and what happened to them, of those that
 * were known and those that GitHub lists now. A commit is looked up once, when a release is
 * seen first; where its tag points to another one later, that is an alarm.
 */
export function compareReleases(options: {
  known: StoredRelease[];
  listed: ListedRelease[];
  /** Ids of known releases that GitHub says it has no more. */
  deleted: Set<number>;
  /** Which commit each tag points to now. */
  tags: Map<string, string>;
  /** When GitHub was asked; ISO 8601, UTC. */
  asOf: string;
  /** Who did what is different now, as far as an event says so. */
  actor?: string;
}): { releases: StoredRelease[]; activities: NewActivity[] } {
  const { known, listed, deleted, tags, asOf, actor } = options;
  const before = new Map(known.map(release => [release.id, release]));
  const activities: NewActivity[] = [];
  const releases: StoredRelease[] = [];
  for (const release of listed) {
    const old = before.get(release.id);
    before.delete(release.id);
    if (old) {
      const changed = follow(old, release, { tags, asOf });
      activities.push(...explain(old, changed, { asOf, actor }));
      releases.push(changed);
    } else if (!release.draft) {
      const added = follow(undefined, release, { tags, asOf });
      activities.push(...explain(undefined, added, { asOf, actor }));
      releases.push(added);
    }
  }
  for (const old of before.values()) {
    if (deleted.has(old.id) && !old.deletedAt) {
      releases.push({
        ...old,
        deletedAt: asOf,
        yanked: old.yanked ?? { at: asOf, reason: DELETED },
      });
      activities.push({
        type: 'release-deleted',
        subject: `release-deleted:${old.id}`,
        at: asOf,
        message: `The release ${old.tag} was deleted`,
        alarm: false,
        actor,
      });
    } else {
      releases.push(old);
    }
  }
  return { releases, activities };
}

function follow(
  old: StoredRelease | undefined,
  release: ListedRelease,
  { tags, asOf }: { tags: Map<string, string>; asOf: string },
): StoredRelease {
  const { draft, ...rest } = release;
  const commitNow = tags.get(release.tag);
  const commit = old?.commit ?? commitNow;
  const yank = draft ? { reason: MADE_DRAFT } : yankOf(release);
  return {
    ...rest,
    // A draft says when it was made
    publishedAt: draft && old ? old.publishedAt : release.publishedAt,
    commit,
    commitAsOf: old?.commit ? old.commitAsOf : commit && asOf,
    // Where there is no such tag any more it was not moved
    movedTo:
      commitNow === undefined
        ? old?.movedTo
        : (commitNow !== commit && commitNow) || undefined,
    yanked: yank && { at: old?.yanked?.at ?? asOf, ...yank },
  };
}

function explain(
  old: StoredRelease | undefined,
  now: StoredRelease,
  { asOf, actor }: { asOf: string; actor?: string },
): NewActivity[] {
  const activities: NewActivity[] = [];
  const { id, tag, url } = now;
  if (!old) {
    activities.push({
      type: 'released',
      subject: `released:${id}`,
      at: now.publishedAt,
      message: `${tag} was released${
        now.prerelease ? ', as a pre-release' : ''
      }`,
      alarm: false,
      actor: now.author ?? actor,
      url,
    });
  } else if (
    old.tag !== now.tag ||
    old.name !== now.name ||
    old.notes !== now.notes ||
    old.prerelease !== now.prerelease
  ) {
    const what = [
      old.tag !== now.tag && `its tag is ${now.tag}, it was ${old.tag}`,
      old.name !== now.name && 'its title is another one',
      old.notes !== now.notes && 'its notes are other ones',
      old.prerelease !== now.prerelease &&
        (now.prerelease
          ? 'it is a pre-release'
          : 'it is no pre-release any more'),
    ].filter(Boolean);
    activities.push({
      type: 'release-changed',
      subject: `release-changed:${id}`,
      at: asOf,
      message: `The release ${tag} was changed: ${what.join(', ')}`,
      alarm: false,
      actor,
      url,
    });
  }
  if (now.yanked && !old?.yanked) {
    activities.push({
      type: 'yanked',
      subject: `yanked:${id}`,
      at: now.yanked.at,
      message: `${tag} was yanked${
        now.yanked.reason ? `: ${now.yanked.reason}` : ''
      }`,
      alarm: false,
      actor,
      url,
    });
  }
  if (now.movedTo && now.commit && now.movedTo !== old?.movedTo) {
    activities.push(
      tagMovedActivity(now, {
        before: now.commit,
        after: now.movedTo,
        at: asOf,
        actor,
        observedSince: old ? now.publishedAt : undefined,
      }),
    );
  }
  return activities;
}

/** The alarm that a release's tag points to another commit. */
export function tagMovedActivity(
  release: StoredRelease,
  move: {
    before: string;
    after: string;
    at: string;
    actor?: string;
    observedSince?: string;
  },
): NewActivity {
  const short = (commit: string) => commit.slice(0, 7);
  return {
    type: 'tag-moved',
    subject: `tag-moved:${release.id}:${move.before}:${move.after}`,
    at: move.at,
    observedSince: move.observedSince,
    message: `The tag ${release.tag} was moved after its release: from ${short(
      move.before,
    )} to ${short(move.after)}. What was released is ${short(
      release.commit ?? move.before,
    )}`,
    alarm: true,
    actor: move.actor,
    url: release.url,
  };
}
