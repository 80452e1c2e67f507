import { JsonObject } from '@backstage/types';
import { Emulator } from '../Emulator';
import { presentPermissions } from '../rest/present/repository';
import {
  Account,
  OrganizationInvitation,
  OrganizationMembership,
  Team,
} from '../state/accountRecords';
import { Permission, Repository } from '../state/repositoryRecords';
import { announce } from './announce';
import {
  webhookInvitation,
  webhookMembership,
  webhookTeam,
  webhookUser,
} from './payloads';

/** Tells that somebody was invited into an organisation. */
export function announceInvitation(
  emulator: Emulator,
  invitation: OrganizationInvitation,
  sender: Account,
): void {
  const { accounts } = emulator;
  announce(
    emulator,
    { organization: accounts.get(invitation.organizationId) },
    sender,
    {
      name: 'organization',
      action: 'member_invited',
      fields: () => ({
        invitation: webhookInvitation(emulator, invitation),
        user: webhookUser(emulator, accounts.get(invitation.inviteeId)),
      }),
    },
  );
}

/** Tells that somebody came into an organisation, or left it. */
export function announceOrganizationMember(
  emulator: Emulator,
  membership: OrganizationMembership,
  sender: Account,
  action: 'member_added' | 'member_removed',
): void {
  announce(
    emulator,
    { organization: emulator.accounts.get(membership.organizationId) },
    sender,
    {
      name: 'organization',
      action,
      fields: () => ({
        membership: webhookMembership(
          emulator,
          membership,
          action === 'member_added' ? 'active' : 'inactive',
        ),
      }),
    },
  );
}

/** Tells that somebody came into a team, or left it. */
export function announceTeamMember(
  emulator: Emulator,
  team: Team,
  member: Account,
  sender: Account,
  action: 'added' | 'removed',
): void {
  announce(
    emulator,
    { organization: emulator.accounts.get(team.organizationId) },
    sender,
    {
      name: 'membership',
      action,
      fields: () => ({
        scope: 'team',
        member: webhookUser(emulator, member),
        team: webhookTeam(emulator, team),
      }),
    },
  );
}

/** Tells that a team was created, deleted or edited, or came to a repository or left it. */
export function announceTeam(
  emulator: Emulator,
  team: Team,
  sender: Account,
  event: {
    action:
      | 'created'
      | 'deleted'
      | 'edited'
      | 'added_to_repository'
      | 'removed_from_repository';
    repository?: Repository;
    changes?: JsonObject;
  },
): void {
  const { action, repository, changes } = event;
  announce(
    emulator,
    { organization: emulator.accounts.get(team.organizationId), repository },
    sender,
    {
      name: 'team',
      action,
      fields: () => ({
        team: webhookTeam(emulator, team),
        ...(changes && { changes }),
      }),
    },
  );
}

/** Tells what is different about a team. */
export function announceTeamChange(
  emulator: Emulator,
  before: Team,
  team: Team,
  sender: Account,
): void {
  const changes: JsonObject = {
    ...(before.name !== team.name && { name: { from: before.name } }),
    ...(before.description !== team.description && {
      description: { from: before.description ?? '' },
    }),
    ...(before.privacy !== team.privacy && {
      privacy: { from: before.privacy },
    }),
  };
  if (Object.keys(changes).length > 0) {
    announceTeam(emulator, team, sender, { action: 'edited', changes });
  }
}

/** Tells what a team may do with a repository now. */
export function announceTeamPermission(
  emulator: Emulator,
  team: Team,
  repository: Repository,
  sender: Account,
  change: { from?: Permission; to?: Permission },
): void {
  const { from, to } = change;
  if (from === to) {
    return;
  }
  if (to === undefined) {
    announceTeam(emulator, team, sender, {
      action: 'removed_from_repository',
      repository,
    });
  } else if (from === undefined) {
    announceTeam(emulator, team, sender, {
      action: 'added_to_repository',
      repository,
    });
  } else {
    const { admin, pull, push } = presentPermissions(from);
    announceTeam(emulator, team, sender, {
      action: 'edited',
      repository,
      changes: { repository: { permissions: { from: { admin, pull, push } } } },
    });
  }
}
