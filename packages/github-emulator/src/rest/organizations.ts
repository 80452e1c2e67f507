import { forbidden, notFound, validationFailed } from '../server/GitHubError';
import { Account } from '../state/accountRecords';
import {
  announceOrganizationMember,
  announceTeamMember,
} from '../webhooks/announceOrganization';
import { announceCollaborator } from '../webhooks/announceRepository';
import { invite } from './invitations';
import { simpleUser } from './present/account';
import { noContent, ok, RestRequest } from './RestRequest';
import { Route, route } from './RouteTable';
import { presentMembership } from './users';

function seesMembers(request: RestRequest, organization: Account): boolean {
  return request.viewer.hasScope('read:org') && request.isInside(organization);
}

function listMembers(request: RestRequest) {
  const organization = request.organization();
  const role = request.query.get('role') ?? 'all';
  const filter = request.query.get('filter') ?? 'all';
  if (filter !== 'all') {
    const membership = request.emulator.accounts.membership(
      organization.id,
      request.viewer.id,
    );
    if (membership?.role !== 'admin') {
      throw validationFailed({
        resource: 'Organization',
        code: 'custom',
        field: 'filter',
        message: 'Only owners can filter members by two-factor authentication.',
      });
    }
    // Everybody has two-factor authentication here.
    return request.list([], 0);
  }
  // Memberships are private here, as they are on GitHub unless their holder publishes them.
  const members = seesMembers(request, organization)
    ? request.emulator.accounts.members(organization.id)
    : [];
  return request.paged(
    members.filter(member => role === 'all' || member.role === role),
    member => simpleUser(request.emulator, member.account),
  );
}

function checkMember(request: RestRequest) {
  const organization = request.organization();
  const account = request.account();
  if (!seesMembers(request, organization)) {
    return {
      status: 302,
      headers: {
        location: request.emulator.urls.api(
          `/orgs/${organization.login}/public_members/${account.login}`,
        ),
      },
    };
  }
  if (!request.emulator.accounts.membership(organization.id, account.id)) {
    throw notFound();
  }
  return noContent();
}

function getMembership(request: RestRequest) {
  const organization = request.organization();
  request.signedIn();
  if (!seesMembers(request, organization)) {
    throw forbidden(
      'You must be a member of the organization to see its memberships.',
    );
  }
  const { accounts, invitations } = request.emulator;
  const { id } = request.account();
  const place =
    accounts.membership(organization.id, id) ??
    invitations.find(organization.id, id);
  if (!place) {
    throw notFound();
  }
  return ok(presentMembership(request.emulator, place));
}

/** Changes the role of a member; somebody else is invited. */
function setMembership(request: RestRequest) {
  const organization = request.organization();
  request.requireOwner(organization);
  const { accounts } = request.emulator;
  const account = request.account();
  const role = request.body.oneOf('role', ['admin', 'member']) ?? 'member';
  if (!accounts.membership(organization.id, account.id)) {
    const invitation = invite(request, organization, account, { role });
    return ok(presentMembership(request.emulator, invitation));
  }
  if (role !== 'admin') {
    refuseLastOwner(request, organization, account);
  }
  return ok(
    presentMembership(
      request.emulator,
      accounts.setMembership(organization.id, account.id, role),
    ),
  );
}

function refuseLastOwner(
  request: RestRequest,
  organization: Account,
  account: Account,
): void {
  const owners = request.emulator.accounts
    .members(organization.id)
    .filter(({ role }) => role === 'admin');
  if (owners.length === 1 && owners[0].account.id === account.id) {
    throw forbidden('Cannot remove the last owner of an organization.');
  }
}

/** Takes a membership away, or an invitation back. */
function removeMembership(request: RestRequest) {
  const organization = request.organization();
  request.requireOwner(organization);
  const { invitations } = request.emulator;
  const invitation = invitations.find(organization.id, request.account().id);
  if (invitation) {
    invitations.delete(invitation);
    return noContent();
  }
  return removeMember(request);
}

function removeMember(request: RestRequest) {
  const organization = request.organization();
  request.requireOwner(organization);
  const account = request.account();
  const { accounts } = request.emulator;
  const membership = accounts.membership(organization.id, account.id);
  if (!membership) {
    throw notFound();
  }
  refuseLastOwner(request, organization, account);
  const { account: sender } = request.signedIn();
  for (const team of accounts.removeMembership(organization.id, account.id)) {
    announceTeamMember(request.emulator, team, account, sender, 'removed');
  }
  announceOrganizationMember(
    request.emulator,
    membership,
    sender,
    'member_removed',
  );
  return noContent();
}

/** Those who may do something with repositories of an organisation they do not belong to. */
function outsiders(request: RestRequest, organization: Account): Account[] {
  const { accounts, repositories, store } = request.emulator;
  const ids = new Set(
    repositories
      .ownedBy(organization)
      .flatMap(({ id }) => store.collections.collaborators.by('repository', id))
      .map(({ userId }) => userId),
  );
  return [...ids]
    .filter(id => !accounts.membership(organization.id, id))
    .map(id => accounts.get(id));
}

function listOutsiders(request: RestRequest) {
  const organization = request.organization();
  request.signedIn();
  return request.paged(
    seesMembers(request, organization) ? outsiders(request, organization) : [],
    account => simpleUser(request.emulator, account),
  );
}

/** Takes somebody out of all repositories of an organisation. */
function removeOutsider(request: RestRequest) {
  const organization = request.organization();
  request.requireOwner(organization);
  const account = request.account();
  const { accounts, repositories, store } = request.emulator;
  if (accounts.membership(organization.id, account.id)) {
    throw validationFailed({
      resource: 'Organization',
      code: 'custom',
      message:
        'You cannot specify an organization member to remove as an outside collaborator.',
    });
  }
  for (const repository of repositories.ownedBy(organization)) {
    const place = repositories.collaborator(repository, account.id);
    if (place) {
      store.collections.collaborators.delete(place.id);
      announceCollaborator(
        request.emulator,
        repository,
        request.signedIn().account,
        account,
        { from: place.permission },
      );
    }
  }
  return noContent();
}

/** Members of organisations. */
export const organizationRoutes: Route[] = [
  route('GET', '/orgs/{org}/members', listMembers),
  route('GET', '/orgs/{org}/members/{username}', checkMember),
  route('DELETE', '/orgs/{org}/members/{username}', removeMember),
  route('GET', '/orgs/{org}/memberships/{username}', getMembership),
  route('PUT', '/orgs/{org}/memberships/{username}', setMembership),
  route('DELETE', '/orgs/{org}/memberships/{username}', removeMembership),
  route('GET', '/orgs/{org}/outside_collaborators', listOutsiders),
  route(
    'DELETE',
    '/orgs/{org}/outside_collaborators/{username}',
    removeOutsider,
  ),
  route('GET', '/orgs/{org}/public_members', request => {
    request.organization();
    return request.list([], 0);
  }),
  route('GET', '/orgs/{org}/public_members/{username}', request => {
    request.organization();
    throw notFound();
  }),
];
