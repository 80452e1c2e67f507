import { refusal, setupTestEmulator } from '../__testUtils__/setupTestEmulator';

describe('users, organisations and teams', () => {
  const emulator = setupTestEmulator();
  const org = 'envoy-plugins';

  it('tells people about themselves and others', async () => {
    const client = emulator.client('author');
    const self = await client.users.getAuthenticated();
    expect(self.data).toMatchObject({
      login: 'author',
      name: 'Amir Author',
      type: 'User',
      two_factor_authentication: true,
    });
    const emails = await client.users.listEmailsForAuthenticatedUser();
    expect(emails.data).toMatchObject([
      { email: 'author@example.test', primary: true, verified: true },
    ]);
    const other = await client.users.getByUsername({ username: 'ADMIN' });
    expect(other.data.login).toBe('admin');
    const organization = await client.users.getByUsername({ username: org });
    expect(organization.data.type).toBe('Organization');
    expect(
      await refusal(client.users.getByUsername({ username: 'nobody' })),
    ).toMatchObject({ status: 404 });
  });

  it('shows an organisation, and its members to members', async () => {
    const client = emulator.client('author');
    expect((await client.orgs.get({ org })).data.name).toBe('Envoy Plugins');
    const logins = async (login: string, role?: 'admin' | 'member') =>
      (await emulator.client(login).orgs.listMembers({ org, role })).data.map(
        one => one.login,
      );
    expect(await logins('author')).toEqual(
      expect.arrayContaining(['admin', 'author', 'contributor']),
    );
    expect(await logins('author', 'admin')).toEqual(['admin', 'portal-bot']);
    expect(await logins('outsider')).toEqual([]);
    const own = await client.orgs.listForAuthenticatedUser();
    expect(own.data.map(one => one.login)).toEqual([org]);
    const membership = await client.orgs.getMembershipForAuthenticatedUser({
      org,
    });
    expect(membership.data).toMatchObject({ role: 'member', state: 'active' });
  });

  it('lets owners, and only them, manage members', async () => {
    const username = 'outsider';
    const author = emulator.client('author');
    const admin = emulator.client('admin');
    expect(
      await refusal(author.orgs.setMembershipForUser({ org, username })),
    ).toMatchObject({ status: 403 });
    const invited = await admin.orgs.setMembershipForUser({ org, username });
    expect(invited.data.state).toBe('pending');
    expect(
      await refusal(admin.orgs.checkMembershipForUser({ org, username })),
    ).toMatchObject({ status: 404 });
    await emulator
      .client(username)
      .orgs.updateMembershipForAuthenticatedUser({ org, state: 'active' });
    expect(
      (await admin.orgs.checkMembershipForUser({ org, username })).status,
    ).toBe(204);
    const memberships = await emulator
      .client(username)
      .orgs.listMembershipsForAuthenticatedUser();
    expect(memberships.data).toHaveLength(1);
    await admin.orgs.removeMembershipForUser({ org, username });
    expect(
      await refusal(admin.orgs.getMembershipForUser({ org, username })),
    ).toMatchObject({ status: 404 });
  });

  it('shows teams to members only', async () => {
    const { data } = await emulator.client('author').teams.list({ org });
    expect(data.map(({ slug }) => slug)).toEqual(['admins', 'gateway', 'edge']);
    expect(data[2].parent?.slug).toBe('gateway');
    expect(
      await refusal(
        emulator
          .client('outsider')
          .teams.getByName({ org, team_slug: 'gateway' }),
      ),
    ).toMatchObject({ status: 404 });
    const team = { org, team_slug: 'gateway' };
    const client = emulator.client('author');
    expect((await client.teams.getByName(team)).data.members_count).toBe(2);
    expect((await client.teams.listChildInOrg(team)).data).toHaveLength(1);
    const members = await client.teams.listMembersInOrg(team);
    expect(members.data.map(({ login }) => login)).toEqual([
      'author',
      'contributor',
    ]);
    expect(
      (await emulator.client('contributor').teams.listForAuthenticatedUser())
        .data,
    ).toHaveLength(2);
  });

  it('lets owners make, change and delete teams', async () => {
    const { teams } = emulator.client('admin');
    const made = await teams.create({
      org,
      name: 'Night Watch',
      maintainers: ['author'],
    });
    const team_slug = 'night-watch';
    expect(made.data).toMatchObject({ slug: team_slug, members_count: 1 });
    expect(await refusal(teams.create({ org, name: 'night watch' }))).toEqual({
      status: 422,
      message: 'Validation Failed',
      fields: ['Name must be unique for this org'],
    });
    await teams.updateInOrg({ org, team_slug, description: 'By night' });
    const person = { org, team_slug, username: 'contributor' };
    await teams.addOrUpdateMembershipForUserInOrg(person);
    expect((await teams.getMembershipForUserInOrg(person)).data.role).toBe(
      'member',
    );
    await teams.removeMembershipForUserInOrg(person);
    expect(
      await refusal(teams.getMembershipForUserInOrg(person)),
    ).toMatchObject({ status: 404 });
    await teams.deleteInOrg({ org, team_slug });
    expect(await refusal(teams.getByName({ org, team_slug }))).toMatchObject({
      status: 404,
    });
    expect(
      await refusal(
        emulator.client('author').teams.create({ org, name: 'mine' }),
      ),
    ).toMatchObject({ status: 403 });
  });

  it('gives what a team may do to its members', async () => {
    const admin = emulator.client('admin');
    await admin.repos.createInOrg({
      org,
      name: 'quiet',
      visibility: 'private',
    });
    const permissions = async () =>
      (
        await emulator
          .client('contributor')
          .repos.get({ owner: org, repo: 'quiet' })
      ).data.permissions;
    expect(await permissions()).toMatchObject({ pull: true, push: false });
    const grant = { org, team_slug: 'edge', owner: org, repo: 'quiet' };
    await admin.teams.addOrUpdateRepoPermissionsInOrg({
      ...grant,
      permission: 'maintain',
    });
    expect(await permissions()).toMatchObject({ maintain: true, admin: false });
    const listed = await admin.teams.listReposInOrg({ org, team_slug: 'edge' });
    expect(listed.data).toMatchObject([{ name: 'quiet' }]);
    expect((await admin.teams.checkPermissionsForRepoInOrg(grant)).status).toBe(
      204,
    );
    const teams = await admin.repos.listTeams({ owner: org, repo: 'quiet' });
    expect(teams.data).toMatchObject([{ slug: 'edge' }]);
    await admin.teams.removeRepoInOrg(grant);
    expect(await permissions()).toMatchObject({ pull: true, push: false });
  });
});
