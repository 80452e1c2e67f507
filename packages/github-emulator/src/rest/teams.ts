import { forbidden, notFound, validationFailed } from '../server/GitHubError';
import { Account, Team, TeamMembership } from '../state/accountRecords';
import { teamSlug } from '../state/Accounts';
import {
  Permission,
  PERMISSION_NAMES,
  Repository,
} from '../state/repositoryRecords';
import {
  announceTeam,
  announceTeamChange,
  announceTeamMember,
  announceTeamPermission,
} from '../webhooks/announceOrganization';
import { invite } from './invitations';
import { fullTeam, presentTeam, simpleUser } from './present/account';
import { presentPermissions, presentRepository } from './present/repository';
import { created, noContent, ok, RestRequest } from './RestRequest';
import { Route, route } from './RouteTable';

function listTeams(request: RestRequest) {
  const organization = request.organization();
  request.signedIn();
  const { accounts } = request.emulator;
  if (!request.viewer.hasScope('read:org') || !request.isInside(organization)) {
    throw forbidden(
      'You must be a member of the organization and have read:org to list its teams.',
    );
  }
  return request.paged(accounts.teams(organization.id), team =>
    presentTeam(request.emulator, team),
  );
}

function createTeam(request: RestRequest) {
  const organization = request.organization();
  request.requireOwner(organization);
  const { accounts } = request.emulator;
  const name = request.body.requiredString('name');
  if (accounts.findTeam(organization.id, teamSlug(name))) {
    throw validationFailed({
      resource: 'Team',
      code: 'already_exists',
      field: 'name',
      message: 'Name must be unique for this org',
    });
  }
  const team = accounts.createTeam(organization.id, {
    name,
    description: request.body.string('description'),
    privacy: request.body.oneOf('privacy', ['closed', 'secret']) ?? 'closed',
    parentId: request.body.number('parent_team_id'),
  });
  const { account: sender } = request.signedIn();
  announceTeam(request.emulator, team, sender, { action: 'created' });
  for (const login of request.body.strings('maintainers') ?? []) {
    const account = accounts.find(login);
    if (account) {
      putIntoTeam(request, team, account, 'maintainer');
    }
  }
  return created(fullTeam(request.emulator, team));
}

function changeTeam(request: RestRequest) {
  const team = request.team();
  request.requireOwner(request.organization());
  const name = request.body.string('name') ?? team.name;
  const changed = request.emulator.store.collections.teams.update(team.id, {
    name,
    slug: teamSlug(name),
    description: request.body.string('description') ?? team.description,
    privacy:
      request.body.oneOf('privacy', ['closed', 'secret']) ?? team.privacy,
    parentId: request.body.isNull('parent_team_id')
      ? undefined
      : request.body.number('parent_team_id') ?? team.parentId,
  });
  announceTeamChange(
    request.emulator,
    team,
    changed,
    request.signedIn().account,
  );
  return ok(fullTeam(request.emulator, changed));
}

function listMembers(request: RestRequest) {
  const team = request.team();
  const role = request.query.get('role') ?? 'all';
  const { accounts } = request.emulator;
  const members = accounts
    .teamMembers(team)
    .filter(
      member =>
        role === 'all' ||
        (accounts.teamMembership(team.id, member.id)?.role ?? 'member') ===
          role,
    );
  return request.paged(members, member => simpleUser(request.emulator, member));
}

function presentTeamMembership(request: RestRequest, team: Team) {
  const account = request.account();
  const { accounts, urls } = request.emulator;
  const invitation = request.emulator.invitations.find(
    team.organizationId,
    account.id,
  );
  const membership =
    accounts.teamMembership(team.id, account.id) ??
    invitation?.teams.find(({ id }) => id === team.id);
  if (!membership) {
    throw notFound();
  }
  return ok({
    url: urls.api(
      `/organizations/${team.organizationId}/team/${team.id}/memberships/${account.login}`,
    ),
    role: membership.role,
    state: invitation ? 'pending' : 'active',
  });
}

/** Puts a member of the organisation into a team; somebody else is invited into both. */
function putIntoTeam(
  request: RestRequest,
  team: Team,
  account: Account,
  role: TeamMembership['role'],
): void {
  const { accounts } = request.emulator;
  if (!accounts.membership(team.organizationId, account.id)) {
    invite(request, accounts.get(team.organizationId), account, {
      teams: [{ id: team.id, role }],
    });
    return;
  }
  const isNew = !accounts.teamMembership(team.id, account.id);
  accounts.setTeamMembership(team, account.id, role);
  if (isNew) {
    announceTeamMember(
      request.emulator,
      team,
      account,
      request.signedIn().account,
      'added',
    );
  }
}

/** Owners, and maintainers of the team as far as members of the organisation are concerned. */
function requireManager(request: RestRequest, team: Team): void {
  const { accounts } = request.emulator;
  const own = accounts.teamMembership(team.id, request.viewer.id);
  const isMember = accounts.membership(
    team.organizationId,
    request.account().id,
  );
  if (own?.role === 'maintainer' && isMember) {
    request.requireScope('write:org');
  } else {
    request.requireOwner(request.organization());
  }
}

function setMembership(request: RestRequest) {
  const team = request.team();
  requireManager(request, team);
  putIntoTeam(
    request,
    team,
    request.account(),
    request.body.oneOf('role', ['member', 'maintainer']) ?? 'member',
  );
  return presentTeamMembership(request, team);
}

/** Takes somebody out of a team, or the team out of their invitation. */
function removeMembership(request: RestRequest) {
  const team = request.team();
  requireManager(request, team);
  const account = request.account();
  const { invitations, store } = request.emulator;
  const invitation = invitations.find(team.organizationId, account.id);
  if (invitation?.teams.some(({ id }) => id === team.id)) {
    store.collections.organizationInvitations.update(invitation.id, {
      teams: invitation.teams.filter(({ id }) => id !== team.id),
    });
    return noContent();
  }
  const membership = request.emulator.accounts.teamMembership(
    team.id,
    account.id,
  );
  if (!membership) {
    throw notFound();
  }
  request.emulator.store.collections.teamMemberships.delete(membership.id);
  announceTeamMember(
    request.emulator,
    team,
    account,
    request.signedIn().account,
    'removed',
  );
  return noContent();
}

function grants(request: RestRequest, team: Team) {
  return request.emulator.store.collections.teamRepositories.by(
    'team',
    team.id,
  );
}

function teamRepository(
  request: RestRequest,
  repository: Repository,
  permission: Permission,
) {
  return {
    ...presentRepository(request.emulator, repository, request.viewer),
    permissions: presentPermissions(permission),
    role_name: permission,
  };
}

function checkRepository(request: RestRequest) {
  const team = request.team();
  const repository = request.repository();
  const grant = grants(request, team).find(
    one => one.repositoryId === repository.id,
  );
  if (!grant) {
    throw notFound();
  }
  return request.media === 'repository'
    ? ok(teamRepository(request, repository, grant.permission))
    : noContent();
}

function setRepository(request: RestRequest) {
  const team = request.team();
  const repository = request.repository('admin');
  if (repository.ownerId !== team.organizationId) {
    throw validationFailed({
      resource: 'TeamMember',
      code: 'unprocessable',
      message: 'Only organization-owned repositories can be added to a team.',
    });
  }
  const asked = request.body.string('permission') ?? 'push';
  const permission = PERMISSION_NAMES[asked];
  if (!permission) {
    throw validationFailed({
      resource: 'Team',
      code: 'invalid',
      field: 'permission',
    });
  }
  const before = grants(request, team).find(
    one => one.repositoryId === repository.id,
  );
  request.emulator.repositories.setTeamPermission(
    repository,
    team.id,
    permission,
  );
  announceTeamPermission(
    request.emulator,
    team,
    repository,
    request.signedIn().account,
    { from: before?.permission, to: permission },
  );
  return noContent();
}

function removeRepository(request: RestRequest) {
  const team = request.team();
  const repository = request.repository('admin');
  const grant = grants(request, team).find(
    one => one.repositoryId === repository.id,
  );
  if (grant) {
    request.emulator.store.collections.teamRepositories.delete(grant.id);
    announceTeamPermission(
      request.emulator,
      team,
      repository,
      request.signedIn().account,
      { from: grant.permission },
    );
  }
  return noContent();
}

/** Teams, their members and repositories. */
export const teamRoutes: Route[] = [
  route('GET', '/orgs/{org}/teams', listTeams),
  route('POST', '/orgs/{org}/teams', createTeam),
  route('GET', '/orgs/{org}/teams/{team_slug}', request =>
    ok(fullTeam(request.emulator, request.team())),
  ),
  route('PATCH', '/orgs/{org}/teams/{team_slug}', changeTeam),
  route('DELETE', '/orgs/{org}/teams/{team_slug}', request => {
    const team = request.team();
    request.requireOwner(request.organization());
    announceTeam(request.emulator, team, request.signedIn().account, {
      action: 'deleted',
    });
    request.emulator.accounts.deleteTeam(team);
    return noContent();
  }),
  route('GET', '/orgs/{org}/teams/{team_slug}/members', listMembers),
  route('GET', '/orgs/{org}/teams/{team_slug}/teams', request =>
    request.paged(request.emulator.accounts.childTeams(request.team()), team =>
      presentTeam(request.emulator, team),
    ),
  ),
  route(
    'GET',
    '/orgs/{org}/teams/{team_slug}/memberships/{username}',
    request => presentTeamMembership(request, request.team()),
  ),
  route(
    'PUT',
    '/orgs/{org}/teams/{team_slug}/memberships/{username}',
    setMembership,
  ),
  route(
    'DELETE',
    '/orgs/{org}/teams/{team_slug}/memberships/{username}',
    removeMembership,
  ),
  route('GET', '/orgs/{org}/teams/{team_slug}/repos', request => {
    const { repositories } = request.emulator;
    const visible = grants(request, request.team()).filter(grant =>
      repositories.isVisible(
        repositories.get(grant.repositoryId),
        request.viewer,
      ),
    );
    return request.paged(visible, grant =>
      teamRepository(
        request,
        repositories.get(grant.repositoryId),
        grant.permission,
      ),
    );
  }),
  route(
    'GET',
    '/orgs/{org}/teams/{team_slug}/repos/{owner}/{repo}',
    checkRepository,
  ),
  route(
    'PUT',
    '/orgs/{org}/teams/{team_slug}/repos/{owner}/{repo}',
    setRepository,
  ),
  route(
    'DELETE',
    '/orgs/{org}/teams/{team_slug}/repos/{owner}/{repo}',
    removeRepository,
  ),
];
