import { Emulator } from '../Emulator';
import { forbidden, notFound, validationFailed } from '../server/GitHubError';
import { timestamp } from '../server/clock';
import { Account } from '../state/accountRecords';
import { nodeId } from '../state/nodeId';
import {
  permits,
  Permission,
  PERMISSION_NAMES,
  Repository,
  RepositoryInvitation,
} from '../state/repositoryRecords';
import { announceCollaborator } from '../webhooks/announceRepository';
import { simpleUser, simpleUserById } from './present/account';
import { presentPermissions, presentRepository } from './present/repository';
import { noContent, ok, RestRequest } from './RestRequest';
import { Route, route } from './RouteTable';

function presentInvitation(
  request: RestRequest,
  invitation: RepositoryInvitation,
) {
  const { emulator } = request;
  const repository = emulator.repositories.get(invitation.repositoryId);
  return {
    id: invitation.id,
    node_id: nodeId('RepositoryInvitation', invitation.id),
    repository: presentRepository(emulator, repository, request.viewer),
    invitee: simpleUserById(emulator, invitation.inviteeId),
    inviter: simpleUserById(emulator, invitation.inviterId),
    permissions: invitation.permission,
    created_at: invitation.createdAt,
    expired: false,
    url: emulator.urls.api(`/user/repository_invitations/${invitation.id}`),
    html_url: emulator.urls.page(
      `/${emulator.repositories.fullName(repository)}/invitations`,
    ),
  };
}

/** Everybody with more than what everybody has. */
function collaborators(
  request: RestRequest,
  repository: Repository,
): Array<{ account: Account; permission: Permission }> {
  const { emulator } = request;
  const people = emulator.store.collections.accounts
    .list()
    .filter(account => account.type !== 'Organization');
  const affiliation = request.query.get('affiliation') ?? 'all';
  const least =
    PERMISSION_NAMES[request.query.get('permission') ?? 'pull'] ?? 'read';
  return people
    .filter(account => {
      const direct =
        account.id === repository.ownerId ||
        emulator.repositories.collaborator(repository, account.id);
      const member = emulator.accounts.membership(
        repository.ownerId,
        account.id,
      );
      switch (affiliation) {
        case 'direct':
          return direct;
        case 'outside':
          return direct && !member && account.id !== repository.ownerId;
        default:
          return direct || member;
      }
    })
    .map(account => ({
      account,
      permission: emulator.repositories.permission(repository, account.id),
    }))
    .filter(({ permission }) => permits(permission, least));
}

function listCollaborators(request: RestRequest) {
  const repository = request.repository();
  request.signedIn();
  const permission = request.emulator.repositories.permissionOf(
    repository,
    request.viewer,
  );
  if (!permits(permission, 'write')) {
    throw forbidden('Must have push access to view repository collaborators.');
  }
  return request.paged(collaborators(request, repository), entry => ({
    ...simpleUser(request.emulator, entry.account),
    permissions: presentPermissions(entry.permission),
    role_name: entry.permission,
  }));
}

function setCollaborator(
  emulator: Emulator,
  repository: Repository,
  account: Account,
  permission: Permission,
  sender: Account,
): void {
  const before = emulator.repositories.collaborator(repository, account.id);
  emulator.repositories.setCollaborator(repository, account.id, permission);
  announceCollaborator(emulator, repository, sender, account, {
    from: before?.permission,
    to: permission,
  });
}

function addCollaborator(request: RestRequest) {
  const repository = request.repository('admin');
  const account = request.account();
  const { emulator } = request;
  const permission =
    PERMISSION_NAMES[request.body.string('permission') ?? 'push'];
  if (!permission) {
    throw validationFailed({
      resource: 'Repository',
      code: 'invalid',
      field: 'permission',
    });
  }
  if (account.id === repository.ownerId || account.type === 'Organization') {
    throw validationFailed({
      resource: 'Repository',
      code: 'custom',
      message:
        account.type === 'Organization'
          ? 'Organizations cannot be collaborators'
          : 'Repository owner cannot be a collaborator',
    });
  }
  const granted = emulator.repositories.grantable(repository, permission);
  const isMember = emulator.accounts.membership(repository.ownerId, account.id);
  if (isMember || emulator.repositories.collaborator(repository, account.id)) {
    setCollaborator(
      emulator,
      repository,
      account,
      granted,
      request.signedIn().account,
    );
    return noContent();
  }
  const { invitations } = emulator.store.collections;
  const before = invitations
    .by('repository', repository.id)
    .find(invitation => invitation.inviteeId === account.id);
  const invitation = invitations.put({
    id: before?.id ?? emulator.store.nextId(),
    repositoryId: repository.id,
    inviteeId: account.id,
    inviterId: request.signedIn().account.id,
    permission: granted,
    createdAt: before?.createdAt ?? timestamp(emulator.clock()),
  });
  return { status: 201, body: presentInvitation(request, invitation) };
}

function removeCollaborator(request: RestRequest) {
  const repository = request.repository('admin');
  const account = request.account();
  const { collaborators: places, invitations } =
    request.emulator.store.collections;
  const place = request.emulator.repositories.collaborator(
    repository,
    account.id,
  );
  if (place) {
    places.delete(place.id);
    announceCollaborator(
      request.emulator,
      repository,
      request.signedIn().account,
      account,
      { from: place.permission },
    );
  }
  for (const invitation of invitations.by('repository', repository.id)) {
    if (invitation.inviteeId === account.id) {
      invitations.delete(invitation.id);
    }
  }
  return noContent();
}

function getPermission(request: RestRequest) {
  const repository = request.repository();
  const account = request.account();
  const permission = request.emulator.repositories.permission(
    repository,
    account.id,
  );
  const coarse = { triage: 'read', maintain: 'write' } as const;
  return ok({
    permission:
      permission === 'triage' || permission === 'maintain'
        ? coarse[permission]
        : permission,
    role_name: permission,
    user: {
      ...simpleUser(request.emulator, account),
      permissions: presentPermissions(permission),
      role_name: permission,
    },
  });
}

function requireInvitation(request: RestRequest): RepositoryInvitation {
  const repository = request.repository('admin');
  const invitation = request.emulator.store.collections.invitations.get(
    request.number('invitation_id'),
  );
  if (invitation?.repositoryId !== repository.id) {
    throw notFound();
  }
  return invitation;
}

function changeInvitation(request: RestRequest) {
  const invitation = requireInvitation(request);
  const name = request.body.oneOf('permissions', [
    'read',
    'triage',
    'write',
    'maintain',
    'admin',
  ]);
  return ok(
    presentInvitation(
      request,
      request.emulator.store.collections.invitations.update(invitation.id, {
        permission: request.emulator.repositories.grantable(
          request.emulator.repositories.get(invitation.repositoryId),
          name ?? invitation.permission,
        ),
      }),
    ),
  );
}

function ownInvitation(request: RestRequest): RepositoryInvitation {
  const { account } = request.signedIn();
  const invitation = request.emulator.store.collections.invitations.get(
    request.number('invitation_id'),
  );
  if (!invitation || invitation.inviteeId !== account.id) {
    throw notFound();
  }
  return invitation;
}

/** Collaborators and invitations to become one. */
export const collaboratorRoutes: Route[] = [
  route('GET', '/repos/{owner}/{repo}/collaborators', listCollaborators),
  route('GET', '/repos/{owner}/{repo}/collaborators/{username}', request => {
    const repository = request.repository('write');
    const account = request.account();
    const found = collaborators(request, repository).some(
      entry => entry.account.id === account.id,
    );
    if (!found) {
      throw notFound();
    }
    return noContent();
  }),
  route(
    'PUT',
    '/repos/{owner}/{repo}/collaborators/{username}',
    addCollaborator,
  ),
  route(
    'DELETE',
    '/repos/{owner}/{repo}/collaborators/{username}',
    removeCollaborator,
  ),
  route(
    'GET',
    '/repos/{owner}/{repo}/collaborators/{username}/permission',
    getPermission,
  ),
  route('GET', '/repos/{owner}/{repo}/invitations', request => {
    const repository = request.repository('admin');
    return request.paged(
      request.emulator.store.collections.invitations.by(
        'repository',
        repository.id,
      ),
      invitation => presentInvitation(request, invitation),
    );
  }),
  route(
    'PATCH',
    '/repos/{owner}/{repo}/invitations/{invitation_id}',
    changeInvitation,
  ),
  route(
    'DELETE',
    '/repos/{owner}/{repo}/invitations/{invitation_id}',
    request => {
      request.emulator.store.collections.invitations.delete(
        requireInvitation(request).id,
      );
      return noContent();
    },
  ),
  route('GET', '/user/repository_invitations', request =>
    request.paged(
      request.emulator.store.collections.invitations.by(
        'invitee',
        request.signedIn().account.id,
      ),
      invitation => presentInvitation(request, invitation),
    ),
  ),
  route('PATCH', '/user/repository_invitations/{invitation_id}', request => {
    const invitation = ownInvitation(request);
    const { emulator } = request;
    const { account } = request.signedIn();
    setCollaborator(
      emulator,
      emulator.repositories.get(invitation.repositoryId),
      account,
      // The repository may be somebody's by now
      emulator.repositories.grantable(
        emulator.repositories.get(invitation.repositoryId),
        invitation.permission,
      ),
      account,
    );
    emulator.store.collections.invitations.delete(invitation.id);
    return noContent();
  }),
  route('DELETE', '/user/repository_invitations/{invitation_id}', request => {
    request.emulator.store.collections.invitations.delete(
      ownInvitation(request).id,
    );
    return noContent();
  }),
];
