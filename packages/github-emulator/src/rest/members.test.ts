import { refusal, setupTestEmulator } from '../__testUtils__/setupTestEmulator';
import { TEST_SEED } from '../__testUtils__/testSeed';

const ORG = 'envoy-plugins';
const PLACE = { owner: ORG, repo: 'token-auth' };

describe('members and collaborators', () => {
  const emulator = setupTestEmulator({
    seed: {
      ...TEST_SEED,
      organizations: TEST_SEED.organizations?.map(organization => ({
        ...organization,
        baseRepositoryPermission: 'none' as const,
      })),
    },
  });
  const admin = () => emulator.client('admin');

  const collaborators = async (options: object = {}) => {
    const { data } = await admin().repos.listCollaborators({
      ...PLACE,
      ...options,
    });
    return data.map(({ login, role_name }) => `${login} ${role_name}`);
  };

  it('get permissions from the organization, from teams and by themselves', async () => {
    expect(await collaborators()).toEqual([
      'admin admin',
      'author admin',
      'contributor write',
      'portal-bot admin',
    ]);
    expect(await collaborators({ affiliation: 'direct' })).toEqual([
      'author admin',
    ]);
    expect(await collaborators({ affiliation: 'outside' })).toEqual([]);
    expect(await collaborators({ permission: 'admin' })).toHaveLength(3);
    await admin().repos.update({ ...PLACE, visibility: 'private' });
    await admin().teams.removeRepoInOrg({
      org: ORG,
      team_slug: 'gateway',
      ...PLACE,
    });
    expect(
      await refusal(emulator.client('contributor').repos.get(PLACE)),
    ).toMatchObject({ status: 404 });
    expect(await collaborators()).not.toContain('contributor write');
    const { data } = await admin().orgs.get({ org: ORG });
    expect(data.default_repository_permission).toBe('none');
  });

  it('of repositories of people have write, whatever they are given', async () => {
    const author = emulator.client('author');
    await author.repos.createForAuthenticatedUser({ name: 'own-guard' });
    const own = { owner: 'author', repo: 'own-guard' };
    const { data: invitation } = await author.repos.addCollaborator({
      ...own,
      username: 'contributor',
      permission: 'admin',
    });
    expect(invitation.permissions).toBe('write');
    const contributor = emulator.client('contributor');
    await contributor.repos.acceptInvitationForAuthenticatedUser({
      invitation_id: invitation.id,
    });
    const { data } = await author.repos.getCollaboratorPermissionLevel({
      ...own,
      username: 'contributor',
    });
    expect(data.permission).toBe('write');
    expect(
      await refusal(contributor.repos.transfer({ ...own, new_owner: ORG })),
    ).toMatchObject({ status: 403 });
  });

  it('transfer into an organization where they may create repositories', async () => {
    const author = emulator.client('author');
    await author.repos.createForAuthenticatedUser({ name: 'given-guard' });
    const own = { owner: 'author', repo: 'given-guard' };
    const settings = (create: boolean) =>
      admin().orgs.update({
        org: ORG,
        members_can_create_repositories: create,
      });
    expect((await settings(false)).data).toMatchObject({
      members_can_create_repositories: false,
    });
    expect(
      await refusal(author.repos.transfer({ ...own, new_owner: ORG })),
    ).toMatchObject({ status: 403 });
    expect(
      await refusal(author.orgs.update({ org: ORG, name: 'Mine' })),
    ).toMatchObject({ status: 403 });
    await settings(true);
    const { status } = await author.repos.transfer({ ...own, new_owner: ORG });
    expect(status).toBe(202);
  });

  it('from outside are listed, and removed everywhere', async () => {
    await admin().repos.addCollaborator({ ...PLACE, username: 'outsider' });
    const { data: invitations } = await emulator
      .client('outsider')
      .repos.listInvitationsForAuthenticatedUser();
    await emulator
      .client('outsider')
      .repos.acceptInvitationForAuthenticatedUser({
        invitation_id: invitations[0].id,
      });
    const list = async () =>
      (await admin().orgs.listOutsideCollaborators({ org: ORG })).data.map(
        ({ login }) => login,
      );
    expect(await list()).toEqual(['outsider']);
    await admin().orgs.removeOutsideCollaborator({
      org: ORG,
      username: 'outsider',
    });
    expect(await list()).toEqual([]);
  });

  it('are filtered', async () => {
    const { data } = await admin().orgs.listMembers({
      org: ORG,
      role: 'admin',
    });
    expect(data.map(({ login }) => login)).toEqual(['admin', 'portal-bot']);
    const filtered = (login: string) =>
      emulator
        .client(login)
        .orgs.listMembers({ org: ORG, filter: '2fa_disabled' });
    expect((await filtered('admin')).data).toEqual([]);
    expect(await refusal(filtered('author'))).toMatchObject({ status: 422 });
  });

  it('of a team are managed by its maintainers, invited ones by owners', async () => {
    const team = { org: ORG, team_slug: 'gateway' };
    const author = () => emulator.client('author');
    const remove = () =>
      author().teams.removeMembershipForUserInOrg({
        ...team,
        username: 'contributor',
      });
    expect(await refusal(remove())).toMatchObject({ status: 403 });
    await admin().teams.addOrUpdateMembershipForUserInOrg({
      ...team,
      username: 'author',
      role: 'maintainer',
    });
    await remove();
    const invite = { ...team, username: 'outsider' };
    expect(
      await refusal(author().teams.addOrUpdateMembershipForUserInOrg(invite)),
    ).toMatchObject({ status: 403 });
    const { data: membership } =
      await admin().teams.addOrUpdateMembershipForUserInOrg(invite);
    expect(membership.state).toBe('pending');
    await admin().teams.removeMembershipForUserInOrg(invite);
    expect(
      await refusal(admin().teams.getMembershipForUserInOrg(invite)),
    ).toMatchObject({ status: 404 });
    const { data: pending } = await admin().orgs.listPendingInvitations({
      org: ORG,
    });
    expect(pending).toMatchObject([{ login: 'outsider', team_count: 0 }]);
  });

  it('change their role, and answer invitations that may change before', async () => {
    const author = emulator.client('author');
    const outsider = emulator.client('outsider');
    const { data: mine } = await author.repos.createInOrg({
      org: ORG,
      name: 'header-guard',
      auto_init: true,
    });
    const place = { owner: ORG, repo: mine.name };
    const { data: invitation } = await author.repos.addCollaborator({
      ...place,
      username: 'outsider',
      permission: 'push',
    });
    const { id: invitation_id } = invitation;
    const { data: changed } = await author.repos.updateInvitation({
      ...place,
      invitation_id,
      permissions: 'triage',
    });
    expect(changed.permissions).toBe('triage');
    expect(
      await refusal(
        outsider.repos.deleteInvitation({ ...place, invitation_id }),
      ),
    ).toMatchObject({ status: 403 });
    await outsider.repos.acceptInvitationForAuthenticatedUser({
      invitation_id,
    });
    const level = async () => {
      const { data } = await author.repos.getCollaboratorPermissionLevel({
        ...place,
        username: 'outsider',
      });
      return [data.permission, data.role_name];
    };
    expect(await level()).toEqual(['read', 'triage']);
    for (const [role, seen] of [
      ['pull', ['read', 'read']],
      ['push', ['write', 'write']],
      ['maintain', ['write', 'maintain']],
      ['admin', ['admin', 'admin']],
    ] as const) {
      const answer = await author.repos.addCollaborator({
        ...place,
        username: 'outsider',
        permission: role,
      });
      expect(answer.status).toBe(204);
      expect(await level()).toEqual(seen);
    }
    expect(
      await refusal(
        author.repos.addCollaborator({
          ...place,
          username: 'outsider',
          permission: 'everything',
        }),
      ),
    ).toMatchObject({ status: 422 });
    await author.repos.removeCollaborator({ ...place, username: 'outsider' });
    const { data: second } = await author.repos.addCollaborator({
      ...place,
      username: 'outsider',
    });
    await author.repos.deleteInvitation({ ...place, invitation_id: second.id });
    expect((await author.repos.listInvitations(place)).data).toEqual([]);
  });
});
