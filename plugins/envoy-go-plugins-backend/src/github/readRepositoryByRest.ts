import { ConflictError, InputError, NotFoundError } from '@backstage/errors';
import type { Octokit } from '@octokit/rest';
import { NEWEST_RELEASES } from './repositoryQuery';
import type { ReleaseSnapshot, RepositorySnapshot } from './RepositorySnapshot';
import { knownLicense } from './toRepositorySnapshot';

/** Answers with the hash of a commit, and nothing else. */
const SHA_ONLY = 'application/vnd.github.sha';

/**
 * A repository, read with a dozen of REST requests.
 *
 * @throws NotFoundError when there is none, and as the client does
 */
export async function readRepositoryByRest(options: {
  octokit: Octokit;
  host: string;
  owner: string;
  name: string;
  asOf: string;
}): Promise<RepositorySnapshot> {
  const { octokit, host, asOf } = options;
  const { repos, pulls } = octokit.rest;
  const { data: found } = await repos.get({
    owner: options.owner,
    repo: options.name,
  });
  // It may have been renamed
  const at = { owner: found.owner.login, repo: found.name };
  const one = { ...at, per_page: 1 };
  const headCommit = await commitOf(
    octokit,
    at,
    `heads/${found.default_branch}`,
  );
  const openPullRequests = countPages(
    await pulls.list({ ...one, state: 'open' }),
  );
  const branches = countPages(await repos.listBranches(one));
  const tags = countPages(await repos.listTags(one));
  const { data: releases } = await repos.listReleases({
    ...at,
    per_page: NEWEST_RELEASES,
  });
  const total =
    releases.length < NEWEST_RELEASES
      ? releases.length
      : countPages(await repos.listReleases(one));
  const newest: ReleaseSnapshot[] = [];
  for (const release of releases) {
    newest.push({
      id: release.id,
      nodeId: release.node_id,
      tag: release.tag_name,
      name: release.name || undefined,
      notes: release.body || undefined,
      url: release.html_url,
      draft: release.draft,
      prerelease: release.prerelease,
      publishedAt: release.published_at ?? undefined,
      updatedAt:
        release.updated_at ?? release.published_at ?? release.created_at,
      commit: await commitOf(octokit, at, `tags/${release.tag_name}`),
      author: release.author?.login,
    });
  }
  return {
    host,
    id: found.id,
    nodeId: found.node_id,
    owner: found.owner.login,
    name: found.name,
    url: found.html_url,
    visibility: visibilityOf(found),
    archived: found.archived,
    stars: found.stargazers_count,
    forks: found.forks_count,
    license: knownLicense(found.license?.spdx_id),
    defaultBranch: headCommit && found.default_branch,
    headCommit,
    pushedAt: found.pushed_at ?? undefined,
    updatedAt: found.updated_at,
    description: found.description || undefined,
    openIssues: Math.max(0, found.open_issues_count - openPullRequests),
    openPullRequests,
    branches,
    tags,
    releases: { total, newest },
    asOf,
  };
}

/** The hash of the commit that a ref has; `undefined` where there is no such ref. */
async function commitOf(
  octokit: Octokit,
  at: { owner: string; repo: string },
  ref: string,
): Promise<string | undefined> {
  try {
    const { data } = await octokit.rest.repos.getCommit({
      ...at,
      ref,
      headers: { accept: SHA_ONLY },
    });
    // Other media types have other bodies than the description says
    const sha: unknown = data;
    return typeof sha === 'string' ? sha : data.sha;
  } catch (error) {
    if (isAbsence(error)) {
      return undefined;
    }
    throw error;
  }
}

/** GitHub has 404 for what is not there, 409 where there are no commits at all, and 422 for tags that are not there. */
function isAbsence(error: unknown): boolean {
  return (
    error instanceof NotFoundError ||
    error instanceof ConflictError ||
    error instanceof InputError
  );
}

/** How many there are, of a list that has one on a page. */
function countPages(answer: {
  data: unknown[];
  headers: { link?: string };
}): number {
  const last = /[?&]page=(\d+)[^>]*>;\s*rel="last"/.exec(
    answer.headers.link ?? '',
  );
  return last ? Number(last[1]) : answer.data.length;
}

function visibilityOf(found: {
  visibility?: string;
  private: boolean;
}): RepositorySnapshot['visibility'] {
  const { visibility } = found;
  if (visibility === 'internal' || visibility === 'private') {
    return visibility;
  }
  return found.private ? 'private' : 'public';
}
