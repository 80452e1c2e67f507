import type { ReleaseNode, RepositoryNode } from './repositoryQuery';
import type { ReleaseSnapshot, RepositorySnapshot } from './RepositorySnapshot';

const VISIBILITIES = {
  PUBLIC: 'public',
  PRIVATE: 'private',
  INTERNAL: 'internal',
} as const;

/** A repository, from what GraphQL says of it. */
export function toRepositorySnapshot(
  node: RepositoryNode,
  { host, asOf }: { host: string; asOf: string },
): RepositorySnapshot {
  return {
    host,
    id: node.databaseId,
    nodeId: node.id,
    owner: node.owner.login,
    name: node.name,
    url: node.url,
    visibility: VISIBILITIES[node.visibility],
    archived: node.isArchived,
    stars: node.stargazerCount,
    forks: node.forkCount,
    license: knownLicense(node.licenseInfo?.spdxId),
    defaultBranch: node.defaultBranchRef?.name,
    headCommit: node.defaultBranchRef?.target?.oid,
    pushedAt: node.pushedAt ?? undefined,
    updatedAt: node.updatedAt,
    description: node.description || undefined,
    openIssues: node.issues.totalCount,
    openPullRequests: node.pullRequests.totalCount,
    branches: node.branches?.totalCount ?? 0,
    tags: node.tags?.totalCount ?? 0,
    releases: {
      total: node.releases.totalCount,
      newest: (node.releases.nodes ?? []).flatMap(release =>
        release ? [toReleaseSnapshot(release)] : [],
      ),
    },
    asOf,
  };
}

/** The SPDX id of a license; GitHub has `NOASSERTION` for those that it does not know. */
export function knownLicense(
  spdxId: string | null | undefined,
): string | undefined {
  return spdxId && spdxId !== 'NOASSERTION' ? spdxId : undefined;
}

function toReleaseSnapshot(node: ReleaseNode): ReleaseSnapshot {
  return {
    id: node.databaseId,
    nodeId: node.id,
    tag: node.tagName,
    name: node.name || undefined,
    notes: node.description || undefined,
    url: node.url,
    draft: node.isDraft,
    prerelease: node.isPrerelease,
    publishedAt: node.publishedAt ?? undefined,
    updatedAt: node.updatedAt,
    commit: node.tagCommit?.oid,
    author: node.author?.login,
  };
}
