import { forbidden, notFound } from '../server/GitHubError';
import { Account } from '../state/accountRecords';
import { simpleUser } from './present/account';
import { noContent, ok, RestRequest } from './RestRequest';
import { Route, route } from './RouteTable';
import { presentMembership } from './users';

function seesMembers(request: RestRequest, organization: Account): boolean {
  return (
    request.viewer.hasScope('read:org') &&
    request.emulator.accounts.membership(organization.id, request.viewer.id) !==
      undefined
  );
}

function listMembers(request: RestRequest) {
  const organization = request.organization();
  const role = request.query.get('role') ?? 'all';
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
  const membership = request.emulator.accounts.membership(
    organization.id,
    request.account().id,
  );
  if (!membership) {
    throw notFound();
  }
  return ok(presentMembership(request.emulator, membership));
}

function setMembership(request: RestRequest) {
  const organization = request.organization();
  request.requireOwner(organization);
  const membership = request.emulator.accounts.setMembership(
    organization.id,
    request.account().id,
    request.body.oneOf('role', ['admin', 'member']) ?? 'member',
  );
  return ok(presentMembership(request.emulator, membership));
}

function removeMember(request: RestRequest) {
  const organization = request.organization();
  request.requireOwner(organization);
  const account = request.account();
  if (!request.emulator.accounts.membership(organization.id, account.id)) {
    throw notFound();
  }
  const owners = request.emulator.accounts
    .members(organization.id)
    .filter(({ role }) => role === 'admin');
  if (owners.length === 1 && owners[0].account.id === account.id) {
    throw forbidden('Cannot remove the last owner of an organization.');
  }
  request.emulator.accounts.removeMembership(organization.id, account.id);
  return noContent();
}

/** Members of organisations. */
export const organizationRoutes: Route[] = [
  route('GET', '/orgs/{org}/members', listMembers),
  route('GET', '/orgs/{org}/members/{username}', checkMember),
  route('DELETE', '/orgs/{org}/members/{username}', removeMember),
  route('GET', '/orgs/{org}/memberships/{username}', getMembership),
  route('PUT', '/orgs/{org}/memberships/{username}', setMembership),
  route('DELETE', '/orgs/{org}/memberships/{username}', removeMember),
  route('GET', '/orgs/{org}/public_members', request => {
    request.organization();
    return request.list([], 0);
  }),
  route('GET', '/orgs/{org}/public_members/{username}', request => {
    request.organization();
    throw notFound();
  }),
];
