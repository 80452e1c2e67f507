import { forbidden, notFound } from '../server/GitHubError';
import {
  OrganizationInvitation,
  OrganizationMembership,
} from '../state/accountRecords';
import { Emulator } from '../Emulator';
import { timestamp } from '../server/clock';
import { accept } from './invitations';
import {
  fullOrganization,
  fullTeam,
  privateUser,
  publicUser,
  simpleOrganization,
  simpleUser,
} from './present/account';
import { ok, RestRequest } from './RestRequest';
import { Route, route } from './RouteTable';

/** Changes what an organisation says of itself, and what its members may do. */
function changeOrganization(request: RestRequest) {
  const organization = request.organization();
  request.requireOwner(organization);
  const { body, emulator } = request;
  const changed = emulator.store.collections.accounts.update(organization.id, {
    name: body.string('name') ?? organization.name,
    description: body.string('description') ?? organization.description,
    baseRepositoryPermission:
      body.oneOf('default_repository_permission', [
        'none',
        'read',
        'write',
        'admin',
      ]) ?? organization.baseRepositoryPermission,
    membersCanCreateRepositories:
      body.boolean('members_can_create_repositories') ??
      organization.membersCanCreateRepositories,
    updatedAt: timestamp(emulator.clock()),
  });
  return ok(fullOrganization(emulator, changed));
}

/** `org-membership`: of a member, or of somebody who was invited. */
export function presentMembership(
  emulator: Emulator,
  membership: OrganizationMembership | OrganizationInvitation,
) {
  const organization = emulator.accounts.get(membership.organizationId);
  const isPending = 'inviteeId' in membership;
  const user = emulator.accounts.get(
    isPending ? membership.inviteeId : membership.userId,
  );
  const url = emulator.urls.api(`/orgs/${organization.login}`);
  return {
    url: `${url}/memberships/${user.login}`,
    state: isPending ? 'pending' : 'active',
    role: membership.role,
    organization_url: url,
    user: simpleUser(emulator, user),
    organization: simpleOrganization(emulator, organization),
  };
}

function emails(request: RestRequest) {
  const { account } = request.signedIn();
  if (!request.viewer.hasScope('user:email')) {
    throw notFound();
  }
  const list = account.email ? [account.email] : [];
  return request.paged(list, email => ({
    email,
    primary: true,
    verified: true,
    visibility: account.emailPublic ? 'public' : 'private',
  }));
}

function ownMembership(request: RestRequest) {
  const { account } = request.signedIn();
  const organization = request.organization();
  const { accounts, invitations } = request.emulator;
  const place =
    accounts.membership(organization.id, account.id) ??
    invitations.find(organization.id, account.id);
  if (!place) {
    throw forbidden('You are not a member of this organization.');
  }
  return ok(presentMembership(request.emulator, place));
}

/** Accepts the invitation into an organisation. */
function activateMembership(request: RestRequest) {
  const { account } = request.signedIn();
  request.requireScope('write:org');
  const organization = request.organization();
  request.body.requiredString('state');
  request.body.oneOf('state', ['active']);
  const invitation = request.emulator.invitations.find(
    organization.id,
    account.id,
  );
  if (invitation) {
    accept(request, invitation);
  }
  const { accounts } = request.emulator;
  const membership = accounts.membership(organization.id, account.id);
  if (!membership) {
    throw notFound();
  }
  return ok(presentMembership(request.emulator, membership));
}

/** The signed-in user, and other people. */
export const userRoutes: Route[] = [
  route('GET', '/user', request =>
    ok(privateUser(request.emulator, request.signedIn().account)),
  ),
  route('GET', '/user/emails', emails),
  route('GET', '/user/orgs', request => {
    const { account } = request.signedIn();
    if (!request.viewer.hasScope('read:org')) {
      if (!request.viewer.hasScope('read:user')) {
        throw forbidden(
          'You need at least read:org scope or user scope to list your organizations.',
        );
      }
    }
    return request.paged(
      request.emulator.accounts.organizationsOf(account.id),
      organization => simpleOrganization(request.emulator, organization),
    );
  }),
  route('GET', '/user/teams', request => {
    const { account } = request.signedIn();
    return request.paged(request.emulator.accounts.teamsOf(account.id), team =>
      fullTeam(request.emulator, team),
    );
  }),
  route('GET', '/user/memberships/orgs', request => {
    const { account } = request.signedIn();
    const state = request.query.get('state');
    const active = request.emulator.store.collections.memberships.by(
      'user',
      account.id,
    );
    const pending = request.emulator.invitations.ofInvitee(account.id);
    return request.paged(
      [
        ...(state === 'pending' ? [] : active),
        ...(state === 'active' ? [] : pending),
      ],
      membership => presentMembership(request.emulator, membership),
    );
  }),
  route('GET', '/user/memberships/orgs/{org}', ownMembership),
  route('PATCH', '/user/memberships/orgs/{org}', activateMembership),
  route('GET', '/users/{username}', request => {
    const account = request.account();
    return ok(
      account.id === request.viewer.id
        ? privateUser(request.emulator, account)
        : publicUser(request.emulator, account),
    );
  }),
  route('GET', '/users/{username}/orgs', request =>
    request.paged(
      request.emulator.accounts.organizationsOf(request.account().id),
      organization => simpleOrganization(request.emulator, organization),
    ),
  ),
  route('GET', '/orgs/{org}', request =>
    ok(fullOrganization(request.emulator, request.organization())),
  ),
  route('PATCH', '/orgs/{org}', changeOrganization),
];
