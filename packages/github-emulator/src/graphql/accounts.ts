import { avatarUrl } from '../rest/present/account';
import { Account, Team } from '../state/accountRecords';
import { nodeId } from '../state/nodeId';
import { Repository } from '../state/repositoryRecords';
import { connection, ConnectionArguments, GraphObject } from './connection';
import { GraphContext } from './GraphContext';
import { repositoryObject } from './repositories';

/** A user or organisation as an object of the graph. */
export function accountObject(
  context: GraphContext,
  account: Account,
): GraphObject {
  return account.type === 'Organization'
    ? organizationObject(context, account)
    : userObject(context, account);
}

function ownerFields(context: GraphContext, account: Account): GraphObject {
  const { emulator } = context;
  return {
    __typename: account.type,
    id: nodeId(account.type, account.id),
    databaseId: account.id,
    login: account.login,
    name: account.name ?? null,
    url: emulator.urls.page(`/${account.login}`),
    resourcePath: `/${account.login}`,
    avatarUrl: avatarUrl(emulator, account),
    createdAt: account.createdAt,
    updatedAt: account.updatedAt,
    repositories: (given: ConnectionArguments & RepositoryFilter) =>
      repositoryConnection(
        context,
        emulator.repositories.ownedBy(account),
        given,
      ),
    repository: ({ name }: { name: string }) => {
      const repository = emulator.repositories.find(account.login, name);
      return repository &&
        emulator.repositories.isVisible(repository, context.viewer)
        ? repositoryObject(context, repository)
        : null;
    },
  };
}

interface RepositoryFilter {
  isArchived?: boolean;
  isFork?: boolean;
  visibility?: string;
  orderBy?: { field: string; direction: string };
}

/** Repositories that the viewer sees as a connection. */
export function repositoryConnection(
  context: GraphContext,
  list: Repository[],
  given: ConnectionArguments & RepositoryFilter,
): GraphObject {
  const { repositories } = context.emulator;
  const visible = list.filter(
    repository =>
      repositories.isVisible(repository, context.viewer) &&
      (given.isArchived === undefined ||
        repository.archived === given.isArchived) &&
      (given.isFork === undefined ||
        (repository.parentId !== undefined) === given.isFork) &&
      (given.visibility === undefined ||
        repository.visibility.toUpperCase() === given.visibility),
  );
  const { orderBy } = given;
  if (orderBy) {
    const key = (repository: Repository): string => {
      switch (orderBy.field) {
        case 'NAME':
          return repository.name.toLowerCase();
        case 'CREATED_AT':
          return repository.createdAt;
        case 'PUSHED_AT':
          return repository.pushedAt ?? '';
        case 'STARGAZERS':
          return String(repositories.starCount(repository)).padStart(9, '0');
        default:
          return repository.updatedAt;
      }
    };
    const sign = orderBy.direction === 'DESC' ? -1 : 1;
    visible.sort((a, b) => sign * key(a).localeCompare(key(b)));
  }
  return {
    ...connection('repositories', visible, given, repository =>
      repositoryObject(context, repository),
    ),
    totalDiskUsage: visible.reduce((sum, one) => sum + one.size, 0),
  };
}

/** A person. */
export function userObject(
  context: GraphContext,
  account: Account,
): GraphObject {
  const { emulator } = context;
  return {
    ...ownerFields(context, account),
    bio: account.bio ?? null,
    company: account.company ?? null,
    location: account.location ?? null,
    email: account.emailPublic ? account.email ?? '' : '',
    isSiteAdmin: false,
    isViewer: account.id === context.viewer.id,
    // github.com suspends nobody here; GitHub Enterprise Server has the field.
    suspendedAt: null,
    organizationVerifiedDomainEmails: [],
    organizations: (given: ConnectionArguments) =>
      connection(
        'organizations',
        emulator.accounts.organizationsOf(account.id),
        given,
        organization => organizationObject(context, organization),
      ),
    organization: ({ login }: { login: string }) => {
      const organization = emulator.accounts.findOrganization(login);
      return organization &&
        emulator.accounts.membership(organization.id, account.id)
        ? organizationObject(context, organization)
        : null;
    },
    starredRepositories: (given: ConnectionArguments) =>
      repositoryConnection(
        context,
        emulator.store.collections.stars
          .by('user', account.id)
          .map(star => emulator.repositories.get(star.repositoryId)),
        given,
      ),
  };
}

/** An organisation. */
export function organizationObject(
  context: GraphContext,
  organization: Account,
): GraphObject {
  const { emulator } = context;
  const isMember = () =>
    (context.viewer.isInstalledIn(organization.id) ||
      emulator.accounts.membership(organization.id, context.viewer.id) !==
        undefined) &&
    context.viewer.hasScope('read:org');
  return {
    ...ownerFields(context, organization),
    description: organization.description ?? null,
    email: organization.email ?? null,
    location: organization.location ?? null,
    viewerIsAMember: () =>
      emulator.accounts.membership(organization.id, context.viewer.id) !==
      undefined,
    viewerCanAdminister: () =>
      emulator.accounts.membership(organization.id, context.viewer.id)?.role ===
      'admin',
    membersWithRole: (given: ConnectionArguments) =>
      connection(
        'membersWithRole',
        isMember() ? emulator.accounts.members(organization.id) : [],
        given,
        member => userObject(context, member.account),
        member => ({ role: member.role.toUpperCase() }),
      ),
    team: ({ slug }: { slug: string }) => {
      const team = isMember()
        ? emulator.accounts.findTeam(organization.id, slug)
        : undefined;
      return team ? teamObject(context, team) : null;
    },
    teams: (
      given: ConnectionArguments & { userLogins?: string[]; query?: string },
    ) => {
      const logins = (given.userLogins ?? []).filter(Boolean);
      const teams = isMember() ? emulator.accounts.teams(organization.id) : [];
      return connection(
        'teams',
        teams.filter(
          team =>
            (logins.length === 0 ||
              emulator.accounts
                .teamMembers(team)
                .some(member => logins.includes(member.login))) &&
            team.slug.includes((given.query ?? '').toLowerCase()),
        ),
        given,
        team => teamObject(context, team),
      );
    },
  };
}

/** A team of an organisation. */
export function teamObject(context: GraphContext, team: Team): GraphObject {
  const { emulator } = context;
  const organization = emulator.accounts.get(team.organizationId);
  const page = `/orgs/${organization.login}/teams/${team.slug}`;
  return {
    __typename: 'Team',
    id: nodeId('Team', team.id),
    databaseId: team.id,
    slug: team.slug,
    combinedSlug: `${organization.login}/${team.slug}`,
    name: team.name,
    description: team.description ?? null,
    privacy: team.privacy === 'secret' ? 'SECRET' : 'VISIBLE',
    avatarUrl: avatarUrl(emulator, organization),
    url: emulator.urls.page(page),
    resourcePath: page,
    editTeamUrl: emulator.urls.page(`${page}/edit`),
    editTeamResourcePath: `${page}/edit`,
    createdAt: team.createdAt,
    updatedAt: team.updatedAt,
    organization: () => organizationObject(context, organization),
    parentTeam: () => {
      const parent = emulator.store.collections.teams.get(team.parentId);
      return parent ? teamObject(context, parent) : null;
    },
    childTeams: (given: ConnectionArguments) =>
      connection('childTeams', emulator.accounts.childTeams(team), given, one =>
        teamObject(context, one),
      ),
    members: (given: ConnectionArguments & { membership?: string }) =>
      connection(
        'members',
        emulator.accounts.teamMembers(team, {
          immediate: given.membership === 'IMMEDIATE',
        }),
        given,
        member => userObject(context, member),
        member => ({
          role:
            emulator.accounts
              .teamMembership(team.id, member.id)
              ?.role.toUpperCase() ?? 'MEMBER',
        }),
      ),
    repositories: (given: ConnectionArguments) =>
      repositoryConnection(
        context,
        emulator.store.collections.teamRepositories
          .by('team', team.id)
          .map(grant => emulator.repositories.get(grant.repositoryId)),
        given,
      ),
  };
}
