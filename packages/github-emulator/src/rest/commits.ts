import { GitRepository } from '../git/GitRepository';
import { isRepositoryPath } from '../git/names';
import { GitHubError, notFound } from '../server/GitHubError';
import { timestamp } from '../server/clock';
import { readPage } from '../server/paging';
import { nodeId } from '../state/nodeId';
import { CommitStatus, Repository } from '../state/repositoryRecords';
import { avatarUrl, simpleUserById } from './present/account';
import { presentCommit, presentFileChange } from './present/git';
import { presentRepository } from './present/repository';
import { created, ok, RestRequest } from './RestRequest';
import { Route, route } from './RouteTable';

async function requireCommit(
  repository: Repository,
  git: GitRepository,
  ref: string,
): Promise<string> {
  if (repository.pushedAt === undefined) {
    throw new GitHubError(409, 'Git Repository is empty.');
  }
  const sha = await git.resolveCommit(ref.replace(/^refs\//, ''));
  if (!sha) {
    throw new GitHubError(422, `No commit found for SHA: ${ref}`);
  }
  return sha;
}

/** A time in a query; undefined when it is none. */
function readTime(value: string | null): string | undefined {
  const time = value === null ? NaN : Date.parse(value);
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}

async function listCommits(request: RestRequest) {
  const { emulator, query } = request;
  const repository = request.repository();
  const git = emulator.repositories.git(repository);
  const ref = query.get('sha') || repository.defaultBranch;
  const path = query.get('path')?.replace(/^\/+|\/+$/g, '') || undefined;
  if (path !== undefined && !isRepositoryPath(path)) {
    return request.list([], 0);
  }
  if (
    query.get('sha') &&
    repository.pushedAt !== undefined &&
    !(await git.resolveCommit(ref))
  ) {
    throw notFound();
  }
  const from = await requireCommit(repository, git, ref);
  const author = query.get('author');
  const account = author ? emulator.accounts.find(author) : undefined;
  const { offset, perPage } = readPage(query);
  const all = await git.log(from, {
    path,
    since: readTime(query.get('since')),
    until: readTime(query.get('until')),
    author: author ? account?.email ?? author : undefined,
  });
  return request.list(
    all
      .slice(offset, offset + perPage)
      .map(commit => presentCommit(emulator, repository, commit)),
    all.length,
  );
}

async function getCommit(request: RestRequest) {
  const { emulator } = request;
  const repository = request.repository();
  const git = emulator.repositories.git(repository);
  const sha = await requireCommit(repository, git, request.params.ref);
  if (request.media === 'sha') {
    return {
      status: 200,
      body: Buffer.from(sha),
      headers: { 'content-type': 'application/vnd.github.sha; charset=utf-8' },
    };
  }
  const commit = await git.readCommit(sha);
  const changes = await git.diff(commit.parents[0], sha);
  const additions = changes.reduce((sum, one) => sum + one.additions, 0);
  const deletions = changes.reduce((sum, one) => sum + one.deletions, 0);
  return ok({
    ...presentCommit(emulator, repository, commit),
    stats: { total: additions + deletions, additions, deletions },
    files: changes.map(change =>
      presentFileChange(emulator, repository, sha, change),
    ),
  });
}

/** A side of a comparison, which may be in a fork: `branch` or `owner:branch`. */
async function comparedCommit(
  request: RestRequest,
  repository: Repository,
  side: string,
): Promise<string> {
  const { repositories } = request.emulator;
  const git = repositories.git(repository);
  const [owner, branch] = side.includes(':')
    ? side.split(':', 2)
    : [undefined, side];
  const other = owner ? repositories.find(owner, repository.name) : repository;
  const sha = other && (await repositories.git(other).resolveCommit(branch));
  if (!other || !sha) {
    throw notFound();
  }
  if (other.id !== repository.id) {
    await git.fetchCommit(
      repositories.git(other),
      sha,
      `refs/forks/${other.id}`,
    );
  }
  return sha;
}

async function compare(request: RestRequest) {
  const { emulator } = request;
  const repository = request.repository();
  const git = emulator.repositories.git(repository);
  const [left, right] = request.params.basehead.split('...');
  if (!left || !right) {
    throw notFound();
  }
  const base = await comparedCommit(request, repository, left);
  const head = await comparedCommit(request, repository, right);
  const common = await git.mergeBase(base, head);
  if (!common) {
    throw new GitHubError(
      404,
      `No common ancestor between ${left} and ${right}.`,
    );
  }
  const ahead = await git.log(head, { excluding: base });
  const behind = await git.countCommits(base, head);
  const changes = await git.diff(common, head);
  const fullName = emulator.repositories.fullName(repository);
  const page = emulator.urls.page(
    `/${fullName}/compare/${encodeURIComponent(left)}...${encodeURIComponent(
      right,
    )}`,
  );
  const oneSided = ahead.length > 0 ? 'ahead' : 'identical';
  const otherSided = ahead.length > 0 ? 'diverged' : 'behind';
  return ok({
    url: emulator.urls.api(
      `/repos/${fullName}/compare/${encodeURIComponent(
        left,
      )}...${encodeURIComponent(right)}`,
    ),
    html_url: page,
    permalink_url: page,
    diff_url: `${page}.diff`,
    patch_url: `${page}.patch`,
    base_commit: presentCommit(
      emulator,
      repository,
      await git.readCommit(base),
    ),
    merge_base_commit: presentCommit(
      emulator,
      repository,
      await git.readCommit(common),
    ),
    status: behind > 0 ? otherSided : oneSided,
    ahead_by: ahead.length,
    behind_by: behind,
    total_commits: ahead.length,
    commits: ahead
      .reverse()
      .map(commit => presentCommit(emulator, repository, commit)),
    files: changes.map(change =>
      presentFileChange(emulator, repository, head, change),
    ),
  });
}

function presentStatus(
  request: RestRequest,
  repository: Repository,
  status: CommitStatus,
) {
  const { emulator } = request;
  return {
    url: emulator.urls.api(
      `/repos/${emulator.repositories.fullName(repository)}/statuses/${
        status.sha
      }`,
    ),
    avatar_url: avatarUrl(emulator, emulator.accounts.get(status.creatorId)),
    id: status.id,
    node_id: nodeId('Status', status.id),
    state: status.state,
    description: status.description ?? null,
    target_url: status.targetUrl ?? null,
    context: status.context,
    created_at: status.createdAt,
    updated_at: status.updatedAt,
  };
}

function statuses(
  request: RestRequest,
  repository: Repository,
  sha: string,
): CommitStatus[] {
  return request.emulator.store.collections.commitStatuses
    .by('commit', `${repository.id}/${sha}`)
    .reverse();
}

async function combinedStatus(request: RestRequest) {
  const { emulator } = request;
  const repository = request.repository();
  const git = emulator.repositories.git(repository);
  const sha = await git.resolveCommit(
    request.params.ref.replace(/^refs\//, ''),
  );
  if (!sha) {
    throw new GitHubError(
      404,
      `No commit found for the ref ${request.params.ref}`,
    );
  }
  const latest = new Map<string, CommitStatus>();
  for (const status of statuses(request, repository, sha)) {
    if (!latest.has(status.context)) {
      latest.set(status.context, status);
    }
  }
  const list = [...latest.values()];
  const { offset, perPage } = readPage(request.query);
  const failed = list.some(
    ({ state }) => state === 'failure' || state === 'error',
  );
  const passed =
    list.length > 0 && list.every(({ state }) => state === 'success');
  const unfinished = passed ? 'success' : 'pending';
  const api = emulator.urls.api(
    `/repos/${emulator.repositories.fullName(repository)}`,
  );
  return ok({
    state: failed ? 'failure' : unfinished,
    statuses: list
      .slice(offset, offset + perPage)
      .map(status => presentStatus(request, repository, status)),
    sha,
    total_count: list.length,
    repository: presentRepository(emulator, repository, request.viewer),
    commit_url: `${api}/commits/${sha}`,
    url: `${api}/commits/${sha}/status`,
  });
}

async function createStatus(request: RestRequest) {
  const { emulator, body } = request;
  const repository = request.repository('write');
  const { account } = request.signedIn();
  const { sha } = request.params;
  const git = emulator.repositories.git(repository);
  if ((await git.describeObject(sha))?.type !== 'commit') {
    throw new GitHubError(422, `No commit found for SHA: ${sha}`);
  }
  const state = body.oneOf('state', ['error', 'failure', 'pending', 'success']);
  if (!state) {
    throw new GitHubError(422, 'Invalid request.\n\n"state" wasn\'t supplied.');
  }
  const now = timestamp(emulator.clock());
  const status = emulator.store.collections.commitStatuses.put({
    id: emulator.store.nextId(),
    repositoryId: repository.id,
    sha,
    state,
    context: body.string('context') ?? 'default',
    description: body.string('description'),
    targetUrl: body.string('target_url'),
    creatorId: account.id,
    createdAt: now,
    updatedAt: now,
  });
  return created({
    ...presentStatus(request, repository, status),
    creator: simpleUserById(emulator, status.creatorId),
  });
}

/** Commits, comparisons and what checks said. */
export const commitRoutes: Route[] = [
  route('GET', '/repos/{owner}/{repo}/commits', listCommits),
  route('GET', '/repos/{owner}/{repo}/commits/{ref}', getCommit),
  route('GET', '/repos/{owner}/{repo}/commits/{ref}/status', combinedStatus),
  route(
    'GET',
    '/repos/{owner}/{repo}/commits/{ref}/statuses',
    async request => {
      const repository = request.repository();
      const git = request.emulator.repositories.git(repository);
      const sha = await requireCommit(repository, git, request.params.ref);
      return request.paged(statuses(request, repository, sha), status => ({
        ...presentStatus(request, repository, status),
        creator: simpleUserById(request.emulator, status.creatorId),
      }));
    },
  ),
  route('POST', '/repos/{owner}/{repo}/statuses/{sha}', createStatus),
  route('GET', '/repos/{owner}/{repo}/compare/{basehead}', compare),
];
