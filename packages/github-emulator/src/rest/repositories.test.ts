import { refusal, setupTestEmulator } from '../__testUtils__/setupTestEmulator';

// Git runs as a process for every step: slow where many tests run side by side.
jest.setTimeout(60_000);

describe('repositories', () => {
  const emulator = setupTestEmulator();
  const plugin = { owner: 'envoy-plugins', repo: 'token-auth' };

  it('can be made in an organisation by its members', async () => {
    const { data } = await emulator.client('author').repos.createInOrg({
      org: 'envoy-plugins',
      name: 'made-by-a-member',
      description: 'x',
      visibility: 'public',
      has_wiki: false,
    });
    expect(data).toMatchObject({
      full_name: 'envoy-plugins/made-by-a-member',
      private: false,
      has_wiki: false,
      default_branch: 'main',
      permissions: { admin: true },
      clone_url: `${emulator.url}/envoy-plugins/made-by-a-member.git`,
      html_url: `${emulator.url}/envoy-plugins/made-by-a-member`,
    });
  });

  it('can be made for oneself, private and with a first commit', async () => {
    const client = emulator.client('contributor');
    const { data } = await client.repos.createForAuthenticatedUser({
      name: 'notebook',
      private: true,
      auto_init: true,
    });
    expect(data).toMatchObject({ private: true, visibility: 'private' });
    const readme = await client.repos.getReadme({
      owner: 'contributor',
      repo: 'notebook',
    });
    expect(readme.data.path).toBe('README.md');
    expect(
      await refusal(
        emulator
          .client('author')
          .repos.get({ owner: 'contributor', repo: 'notebook' }),
      ),
    ).toMatchObject({ status: 404, message: 'Not Found' });
  });

  it('are refused when the name is taken, whatever its case', async () => {
    expect(
      await refusal(
        emulator
          .client('author')
          .repos.createInOrg({ org: 'envoy-plugins', name: 'Token-Auth' }),
      ),
    ).toEqual({
      status: 422,
      message: 'Repository creation failed.',
      fields: ['name already exists on this account'],
    });
  });

  it('are made once when two ask for the same name at once', async () => {
    const create = () =>
      emulator
        .client('author')
        .repos.createForAuthenticatedUser({ name: 'twice' });
    const results = await Promise.allSettled([create(), create(), create()]);
    expect(results.map(({ status }) => status).sort()).toEqual([
      'fulfilled',
      'rejected',
      'rejected',
    ]);
  });

  it.each(['..', 'a/b', 'ü', 'x'.repeat(101), '$(touch x)'])(
    'are refused when the name is %p',
    async name => {
      expect(
        await refusal(
          emulator.client('author').repos.createForAuthenticatedUser({ name }),
        ),
      ).toMatchObject({ status: 422 });
    },
  );

  it('cannot be made in an organisation by others, nor by members that it does not let', async () => {
    const create = (login: string) =>
      emulator
        .client(login)
        .repos.createInOrg({ org: 'envoy-plugins', name: `by-${login}` });
    expect(await refusal(create('outsider'))).toMatchObject({
      status: 403,
      message:
        'You need admin access to the organization before adding a repository to it.',
    });
    const { accounts, store } = emulator.running.state;
    const id = accounts.findOrganization('envoy-plugins')?.id ?? 0;
    store.collections.accounts.update(id, {
      membersCanCreateRepositories: false,
    });
    expect(await refusal(create('author'))).toMatchObject({
      status: 403,
      message: expect.stringContaining('permission to create repositories'),
    });
    expect((await create('admin')).status).toBe(201);
    store.collections.accounts.update(id, {
      membersCanCreateRepositories: true,
    });
  });

  it('cannot be made with a token whose scopes do not allow it', async () => {
    expect(
      await refusal(
        emulator
          .client('narrow')
          .repos.createForAuthenticatedUser({ name: 'x' }),
      ),
    ).toMatchObject({ status: 404 });
  });

  it('stay hidden from a token without the repo scope when they are private', async () => {
    const secret = { owner: 'author', repo: 'secret-plans' };
    expect((await emulator.client('author').repos.get(secret)).status).toBe(
      200,
    );
    expect(
      await refusal(emulator.client('narrow').repos.get(secret)),
    ).toMatchObject({ status: 404 });
    const own = await emulator
      .client('author')
      .repos.listForAuthenticatedUser({ affiliation: 'owner' });
    expect(own.data.map(({ name }) => name)).toContain('secret-plans');
    const seen = await emulator
      .client('outsider')
      .repos.listForUser({ username: 'author' });
    expect(seen.data.map(({ name }) => name)).not.toContain('secret-plans');
  });

  it('tell what is known about them', async () => {
    const client = emulator.client('author');
    const { data } = await client.repos.get(plugin);
    expect(data).toMatchObject({
      language: 'Go',
      stargazers_count: 2,
      open_issues_count: 2,
      topics: ['envoy', 'envoy-go-plugin'],
      license: { spdx_id: 'Apache-2.0' },
      permissions: { admin: true },
    });
    const languages = await client.repos.listLanguages(plugin);
    expect(Object.keys(languages.data)).toEqual(['Go', 'Dockerfile']);
    const license = await client.licenses.getForRepo(plugin);
    expect(license.data.license?.key).toBe('apache-2.0');
    const people = await client.repos.listContributors(plugin);
    expect(people.data).toMatchObject([{ login: 'author', contributions: 2 }]);
    const list = await client.repos.listForOrg({ org: 'envoy-plugins' });
    expect(list.data.map(({ name }) => name)).toContain('token-auth');
  });

  it('keep their topics, and refuse impossible ones', async () => {
    const client = emulator.client('author');
    const set = (names: string[]) =>
      client.repos.replaceAllTopics({ ...plugin, names });
    expect((await set(['envoy', 'authn'])).data.names).toEqual([
      'envoy',
      'authn',
    ]);
    expect((await client.repos.getAllTopics(plugin)).data.names).toEqual([
      'envoy',
      'authn',
    ]);
    expect(await refusal(set(['Not OK']))).toMatchObject({ status: 422 });
    expect(
      await refusal(
        emulator
          .client('contributor')
          .repos.replaceAllTopics({ ...plugin, names: [] }),
      ),
    ).toMatchObject({
      status: 403,
      message: 'Must have admin rights to Repository.',
    });
  });

  it('can be changed, archived, renamed and deleted by those who own them', async () => {
    const client = emulator.client('author');
    const repo = 'to-change';
    const name = { owner: 'author', repo };
    await client.repos.createForAuthenticatedUser({ name: repo });
    await client.repos.update({ ...name, description: 'new', archived: true });
    expect((await client.repos.get(name)).data).toMatchObject({
      description: 'new',
      archived: true,
    });
    expect(
      await refusal(client.repos.replaceAllTopics({ ...name, names: [] })),
    ).toMatchObject({
      status: 403,
      message: 'Repository was archived so is read-only.',
    });
    await client.repos.update({ ...name, archived: false });
    await client.repos.update({ ...name, name: 'changed' });
    await client.repos.delete({ owner: 'author', repo: 'changed' });
    expect(
      await refusal(client.repos.get({ owner: 'author', repo: 'changed' })),
    ).toMatchObject({ status: 404 });
    expect(
      await refusal(emulator.client('contributor').repos.delete(plugin)),
    ).toMatchObject({ status: 403 });
  });

  it('can be forked, and the fork knows where it came from', async () => {
    const client = emulator.client('outsider');
    await client.repos.createFork(plugin);
    const { data } = await client.repos.get({
      owner: 'outsider',
      repo: 'token-auth',
    });
    expect(data).toMatchObject({
      fork: true,
      parent: { full_name: 'envoy-plugins/token-auth' },
    });
    const forks = await client.repos.listForks(plugin);
    expect(forks.data).toMatchObject([{ full_name: 'outsider/token-auth' }]);
    expect((await client.repos.get(plugin)).data.forks_count).toBe(1);
  });

  describe('collaborators', () => {
    it('from the organisation are added at once, others are invited', async () => {
      const client = emulator.client('author');
      const add = (username: string) =>
        client.repos.addCollaborator({
          ...plugin,
          username,
          permission: 'maintain',
        });
      expect((await add('contributor')).status).toBe(204);
      const invited = await add('outsider');
      expect(invited.status).toBe(201);
      const guest = emulator.client('outsider');
      const invitations =
        await guest.repos.listInvitationsForAuthenticatedUser();
      expect(invitations.data).toMatchObject([
        { repository: { name: 'token-auth' }, permissions: 'maintain' },
      ]);
      expect((await client.repos.listInvitations(plugin)).data).toHaveLength(1);
      await guest.repos.acceptInvitationForAuthenticatedUser({
        invitation_id: invitations.data[0].id,
      });
      const permission = await client.repos.getCollaboratorPermissionLevel({
        ...plugin,
        username: 'outsider',
      });
      expect(permission.data).toMatchObject({
        permission: 'write',
        role_name: 'maintain',
      });
      const list = await client.repos.listCollaborators(plugin);
      expect(list.data.map(({ login }) => login)).toEqual(
        expect.arrayContaining(['author', 'contributor', 'outsider']),
      );
      await client.repos.removeCollaborator({
        ...plugin,
        username: 'outsider',
      });
      expect(
        await refusal(
          client.repos.checkCollaborator({ ...plugin, username: 'outsider' }),
        ),
      ).toMatchObject({ status: 404 });
    });

    it('are a secret to those who may not write', async () => {
      expect(
        await refusal(
          emulator.client('outsider').repos.listCollaborators(plugin),
        ),
      ).toMatchObject({ status: 403 });
    });
  });

  describe('stars and subscriptions', () => {
    it('are given and taken by people', async () => {
      const client = emulator.client('outsider');
      const { activity } = client;
      expect(
        await refusal(activity.checkRepoIsStarredByAuthenticatedUser(plugin)),
      ).toMatchObject({ status: 404 });
      await activity.starRepoForAuthenticatedUser(plugin);
      await activity.starRepoForAuthenticatedUser(plugin);
      expect((await client.repos.get(plugin)).data.stargazers_count).toBe(3);
      const starred = await activity.listReposStarredByAuthenticatedUser();
      expect(starred.data).toMatchObject([{ name: 'token-auth' }]);
      const gazers = await activity.listStargazersForRepo({
        ...plugin,
        headers: { accept: 'application/vnd.github.v3.star+json' },
      });
      expect(gazers.data).toContainEqual(
        expect.objectContaining({
          starred_at: expect.any(String),
          user: expect.objectContaining({ login: 'outsider' }),
        }),
      );
      await activity.unstarRepoForAuthenticatedUser(plugin);
      expect((await client.repos.get(plugin)).data.stargazers_count).toBe(2);
      expect(
        await refusal(
          emulator
            .client('narrow')
            .activity.starRepoForAuthenticatedUser(plugin),
        ),
      ).toMatchObject({ status: 404 });
    });

    it('are remembered', async () => {
      const { activity } = emulator.client('author');
      await activity.setRepoSubscription({ ...plugin, subscribed: true });
      expect((await activity.getRepoSubscription(plugin)).data.subscribed).toBe(
        true,
      );
      expect((await activity.listWatchersForRepo(plugin)).data).toHaveLength(1);
      await activity.deleteRepoSubscription(plugin);
      expect(await refusal(activity.getRepoSubscription(plugin))).toMatchObject(
        { status: 404 },
      );
    });
  });

  it('keep the settings and variables of workflows', async () => {
    const { actions } = emulator.client('author');
    await actions.setWorkflowAccessToRepository({
      ...plugin,
      access_level: 'organization',
    });
    expect(
      (await actions.getWorkflowAccessToRepository(plugin)).data.access_level,
    ).toBe('organization');
    const variable = { ...plugin, name: 'COLOR', value: 'blue' };
    await actions.createRepoVariable(variable);
    expect(await refusal(actions.createRepoVariable(variable))).toMatchObject({
      status: 409,
    });
    expect((await actions.getRepoVariable(variable)).data.value).toBe('blue');
    expect((await actions.listRepoVariables(plugin)).data.total_count).toBe(1);
  });

  it('can be searched by words, topics and owners', async () => {
    const { search } = emulator.client('author');
    const find = async (q: string) =>
      (await search.repos({ q })).data.items.map(({ name }) => name);
    expect(await find('valid token')).toContain('token-auth');
    expect(await find('topic:authn org:envoy-plugins')).toEqual(['token-auth']);
    expect(await find('plans user:author')).toEqual(['secret-plans']);
    expect(
      (await emulator.client('outsider').search.repos({ q: 'plans' })).data
        .total_count,
    ).toBe(0);
    expect(await refusal(search.repos({ q: ' ' }))).toMatchObject({
      status: 422,
    });
  });
});
