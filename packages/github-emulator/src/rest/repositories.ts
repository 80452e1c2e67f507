import { JsonObject } from '@backstage/types';
import { forbidden, GitHubError, notFound } from '../server/GitHubError';
import { RequestBody } from '../server/RequestBody';
import { Account } from '../state/accountRecords';
import { licenseFile } from '../state/contentFacts';
import {
  permits,
  Repository,
  RepositorySettings,
} from '../state/repositoryRecords';
import {
  announceRepository,
  announceRepositoryChange,
} from '../webhooks/announceRepository';
import { simpleTeam, simpleUser } from './present/account';
import { contentFile } from './present/git';
import {
  fullRepository,
  presentLicense,
  presentPermissions,
  presentRepository,
} from './present/repository';
import { noContent, ok, RestRequest } from './RestRequest';
import { Route, route } from './RouteTable';

function readSettings(body: RequestBody): Partial<RepositorySettings> {
  const settings: Partial<RepositorySettings> = {
    hasIssues: body.boolean('has_issues'),
    hasProjects: body.boolean('has_projects'),
    hasWiki: body.boolean('has_wiki'),
    allowMergeCommit: body.boolean('allow_merge_commit'),
    allowSquashMerge: body.boolean('allow_squash_merge'),
    allowRebaseMerge: body.boolean('allow_rebase_merge'),
    allowAutoMerge: body.boolean('allow_auto_merge'),
    allowUpdateBranch: body.boolean('allow_update_branch'),
    deleteBranchOnMerge: body.boolean('delete_branch_on_merge'),
    squashMergeCommitTitle: body.string('squash_merge_commit_title'),
    squashMergeCommitMessage: body.string('squash_merge_commit_message'),
    isTemplate: body.boolean('is_template'),
  };
  return Object.fromEntries(
    Object.entries(settings).filter(([, value]) => value !== undefined),
  );
}

function readVisibility(
  body: RequestBody,
): Repository['visibility'] | undefined {
  const visibility = body.oneOf('visibility', [
    'public',
    'private',
    'internal',
  ]);
  const hidden = body.boolean('private');
  if (visibility !== undefined || hidden === undefined) {
    return visibility;
  }
  return hidden ? 'private' : 'public';
}

async function createRepository(request: RestRequest, owner: Account) {
  const { account } = request.signedIn();
  const { repositories } = request.emulator;
  const { body } = request;
  const visibility = readVisibility(body) ?? 'public';
  request.requireScope(visibility === 'public' ? 'public_repo' : 'repo');
  const repository = await repositories.create({
    owner,
    name: body.requiredString('name').replace(/\s+/g, '-'),
    description: body.string('description'),
    homepage: body.string('homepage'),
    visibility,
    settings: readSettings(body),
  });
  if (owner.id !== account.id && !request.viewer.installation) {
    repositories.setCollaborator(repository, account.id, 'admin');
  }
  const teamId = body.number('team_id');
  if (teamId !== undefined) {
    repositories.setTeamPermission(repository, teamId, 'write');
  }
  announceRepository(request.emulator, repository, account, 'created');
  if (body.boolean('auto_init')) {
    const date = repository.createdAt;
    const signature = {
      name: account.name ?? account.login,
      email: account.email ?? `${account.login}@users.noreply.github.com`,
      date,
    };
    await request.emulator.pushes.during(repository, account, () =>
      repositories.git(repository).commit({
        branch: repository.defaultBranch,
        edits: [
          {
            path: 'README.md',
            content: Buffer.from(
              `# ${repository.name}\n${repository.description ?? ''}`,
            ),
          },
        ],
        message: 'Initial commit',
        author: signature,
        committer: signature,
      }),
    );
  }
  return {
    status: 201,
    body: fullRepository(
      request.emulator,
      repositories.get(repository.id),
      request.viewer,
    ),
    headers: {
      location: request.emulator.urls.api(
        `/repos/${repositories.fullName(repository)}`,
      ),
    },
  };
}

async function createInOrganization(request: RestRequest) {
  const organization = request.organization();
  const { account } = request.signedIn();
  const membership = request.emulator.accounts.membership(
    organization.id,
    account.id,
  );
  const mayCreate =
    request.viewer.isInstalledIn(organization.id) ||
    membership?.role === 'admin' ||
    (membership && organization.membersCanCreateRepositories);
  if (!mayCreate) {
    throw forbidden(
      membership
        ? 'You don’t have permission to create repositories on this organization'
        : 'You need admin access to the organization before adding a repository to it.',
    );
  }
  return await createRepository(request, organization);
}

/** Sorts as `sort` and `direction` say; names upward and times downward unless said otherwise. */
function sorted(request: RestRequest, list: Repository[], fallback: string) {
  const { repositories } = request.emulator;
  const sort = request.query.get('sort') ?? fallback;
  const direction =
    request.query.get('direction') ?? (sort === 'full_name' ? 'asc' : 'desc');
  const key = (repository: Repository): string => {
    switch (sort) {
      case 'created':
        return repository.createdAt;
      case 'updated':
        return repository.updatedAt;
      case 'pushed':
        return repository.pushedAt ?? '';
      default:
        return repositories.fullName(repository).toLowerCase();
    }
  };
  const sign = direction === 'asc' ? 1 : -1;
  return [...list].sort((a, b) => sign * key(a).localeCompare(key(b)));
}

function listVisible(
  request: RestRequest,
  list: Repository[],
  fallbackSort: string,
) {
  const visible = list.filter(repository =>
    request.emulator.repositories.isVisible(repository, request.viewer),
  );
  return request.paged(sorted(request, visible, fallbackSort), repository =>
    presentRepository(request.emulator, repository, request.viewer),
  );
}

function ofType(list: Repository[], type: string): Repository[] {
  return list.filter(repository => {
    switch (type) {
      case 'public':
        return repository.visibility === 'public';
      case 'private':
        return repository.visibility !== 'public';
      case 'forks':
        return repository.parentId !== undefined;
      case 'sources':
        return repository.parentId === undefined;
      default:
        return true;
    }
  });
}

function listOwn(request: RestRequest) {
  const { account } = request.signedIn();
  const { repositories } = request.emulator;
  const visibility = request.query.get('visibility') ?? 'all';
  const affiliation = (
    request.query.get('affiliation') ?? 'owner,collaborator,organization_member'
  ).split(',');
  const owned = repositories.list().filter(repository => {
    if (
      visibility !== 'all' &&
      (visibility === 'public') !== (repository.visibility === 'public')
    ) {
      return false;
    }
    if (repository.ownerId === account.id) {
      return affiliation.includes('owner');
    }
    return (
      (affiliation.includes('collaborator') &&
        repositories.collaborator(repository, account.id) !== undefined) ||
      (affiliation.includes('organization_member') &&
        request.emulator.accounts.membership(repository.ownerId, account.id) !==
          undefined)
    );
  });
  return listVisible(
    request,
    ofType(owned, request.query.get('type') ?? 'all'),
    'full_name',
  );
}

async function changeRepository(request: RestRequest) {
  const { repositories } = request.emulator;
  const { body } = request;
  const unarchives = body.boolean('archived') === false;
  // An archived repository can only be changed by taking it out of the archive.
  const repository = unarchives
    ? request.repository()
    : request.repository('admin');
  if (
    !permits(repositories.permissionOf(repository, request.viewer), 'admin')
  ) {
    throw forbidden('Must have admin rights to Repository.');
  }
  const name = body.string('name');
  if (name !== undefined && name !== repository.name) {
    repositories.checkName(repositories.owner(repository), name, repository);
  }
  const defaultBranch = body.string('default_branch');
  if (defaultBranch && defaultBranch !== repository.defaultBranch) {
    const git = repositories.git(repository);
    if (!(await git.findRef(`refs/heads/${defaultBranch}`))) {
      throw new GitHubError(422, 'Validation Failed', {
        errors: [
          {
            resource: 'Repository',
            code: 'invalid',
            field: 'default_branch',
            message: `The branch ${defaultBranch} was not found. Please push that ref first or create it via the Git Data API.`,
          },
        ],
      });
    }
    await git.setHead(defaultBranch);
  }
  const renamed =
    name !== undefined && name !== repository.name
      ? repositories.rename(repository, name)
      : repository;
  const changed = repositories.update(renamed, {
    description: body.string('description') ?? repository.description,
    homepage: body.string('homepage') ?? repository.homepage,
    visibility: readVisibility(body) ?? repository.visibility,
    defaultBranch: defaultBranch ?? repository.defaultBranch,
    archived: body.boolean('archived') ?? repository.archived,
    settings: { ...repository.settings, ...readSettings(body) },
  });
  announceRepositoryChange(
    request.emulator,
    repository,
    changed,
    request.signedIn().account,
  );
  return ok(fullRepository(request.emulator, changed, request.viewer));
}

async function deleteRepository(request: RestRequest) {
  const { repositories } = request.emulator;
  const repository = request.repository();
  request.signedIn();
  if (
    !request.viewer.hasScope('delete_repo') ||
    !permits(repositories.permissionOf(repository, request.viewer), 'admin')
  ) {
    throw forbidden('Must have admin rights to Repository.');
  }
  const { webhooks } = request.emulator;
  announceRepository(
    request.emulator,
    repository,
    request.signedIn().account,
    'deleted',
  );
  // What happens to a repository that is gone is told to its organisation only.
  webhooks
    .list({ type: 'repository', id: repository.id })
    .forEach(hook => webhooks.delete(hook));
  await repositories.delete(repository);
  return noContent();
}

function replaceTopics(request: RestRequest) {
  const repository = request.repository('admin');
  const names = request.body.strings('names') ?? [];
  const changed = request.emulator.repositories.setTopics(repository, names);
  announceRepositoryChange(
    request.emulator,
    repository,
    changed,
    request.signedIn().account,
  );
  return ok({ names: changed.topics });
}

async function getLicense(request: RestRequest) {
  const { emulator } = request;
  const repository = request.repository();
  const git = emulator.repositories.git(repository);
  const ref = request.query.get('ref') ?? repository.defaultBranch;
  const commit = await git.resolveCommit(ref);
  const file = commit && licenseFile(await git.listTree(commit));
  if (!file) {
    throw notFound();
  }
  return ok({
    ...(await contentFile(emulator, repository, git, ref, file)),
    license: presentLicense(emulator, repository.license ?? 'NOASSERTION'),
  });
}

async function createFork(request: RestRequest) {
  const { account } = request.signedIn();
  const repository = request.repository();
  request.requireScope('public_repo');
  const { accounts, repositories } = request.emulator;
  const login = request.body.string('organization');
  const owner = login ? accounts.findOrganization(login) : account;
  if (!owner) {
    throw notFound();
  }
  const before = repositories
    .ownedBy(owner)
    .find(one => one.parentId === repository.id);
  const fork =
    before ??
    (await repositories.fork(
      repository,
      owner,
      request.body.string('name') ?? repository.name,
    ));
  if (!before) {
    announceRepository(request.emulator, fork, account, 'created');
  }
  return {
    status: 202,
    body: fullRepository(request.emulator, fork, request.viewer),
  };
}

async function listContributors(request: RestRequest) {
  const repository = request.repository();
  const { emulator } = request;
  const git = emulator.repositories.git(repository);
  const head = await git.resolveCommit(repository.defaultBranch);
  const commits = head ? await git.log(head) : [];
  const counts = new Map<string, { name: string; count: number }>();
  for (const { author } of commits) {
    const { count = 0 } = counts.get(author.email) ?? {};
    counts.set(author.email, { name: author.name, count: count + 1 });
  }
  const known = [...counts].flatMap(([email, { name, count }]) => {
    const account = emulator.store.collections.accounts
      .list()
      .find(
        one =>
          one.email === email ||
          email === `${one.login}@users.noreply.github.com` ||
          email === `${one.id}+${one.login}@users.noreply.github.com`,
      );
    const entry: JsonObject = account
      ? { ...simpleUser(emulator, account), contributions: count }
      : { type: 'Anonymous', email, name, contributions: count };
    const withAnonymous = ['1', 'true'].includes(
      request.query.get('anon') ?? '',
    );
    return account || withAnonymous ? [entry] : [];
  });
  return request.paged(
    known.sort((a, b) => Number(b.contributions) - Number(a.contributions)),
    entry => entry,
  );
}

/** Repositories themselves. */
export const repositoryRoutes: Route[] = [
  route('POST', '/user/repos', request =>
    createRepository(request, request.signedIn().account),
  ),
  route('POST', '/orgs/{org}/repos', createInOrganization),
  route('GET', '/user/repos', listOwn),
  route('GET', '/users/{username}/repos', request =>
    listVisible(
      request,
      ofType(
        request.emulator.repositories.ownedBy(request.account()),
        request.query.get('type') ?? 'owner',
      ),
      'full_name',
    ),
  ),
  route('GET', '/orgs/{org}/repos', request =>
    listVisible(
      request,
      ofType(
        request.emulator.repositories.ownedBy(request.organization()),
        request.query.get('type') ?? 'all',
      ),
      'created',
    ),
  ),
  route('GET', '/repos/{owner}/{repo}', request =>
    ok(fullRepository(request.emulator, request.repository(), request.viewer)),
  ),
  route('PATCH', '/repos/{owner}/{repo}', changeRepository),
  route('DELETE', '/repos/{owner}/{repo}', deleteRepository),
  route('GET', '/repos/{owner}/{repo}/topics', request =>
    ok({ names: request.repository().topics }),
  ),
  route('PUT', '/repos/{owner}/{repo}/topics', replaceTopics),
  route('GET', '/repos/{owner}/{repo}/languages', request =>
    ok(request.repository().languages),
  ),
  route('GET', '/repos/{owner}/{repo}/license', getLicense),
  route('GET', '/repos/{owner}/{repo}/contributors', listContributors),
  route('GET', '/repos/{owner}/{repo}/forks', request =>
    listVisible(
      request,
      request.emulator.repositories.forks(request.repository()),
      'created',
    ),
  ),
  route('POST', '/repos/{owner}/{repo}/forks', createFork),
  route('GET', '/repos/{owner}/{repo}/teams', request => {
    const repository = request.repository('admin');
    const { emulator } = request;
    const teamGrants = emulator.store.collections.teamRepositories.by(
      'repository',
      repository.id,
    );
    return request.paged(teamGrants, grant => {
      const team = emulator.store.collections.teams.get(grant.teamId);
      return team
        ? {
            ...simpleTeam(emulator, team),
            permission: grant.permission === 'read' ? 'pull' : grant.permission,
            permissions: presentPermissions(grant.permission),
            parent: null,
          }
        : {};
    });
  }),
];
