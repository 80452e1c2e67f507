import { notFound, validationFailed } from '../server/GitHubError';
import { Account, OrganizationInvitation } from '../state/accountRecords';
import {
  announceInvitation,
  announceOrganizationMember,
  announceTeamMember,
} from '../webhooks/announceOrganization';
import { presentOrganizationInvitation } from '../webhooks/payloads';
import { presentTeam } from './present/account';
import { created, noContent, RestRequest } from './RestRequest';
import { Route, route } from './RouteTable';

function refused(message: string) {
  return validationFailed({
    resource: 'OrganizationInvitation',
    code: 'unprocessable',
    field: 'data',
    message,
  });
}

/** Invites somebody into an organisation and tells the webhooks; a second invitation changes the first. */
export function invite(
  request: RestRequest,
  organization: Account,
  invitee: Account,
  options: Partial<Pick<OrganizationInvitation, 'role' | 'teams'>>,
): OrganizationInvitation {
  const { emulator } = request;
  const { account: inviter } = request.signedIn();
  if (invitee.type === 'Organization') {
    throw refused('An organization cannot be invited');
  }
  const before = emulator.invitations.find(organization.id, invitee.id);
  const teams = [...(before?.teams ?? [])];
  for (const team of options.teams ?? []) {
    const at = teams.findIndex(({ id }) => id === team.id);
    teams.splice(at < 0 ? teams.length : at, 1, team);
  }
  const invitation = emulator.invitations.invite({
    organizationId: organization.id,
    inviteeId: invitee.id,
    inviterId: before?.inviterId ?? inviter.id,
    role: options.role ?? before?.role ?? 'member',
    teams,
  });
  if (!before) {
    announceInvitation(emulator, invitation, inviter);
  }
  return invitation;
}

/** Makes the invitee a member of the organisation and of the teams, and tells the webhooks. */
export function accept(
  request: RestRequest,
  invitation: OrganizationInvitation,
): void {
  const { accounts, invitations } = request.emulator;
  const { account } = request.signedIn();
  invitations.delete(invitation);
  const membership = accounts.setMembership(
    invitation.organizationId,
    account.id,
    invitation.role,
  );
  announceOrganizationMember(
    request.emulator,
    membership,
    account,
    'member_added',
  );
  for (const { id, role } of invitation.teams) {
    const team = request.emulator.store.collections.teams.get(id);
    if (team) {
      accounts.setTeamMembership(team, account.id, role);
      announceTeamMember(request.emulator, team, account, account, 'added');
    }
  }
}

/** Whom a body names, by id or by e-mail address. */
function findInvitee(request: RestRequest): Account {
  const { body, emulator } = request;
  const id = body.number('invitee_id');
  const email = body.string('email')?.toLowerCase();
  if ((id === undefined) === (email === undefined)) {
    throw refused('Give either an invitee_id or an email');
  }
  const { accounts } = emulator.store.collections;
  const found =
    id === undefined
      ? accounts.list().find(one => one.email?.toLowerCase() === email)
      : accounts.get(id);
  if (!found) {
    throw refused(
      id === undefined
        ? `Nobody has the address ${email}; the emulator sends no mail`
        : `There is no user ${id}`,
    );
  }
  return found;
}

function createInvitation(request: RestRequest) {
  const organization = request.organization();
  request.requireOwner(organization);
  const { accounts, invitations, store } = request.emulator;
  const role =
    request.body.oneOf('role', ['admin', 'direct_member', 'reinstate']) ??
    'direct_member';
  const invitee = findInvitee(request);
  if (accounts.membership(organization.id, invitee.id)) {
    throw refused('Invitee is already a part of this organization');
  }
  if (invitations.find(organization.id, invitee.id)) {
    throw refused('A user with this login was already invited');
  }
  const ids = request.body.fields.team_ids ?? [];
  const teams = (Array.isArray(ids) ? ids : [ids]).map(id => {
    const team = store.collections.teams.get(Number(id));
    if (team?.organizationId !== organization.id) {
      throw refused(`There is no team ${id} in this organization`);
    }
    return { id: team.id, role: 'member' as const };
  });
  const invitation = invite(request, organization, invitee, {
    role: role === 'admin' ? 'admin' : 'member',
    teams,
  });
  return created(presentOrganizationInvitation(request.emulator, invitation));
}

function requireInvitation(request: RestRequest): OrganizationInvitation {
  const organization = request.organization();
  request.requireOwner(organization);
  const invitation = request.emulator.invitations
    .list(organization.id)
    .find(({ id }) => id === request.number('invitation_id'));
  if (!invitation) {
    throw notFound();
  }
  return invitation;
}

function listInvitations(request: RestRequest) {
  const organization = request.organization();
  request.requireOwner(organization);
  const role = request.query.get('role') ?? 'all';
  const wanted = role === 'direct_member' ? 'member' : role;
  return request.paged(
    request.emulator.invitations
      .list(organization.id)
      .filter(invitation => wanted === 'all' || invitation.role === wanted),
    invitation => presentOrganizationInvitation(request.emulator, invitation),
  );
}

/** Invitations into organisations. */
export const invitationRoutes: Route[] = [
  route('GET', '/orgs/{org}/invitations', listInvitations),
  route('POST', '/orgs/{org}/invitations', createInvitation),
  route('DELETE', '/orgs/{org}/invitations/{invitation_id}', request => {
    request.emulator.invitations.delete(requireInvitation(request));
    return noContent();
  }),
  route('GET', '/orgs/{org}/invitations/{invitation_id}/teams', request => {
    const { emulator } = request;
    const teams = requireInvitation(request).teams.flatMap(
      ({ id }) => emulator.store.collections.teams.get(id) ?? [],
    );
    return request.paged(teams, team => presentTeam(emulator, team));
  }),
  route('GET', '/orgs/{org}/failed_invitations', request => {
    request.requireOwner(request.organization());
    return request.list([], 0);
  }),
  route('GET', '/orgs/{org}/teams/{team_slug}/invitations', request => {
    const team = request.team();
    request.requireOwner(request.organization());
    return request.paged(
      request.emulator.invitations
        .list(team.organizationId)
        .filter(({ teams }) => teams.some(({ id }) => id === team.id)),
      invitation => presentOrganizationInvitation(request.emulator, invitation),
    );
  }),
];
