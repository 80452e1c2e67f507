import { GitRepository, Ref } from '../git/GitRepository';
import { permits, Repository } from '../state/repositoryRecords';
import { presentAsset } from '../rest/present/release';
import { presentLicense } from '../rest/present/repository';
import { mainLanguage } from '../state/contentFacts';
import { Issue, Label } from '../state/discussionRecords';
import { isPullRequest } from '../state/Discussions';
import { nodeId } from '../state/nodeId';
import { Release, ReleaseAsset } from '../state/releaseRecords';
import { accountObject, userObject } from './accounts';
import { connection, ConnectionArguments, GraphObject } from './connection';
import { GraphContext } from './GraphContext';

/** A repository. */
export function repositoryObject(
  context: GraphContext,
  repository: Repository,
): GraphObject {
  const { emulator, viewer } = context;
  const { repositories } = emulator;
  const owner = repositories.owner(repository);
  const path = `/${owner.login}/${repository.name}`;
  const git = repositories.git(repository);
  const permission = repositories.permissionOf(repository, viewer);
  return {
    __typename: 'Repository',
    id: nodeId('Repository', repository.id),
    databaseId: repository.id,
    name: repository.name,
    nameWithOwner: `${owner.login}/${repository.name}`,
    url: emulator.urls.page(path),
    resourcePath: path,
    sshUrl: `git@${new URL(emulator.urls.origin).hostname}:${path.slice(
      1,
    )}.git`,
    description: repository.description ?? null,
    shortDescriptionHTML: repository.description ?? '',
    homepageUrl: repository.homepage ?? null,
    createdAt: repository.createdAt,
    updatedAt: repository.updatedAt,
    pushedAt: repository.pushedAt ?? null,
    archivedAt: repository.archived ? repository.updatedAt : null,
    isArchived: repository.archived,
    isDisabled: false,
    isEmpty: repository.pushedAt === undefined,
    isFork: repository.parentId !== undefined,
    isInOrganization: owner.type === 'Organization',
    isLocked: false,
    isMirror: false,
    isPrivate: repository.visibility !== 'public',
    isTemplate: repository.settings.isTemplate,
    hasIssuesEnabled: repository.settings.hasIssues,
    hasWikiEnabled: repository.settings.hasWiki,
    hasProjectsEnabled: repository.settings.hasProjects,
    hasDiscussionsEnabled: false,
    visibility: repository.visibility.toUpperCase(),
    diskUsage: repository.size,
    forkCount: repositories.forks(repository).length,
    stargazerCount: repositories.starCount(repository),
    viewerHasStarred:
      viewer.id !== undefined &&
      repositories.starOf(repository, viewer.id) !== undefined,
    viewerPermission: permission === 'none' ? null : permission.toUpperCase(),
    viewerCanAdminister: permits(permission, 'admin'),
    owner: () => accountObject(context, owner),
    parent: () => {
      const parent = emulator.store.collections.repositories.get(
        repository.parentId,
      );
      return parent ? repositoryObject(context, parent) : null;
    },
    licenseInfo: () => {
      const license = presentLicense(emulator, repository.license);
      return license
        ? {
            __typename: 'License',
            id: license.node_id,
            key: license.key,
            name: license.name,
            spdxId: license.spdx_id,
            url: license.url,
          }
        : null;
    },
    primaryLanguage: () => {
      const name = mainLanguage(repository.languages);
      return name ? languageObject(name) : null;
    },
    languages: (given: ConnectionArguments) => ({
      ...connection(
        'languages',
        Object.entries(repository.languages).sort((a, b) => b[1] - a[1]),
        given,
        ([name]) => languageObject(name),
        ([, size]) => ({ size }),
      ),
      totalSize: Object.values(repository.languages).reduce(
        (sum, size) => sum + size,
        0,
      ),
    }),
    repositoryTopics: (given: ConnectionArguments) =>
      connection('repositoryTopics', repository.topics, given, name => ({
        __typename: 'RepositoryTopic',
        id: nodeId('RepositoryTopic', `${repository.id}:${name}`),
        url: emulator.urls.page(`/topics/${name}`),
        topic: {
          __typename: 'Topic',
          id: nodeId('Topic', name),
          name,
        },
      })),
    defaultBranchRef: async () =>
      await refObject(
        context,
        repository,
        `refs/heads/${repository.defaultBranch}`,
      ),
    ref: async ({ qualifiedName }: { qualifiedName: string }) =>
      (await refObject(context, repository, qualifiedName)) ??
      (await refObject(context, repository, `refs/heads/${qualifiedName}`)) ??
      (await refObject(context, repository, `refs/tags/${qualifiedName}`)),
    refs: async (given: RefArguments) =>
      connection('refs', await selectRefs(git, given), given, ref =>
        presentRef(context, repository, git, ref),
      ),
    object: async (given: { expression?: string; oid?: string }) =>
      await gitObject(context, repository, git, given),
    latestRelease: () => {
      const release = emulator.releases.latest(repository);
      return release ? releaseObject(context, repository, release) : null;
    },
    release: ({ tagName }: { tagName: string }) => {
      const release = emulator.releases.findByTag(repository, tagName);
      return release ? releaseObject(context, repository, release) : null;
    },
    releases: (given: OrderedArguments) =>
      connection(
        'releases',
        orderReleases(
          emulator.releases
            .list(repository)
            .filter(release => !release.draft || permits(permission, 'write')),
          given.orderBy,
        ),
        given,
        release => releaseObject(context, repository, release),
      ),
    stargazers: (given: ConnectionArguments) =>
      connection(
        'stargazers',
        emulator.store.collections.stars.by('repository', repository.id),
        given,
        star => userObject(context, emulator.accounts.get(star.userId)),
        star => ({ starredAt: star.starredAt }),
      ),
    issues: (given: IssueArguments) =>
      issueConnection(context, repository, 'issues', given),
    pullRequests: (given: IssueArguments) =>
      issueConnection(context, repository, 'pullRequests', given),
    labels: (given: ConnectionArguments) =>
      connection(
        'labels',
        emulator.discussions.labels(repository),
        given,
        labelObject,
      ),
  };
}

interface OrderedArguments extends ConnectionArguments {
  orderBy?: { field: string; direction: string };
}

interface RefArguments extends OrderedArguments {
  refPrefix: string;
  query?: string;
  direction?: string;
}

interface IssueArguments extends OrderedArguments {
  states?: string[];
  labels?: string[];
}

/** Refs by their names, or tags by the times of their commits. */
async function selectRefs(
  git: GitRepository,
  given: RefArguments,
): Promise<Ref[]> {
  const query = given.query?.toLowerCase() ?? '';
  const refs = (await git.listRefs(given.refPrefix)).filter(({ name }) =>
    name.slice(given.refPrefix.length).toLowerCase().includes(query),
  );
  const { field = 'ALPHABETICAL', direction = given.direction } =
    given.orderBy ?? {};
  if (field === 'TAG_COMMIT_DATE' && given.refPrefix === 'refs/tags/') {
    const dates = await git.commitDates(refs.map(({ commit }) => commit));
    const time = (ref: Ref) => Date.parse(dates.get(ref.commit) ?? '') || 0;
    refs.sort((a, b) => time(a) - time(b));
  }
  return direction === 'DESC' ? refs.reverse() : refs;
}

function orderReleases(
  releases: Release[],
  order: OrderedArguments['orderBy'],
): Release[] {
  if (!order) {
    return releases;
  }
  const sign = order.direction === 'DESC' ? -1 : 1;
  const key = (release: Release) =>
    order.field === 'NAME' ? release.name ?? '' : release.createdAt;
  return [...releases].sort(
    (a, b) => sign * (key(a).localeCompare(key(b)) || a.id - b.id),
  );
}

function issueConnection(
  context: GraphContext,
  repository: Repository,
  name: 'issues' | 'pullRequests',
  given: IssueArguments,
): GraphObject {
  const { discussions } = context.emulator;
  const selected = discussions
    .issues(repository)
    .filter(
      issue =>
        isPullRequest(issue) === (name === 'pullRequests') &&
        (!given.states || given.states.includes(stateOf(issue))) &&
        (!given.labels ||
          discussions
            .labelsOf(issue)
            .some(label => given.labels?.includes(label.name))),
    );
  const { orderBy } = given;
  if (orderBy) {
    const sign = orderBy.direction === 'DESC' ? -1 : 1;
    const field = orderBy.field === 'UPDATED_AT' ? 'updatedAt' : 'createdAt';
    selected.sort(
      (a, b) => sign * (a[field].localeCompare(b[field]) || a.id - b.id),
    );
  }
  return connection(name, selected, given, issue =>
    issueObject(context, repository, issue),
  );
}

function stateOf(issue: Issue): string {
  return issue.pull?.mergedAt ? 'MERGED' : issue.state.toUpperCase();
}

function labelObject(label: Label): GraphObject {
  return {
    __typename: 'Label',
    id: nodeId('Label', label.id),
    name: label.name,
    color: label.color,
    description: label.description ?? null,
    isDefault: label.isDefault,
  };
}

/** An issue or pull request. */
export function issueObject(
  context: GraphContext,
  repository: Repository,
  issue: Issue,
): GraphObject {
  const { emulator } = context;
  const type = issue.pull ? 'PullRequest' : 'Issue';
  const path = `/${emulator.repositories.fullName(repository)}/${
    issue.pull ? 'pull' : 'issues'
  }/${issue.number}`;
  return {
    __typename: type,
    id: nodeId(type, issue.id),
    databaseId: issue.id,
    number: issue.number,
    title: issue.title,
    body: issue.body ?? '',
    bodyText: issue.body ?? '',
    state: stateOf(issue),
    closed: issue.state === 'closed',
    closedAt: issue.closedAt ?? null,
    createdAt: issue.createdAt,
    updatedAt: issue.updatedAt,
    locked: issue.locked,
    url: emulator.urls.page(path),
    resourcePath: path,
    author: () => accountObject(context, emulator.accounts.get(issue.authorId)),
    repository: () => repositoryObject(context, repository),
    labels: (given: ConnectionArguments) =>
      connection(
        'labels',
        emulator.discussions.labelsOf(issue),
        given,
        labelObject,
      ),
    assignees: (given: ConnectionArguments) =>
      connection('assignees', issue.assigneeIds, given, id =>
        userObject(context, emulator.accounts.get(id)),
      ),
    comments: (given: ConnectionArguments) =>
      connection(
        'comments',
        emulator.discussions.comments(issue),
        given,
        comment => ({
          __typename: 'IssueComment',
          id: nodeId('IssueComment', comment.id),
          databaseId: comment.id,
          body: comment.body,
          createdAt: comment.createdAt,
          updatedAt: comment.updatedAt,
          url: `${emulator.urls.page(path)}#issuecomment-${comment.id}`,
          author: () =>
            accountObject(context, emulator.accounts.get(comment.authorId)),
        }),
      ),
    ...(issue.pull && {
      isDraft: issue.pull.draft,
      merged: issue.pull.mergedAt !== undefined,
      mergedAt: issue.pull.mergedAt ?? null,
      headRefName: issue.pull.headBranch,
      headRefOid: issue.pull.headSha,
      baseRefName: issue.pull.baseBranch,
      baseRefOid: issue.pull.baseSha,
    }),
  };
}

function languageObject(name: string): GraphObject {
  return {
    __typename: 'Language',
    id: `LANG_${Buffer.from(name).toString('base64url')}`,
    name,
    color: null,
  };
}

/** A release. */
export function releaseObject(
  context: GraphContext,
  repository: Repository,
  release: Release,
): GraphObject {
  const { emulator } = context;
  const git = emulator.repositories.git(repository);
  const path = `/${emulator.repositories.fullName(
    repository,
  )}/releases/tag/${encodeURIComponent(release.tagName)}`;
  return {
    __typename: 'Release',
    id: nodeId('Release', release.id),
    databaseId: release.id,
    name: release.name ?? null,
    tagName: release.tagName,
    description: release.body ?? null,
    isDraft: release.draft,
    isPrerelease: release.prerelease,
    isLatest: emulator.releases.latest(repository)?.id === release.id,
    createdAt: release.createdAt,
    publishedAt: release.publishedAt ?? null,
    updatedAt: release.updatedAt ?? release.publishedAt ?? release.createdAt,
    url: emulator.urls.page(path),
    resourcePath: path,
    releaseAssets: (given: ConnectionArguments & { name?: string }) =>
      connection(
        'releaseAssets',
        release.assets.filter(
          ({ name }) => given.name === undefined || name === given.name,
        ),
        given,
        asset => assetObject(context, repository, release, asset),
      ),
    author: () => userObject(context, emulator.accounts.get(release.authorId)),
    repository: () => repositoryObject(context, repository),
    tag: async () =>
      await refObject(context, repository, `refs/tags/${release.tagName}`),
    tagCommit: async () => {
      const sha = await git.resolveCommit(`tags/${release.tagName}`);
      return sha
        ? await gitObject(context, repository, git, { oid: sha })
        : null;
    },
  };
}

function assetObject(
  context: GraphContext,
  repository: Repository,
  release: Release,
  asset: ReleaseAsset,
): GraphObject {
  const { emulator } = context;
  const presented = presentAsset(emulator, repository, release, asset);
  return {
    __typename: 'ReleaseAsset',
    id: presented.node_id,
    name: asset.name,
    size: asset.size,
    contentType: asset.contentType,
    digest: asset.digest,
    downloadCount: asset.downloadCount,
    downloadUrl: presented.browser_download_url,
    url: presented.url,
    createdAt: asset.createdAt,
    updatedAt: asset.updatedAt,
    release: () => releaseObject(context, repository, release),
    uploadedBy: () =>
      userObject(context, emulator.accounts.get(asset.uploaderId)),
  };
}

async function refObject(
  context: GraphContext,
  repository: Repository,
  name: string,
): Promise<GraphObject | null> {
  const git = context.emulator.repositories.git(repository);
  const ref = await git.findRef(name);
  return ref ? presentRef(context, repository, git, ref) : null;
}

function presentRef(
  context: GraphContext,
  repository: Repository,
  git: GitRepository,
  ref: Ref,
): GraphObject {
  const prefix = /^refs\/(heads|tags)\//.exec(ref.name)?.[0] ?? 'refs/';
  return {
    __typename: 'Ref',
    id: nodeId('Ref', `${repository.id}:${ref.name}`),
    name: ref.name.slice(prefix.length),
    prefix,
    repository: () => repositoryObject(context, repository),
    target: async () =>
      await gitObject(context, repository, git, { oid: ref.sha }),
  };
}

/** The object that `expression` (`HEAD:catalog-info.yaml`, `main`, …) or `oid` names. */
async function gitObject(
  context: GraphContext,
  repository: Repository,
  git: GitRepository,
  given: { expression?: string; oid?: string },
): Promise<GraphObject | null> {
  if (given.oid) {
    return await describeObject(context, repository, git, given.oid);
  }
  const expression = given.expression ?? '';
  const colon = expression.indexOf(':');
  const name = colon < 0 ? expression : expression.slice(0, colon);
  const commit =
    name === 'HEAD'
      ? await git.resolveCommit(repository.defaultBranch)
      : await git.resolveCommit(name.replace(/^refs\//, ''));
  if (!commit) {
    return null;
  }
  if (colon < 0) {
    return await describeObject(context, repository, git, commit);
  }
  const entry = await git.entryAt(commit, expression.slice(colon + 1));
  return entry
    ? await describeObject(context, repository, git, entry.sha)
    : null;
}

async function describeObject(
  context: GraphContext,
  repository: Repository,
  git: GitRepository,
  sha: string,
): Promise<GraphObject | null> {
  const { emulator } = context;
  const found = await git.readObject(sha);
  const path = `/${emulator.repositories.fullName(repository)}`;
  const common = {
    oid: sha,
    abbreviatedOid: sha.slice(0, 7),
    repository: () => repositoryObject(context, repository),
    commitUrl: emulator.urls.page(`${path}/commit/${sha}`),
    commitResourcePath: `${path}/commit/${sha}`,
  };
  switch (found?.type) {
    case 'blob': {
      const { content } = found;
      const isBinary = content.includes(0);
      return {
        ...common,
        __typename: 'Blob',
        id: nodeId('Blob', `${repository.id}:${sha}`),
        byteSize: content.length,
        isBinary,
        isTruncated: false,
        text: isBinary ? null : content.toString(),
      };
    }
    case 'tree':
      return {
        ...common,
        __typename: 'Tree',
        id: nodeId('Tree', `${repository.id}:${sha}`),
        entries: async () =>
          (await git.listTree(sha)).map(entry => ({
            name: entry.path,
            path: entry.path,
            mode: Number.parseInt(entry.mode, 8),
            type: entry.type,
            oid: entry.sha,
            size: entry.size ?? 0,
            object: async () =>
              await describeObject(context, repository, git, entry.sha),
          })),
      };
    case 'commit':
      return await commitObject(context, repository, git, sha, common);
    case 'tag': {
      const tag = await git.readTag(sha);
      return {
        ...common,
        __typename: 'Tag',
        id: nodeId('Tag', `${repository.id}:${sha}`),
        name: tag.name,
        message: tag.message,
        tagger: { ...tag.tagger },
        target: async () => {
          const commit = await git.resolveObject(sha, 'commit');
          return commit
            ? await describeObject(context, repository, git, commit)
            : null;
        },
      };
    }
    default:
      return null;
  }
}

async function commitObject(
  context: GraphContext,
  repository: Repository,
  git: GitRepository,
  sha: string,
  common: GraphObject,
): Promise<GraphObject> {
  const commit = await git.readCommit(sha);
  const [headline, ...rest] = commit.message.split('\n');
  return {
    ...common,
    __typename: 'Commit',
    id: nodeId('Commit', `${repository.id}:${sha}`),
    url: common.commitUrl,
    resourcePath: common.commitResourcePath,
    message: commit.message,
    messageHeadline: headline,
    messageBody: rest.join('\n').trim(),
    authoredDate: commit.author.date,
    committedDate: commit.committer.date,
    author: { ...commit.author },
    committer: { ...commit.committer },
    tree: async () =>
      await describeObject(context, repository, git, commit.tree),
    history: async (given: ConnectionArguments) =>
      connection(
        'history',
        await git.log(sha),
        given,
        async one => await describeObject(context, repository, git, one.sha),
      ),
  };
}
