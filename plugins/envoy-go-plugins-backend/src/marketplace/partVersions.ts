import { createHash } from 'node:crypto';
import type { RepositorySnapshot } from '../github';
import type { RepositoryPart } from './RepositoryStore';

/**
 * So old may a part become whose changes do not all show in a snapshot, in milliseconds: it
 * is read once a day. That comments were added, or somebody may see a private repository
 * now, are such changes; webhooks tell of them.
 */
const AGE_OF_UNSEEN_MS = 24 * 3600 * 1000;

const UNSEEN: RepositoryPart[] = ['discussions', 'readers'];

/** The parts that a repository has. Readers matter only where not everybody is one. */
export function partsOf(snapshot: RepositorySnapshot): RepositoryPart[] {
  const parts: RepositoryPart[] = [
    'releases',
    'source',
    'readme',
    'discussions',
    'stargazers',
  ];
  // First who may see it: until that is known nobody may
  return snapshot.visibility === 'public' ? parts : ['readers', ...parts];
}

/** Differs where a part does, as far as that shows in the snapshot. */
export function versionOf(
  part: RepositoryPart,
  snapshot: RepositorySnapshot,
): string {
  const { owner, name, defaultBranch, headCommit, branches, tags } = snapshot;
  // Addresses have the name in them
  const facts: Record<Exclude<RepositoryPart, 'stargazers'>, unknown> = {
    readme: [owner, name, defaultBranch, headCommit],
    source: [defaultBranch, headCommit, branches, tags, snapshot.pushedAt],
    releases: [
      owner,
      name,
      tags,
      snapshot.releases.total,
      snapshot.releases.newest.map(release => [
        release.id,
        release.tag,
        release.commit,
        release.draft,
        release.prerelease,
        release.updatedAt,
      ]),
    ],
    discussions: [owner, name, snapshot.openIssues, snapshot.openPullRequests],
    readers: [owner, snapshot.visibility],
  };
  return part === 'stargazers'
    ? stargazersVersion(snapshot.stars)
    : hashOf(facts[part]);
}

/** Of who starred a repository that has so many stars. */
export function stargazersVersion(stars: number): string {
  return hashOf([stars]);
}

function hashOf(facts: unknown): string {
  return createHash('sha256').update(JSON.stringify(facts)).digest('base64');
}

/** The parts of which something else is known than there is now. */
export function outdatedParts(
  snapshot: RepositorySnapshot,
  read: Map<RepositoryPart, { version: string; asOf: string }>,
): RepositoryPart[] {
  const oldest = Date.parse(snapshot.asOf) - AGE_OF_UNSEEN_MS;
  return partsOf(snapshot).filter(part => {
    const known = read.get(part);
    return (
      known?.version !== versionOf(part, snapshot) ||
      (UNSEEN.includes(part) && Date.parse(known.asOf) < oldest)
    );
  });
}
