import { isError } from '@backstage/errors';
import type {
  PluginContributor,
  PluginDiscussion,
  PluginReadme,
  PluginReleaseAsset,
  PluginSource,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { Octokit } from '@octokit/rest';

/** How many of everything that is listed are kept: ten pages. */
export const LISTED_AT_MOST = 1_000;

const PAGE_SIZE = 100;

/** How to ask for the parts of a repository. */
export interface RepositoryAccess {
  github: Octokit;
  owner: string;
  repo: string;
}

/** A release as GitHub lists it. */
export interface ListedRelease {
  id: number;
  tag: string;
  name?: string;
  /** Markdown. */
  notes?: string;
  url: string;
  draft: boolean;
  prerelease: boolean;
  /** ISO 8601, UTC; of a draft when it was made. */
  publishedAt: string;
  author?: string;
  assets: PluginReleaseAsset[];
}

/**
 * Reads the README of the default branch, or as it was at a commit.
 * https://docs.github.com/rest/repos/contents#get-a-repository-readme
 *
 * @returns `null` where there is none
 */
export async function readReadme(
  { github, owner, repo }: RepositoryAccess,
  ref?: string,
): Promise<PluginReadme | null> {
  try {
    const { data } = await github.rest.repos.getReadme({ owner, repo, ref });
    return {
      content: Buffer.from(data.content, 'base64').toString('utf8'),
      url: data.html_url ?? data.url,
      rawUrl: withoutQuery(data.download_url ?? data.url),
    };
  } catch (error) {
    if (isError(error) && error.name === 'NotFoundError') {
      return null;
    }
    throw error;
  }
}

/**
 * Reads branches and contributors, and puts the tags with them.
 * https://docs.github.com/rest/branches/branches#list-branches,
 * https://docs.github.com/rest/repos/repos#list-repository-contributors
 */
export async function readSource(
  access: RepositoryAccess,
  options: { defaultBranch?: string; tags: Map<string, string> },
): Promise<PluginSource> {
  const { github, owner, repo } = access;
  const [branches, contributors] = await Promise.all([
    readAll(page => github.rest.repos.listBranches({ owner, repo, ...page })),
    readContributors(access),
  ]);
  return {
    defaultBranch: options.defaultBranch ?? '',
    branches: branches.map(({ name, commit }) => ({
      name,
      commit: commit.sha,
    })),
    tags: [...options.tags].map(([name, commit]) => ({ name, commit })),
    contributors,
  };
}

/**
 * Reads which commit each tag points to, by name.
 * https://docs.github.com/rest/repos/repos#list-repository-tags
 */
export async function readTags({
  github,
  owner,
  repo,
}: RepositoryAccess): Promise<Map<string, string>> {
  const tags = await readAll(page =>
    github.rest.repos.listTags({ owner, repo, ...page }),
  );
  return new Map(tags.map(({ name, commit }) => [name, commit.sha]));
}

/** https://docs.github.com/rest/releases/releases#list-releases */
export async function readReleases({
  github,
  owner,
  repo,
}: RepositoryAccess): Promise<ListedRelease[]> {
  const releases = await readAll(page =>
    github.rest.repos.listReleases({ owner, repo, ...page }),
  );
  return releases.map(release => ({
    id: release.id,
    tag: release.tag_name,
    name: release.name ?? undefined,
    notes: release.body ?? undefined,
    url: release.html_url,
    draft: release.draft,
    prerelease: release.prerelease,
    publishedAt: toIso(release.published_at ?? release.created_at),
    author: release.author?.login,
    assets: release.assets.map(asset => ({
      name: asset.name,
      url: asset.browser_download_url,
      size: asset.size,
      contentType: asset.content_type,
      downloads: asset.download_count,
    })),
  }));
}

/**
 * Asks for one release, to be sure that there is none.
 * https://docs.github.com/rest/releases/releases#get-a-release
 */
export async function hasRelease(
  { github, owner, repo }: RepositoryAccess,
  releaseId: number,
): Promise<boolean> {
  try {
    await github.rest.repos.getRelease({ owner, repo, release_id: releaseId });
    return true;
  } catch (error) {
    if (isError(error) && error.name === 'NotFoundError') {
      return false;
    }
    throw error;
  }
}

/**
 * Reads the open issues and pull requests, newest first.
 * https://docs.github.com/rest/issues/issues#list-repository-issues
 */
export async function readDiscussions({
  github,
  owner,
  repo,
}: RepositoryAccess): Promise<PluginDiscussion[]> {
  const issues = await readAll(page =>
    github.rest.issues.listForRepo({ owner, repo, state: 'open', ...page }),
  ).catch(error => {
    // Where issues are switched off there are none
    if (isError(error) && error.name === 'NotFoundError') {
      return [];
    }
    throw error;
  });
  return issues.map(issue => ({
    type: issue.pull_request ? 'pull-request' : 'issue',
    number: issue.number,
    title: issue.title,
    url: issue.html_url,
    // Whose account was deleted is "ghost" on GitHub's own pages
    author: issue.user?.login ?? 'ghost',
    labels: issue.labels.map(label =>
      typeof label === 'string'
        ? { name: label, color: 'ededed' }
        : { name: label.name ?? '', color: label.color ?? 'ededed' },
    ),
    comments: issue.comments,
    draft: issue.pull_request ? issue.draft ?? false : undefined,
    createdAt: toIso(issue.created_at),
    updatedAt: toIso(issue.updated_at),
  }));
}

/**
 * Reads who may see a repository that not everybody may see. All of them are read: whoever
 * is left out could not see the plugin.
 * https://docs.github.com/rest/collaborators/collaborators#list-repository-collaborators
 *
 * @returns logins
 * @throws NotAllowedError when GitHub does not tell the portal
 */
export async function readReaders({
  github,
  owner,
  repo,
}: RepositoryAccess): Promise<string[]> {
  const readers = await github.paginate(github.rest.repos.listCollaborators, {
    owner,
    repo,
    affiliation: 'all',
    per_page: PAGE_SIZE,
  });
  return readers
    .filter(reader => reader.permissions?.pull ?? true)
    .map(reader => reader.login);
}

/**
 * Reads who starred a repository, those who did first before others.
 * https://docs.github.com/rest/activity/starring#list-stargazers
 *
 * @returns logins; `complete` where these are all
 */
export async function readStargazers({
  github,
  owner,
  repo,
}: RepositoryAccess): Promise<{ logins: string[]; complete: boolean }> {
  const logins = await readAll(async page => {
    const { data } = await github.rest.activity.listStargazersForRepo({
      owner,
      repo,
      ...page,
    });
    // Those with the time of the star come where they are asked for only
    return { data: data.map(one => ('login' in one ? one.login : '')) };
  });
  return { logins, complete: logins.length < LISTED_AT_MOST };
}

async function readContributors({
  github,
  owner,
  repo,
}: RepositoryAccess): Promise<PluginContributor[]> {
  const { data } = await github.rest.repos.listContributors({
    owner,
    repo,
    per_page: PAGE_SIZE,
  });
  // An empty repository has no content at all (204)
  return (Array.isArray(data) ? data : []).flatMap(contributor =>
    contributor.login && contributor.avatar_url && contributor.html_url
      ? [
          {
            login: contributor.login,
            avatarUrl: contributor.avatar_url,
            url: contributor.html_url,
            commits: contributor.contributions,
          },
        ]
      : [],
  );
}

async function readAll<T>(
  read: (page: { page: number; per_page: number }) => Promise<{ data: T[] }>,
): Promise<T[]> {
  const items: T[] = [];
  for (let page = 1; items.length < LISTED_AT_MOST; page++) {
    const { data } = await read({ page, per_page: PAGE_SIZE });
    items.push(...data);
    if (data.length < PAGE_SIZE) {
      break;
    }
  }
  return items;
}

/** The download address of a file in a private repository has a token in it, which is the portal's. */
function withoutQuery(address: string): string {
  const url = new URL(address);
  url.search = '';
  return url.href;
}

function toIso(time: string): string {
  return new Date(time).toISOString();
}
