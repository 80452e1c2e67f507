import { Receiver } from '../__testUtils__/Receiver';
import { refusal, setupTestEmulator } from '../__testUtils__/setupTestEmulator';
import { runGit } from '../git/runGit';

// Git runs as a process for every step: slow where many tests run side by side.
jest.setTimeout(60_000);

describe('repositories that change hands', () => {
  const org = 'envoy-plugins';
  const emulator = setupTestEmulator();
  const receiver = new Receiver();
  const author = () => emulator.client('author');
  const settled = () => emulator.running.deliveriesSettled();

  beforeAll(async () => {
    await receiver.open();
    await emulator.client('admin').orgs.createWebhook({
      org,
      name: 'web',
      events: ['*'],
      config: { url: receiver.url, content_type: 'json' },
    });
  });
  afterAll(() => receiver.close());

  async function makeRepository(name: string) {
    const { data } = await author().repos.createForAuthenticatedUser({
      name,
      auto_init: true,
    });
    await settled();
    receiver.take();
    return data;
  }

  it('are transferred after the answer, and found under the name before', async () => {
    const before = await makeRepository('header-guard');
    const gateway = emulator.running.state.accounts
      .teams(Number(emulator.running.state.accounts.find(org)?.id))
      .find(({ slug }) => slug === 'gateway');
    const type = Buffer.from('\0\0\0\x0bssh-ed25519\0\0\0\x20');
    await author().repos.createDeployKey({
      owner: 'author',
      repo: 'header-guard',
      title: 'builder',
      key: `ssh-ed25519 ${Buffer.concat([type, Buffer.alloc(32)]).toString(
        'base64',
      )}`,
    });
    const { status, data } = await author().repos.transfer({
      owner: 'author',
      repo: 'header-guard',
      new_owner: org,
      team_ids: [Number(gateway?.id)],
    });
    expect(status).toBe(202);
    expect(data.full_name).toBe('author/header-guard');
    await settled();
    const { data: after } = await author().repos.get({
      owner: org,
      repo: 'header-guard',
    });
    expect(after).toMatchObject({ id: before.id, node_id: before.node_id });
    expect(receiver.received.at(-1)?.payload).toMatchObject({
      action: 'transferred',
      changes: { owner: { from: { user: { login: 'author' } } } },
      repository: { id: before.id, full_name: `${org}/header-guard` },
      organization: { login: org },
    });
    expect(receiver.take()).toEqual(['repository.transferred']);
    const moved = await emulator.fetch('/api/v3/repos/author/header-guard');
    expect(moved.status).toBe(301);
    expect(moved.headers.get('location')).toMatch(`/repositories/${before.id}`);
    const { data: level } = await author().repos.getCollaboratorPermissionLevel(
      {
        owner: org,
        repo: 'header-guard',
        username: 'author',
      },
    );
    expect(level.role_name).toBe('admin');
    expect(
      (
        await author().repos.listDeployKeys({
          owner: org,
          repo: 'header-guard',
        })
      ).data,
    ).toMatchObject([{ title: 'builder' }]);
    const byId = await emulator.fetch(`/api/v3/repositories/${before.id}`, {
      login: 'author',
    });
    expect(await byId.json()).toMatchObject({
      id: before.id,
      full_name: `${org}/header-guard`,
    });
    expect((await emulator.fetch('/api/v3/repositories/999999')).status).toBe(
      404,
    );
    const { data: secret } = await author().repos.get({
      owner: 'author',
      repo: 'secret-plans',
    });
    expect(
      (
        await emulator.fetch(`/api/v3/repositories/${secret.id}`, {
          login: 'outsider',
        })
      ).status,
    ).toBe(404);
    const { data: teams } = await author().repos.listTeams({
      owner: org,
      repo: 'header-guard',
    });
    expect(teams).toMatchObject([{ slug: 'gateway' }]);
  });

  it('stay where the new owner has no place for them', async () => {
    await makeRepository('stay');
    const transfer = (new_owner: string, login = 'author', new_name?: string) =>
      refusal(
        emulator.client(login).repos.transfer({
          owner: 'author',
          repo: 'stay',
          new_owner,
          new_name,
        }),
      );
    expect(await transfer('nobody')).toMatchObject({ status: 422 });
    expect(await transfer(org, 'contributor')).toMatchObject({ status: 403 });
    expect(await transfer(org, 'author', 'token-auth')).toMatchObject({
      status: 422,
      message: 'envoy-plugins/token-auth already exists',
    });
    await settled();
    expect(receiver.take()).toEqual([]);
  });

  it('get a new id when they are made again under the name before', async () => {
    const before = await makeRepository('phoenix');
    const place = { owner: 'author', repo: 'phoenix' };
    await author().repos.delete(place);
    const after = await makeRepository('phoenix');
    expect(after.id).toBeGreaterThan(before.id);
    const answer = await emulator.fetch('/api/graphql', {
      method: 'POST',
      login: 'author',
      body: JSON.stringify({
        query: 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }',
        variables: { ids: [before.node_id, after.node_id] },
      }),
    });
    expect(await answer.json()).toMatchObject({
      data: { nodes: [null, { id: after.node_id }] },
      errors: [{ type: 'NOT_FOUND', path: ['nodes', 0] }],
    });
  });

  it('are hidden and shown', async () => {
    const place = { owner: org, repo: 'header-guard' };
    await author().repos.update({ ...place, visibility: 'private' });
    await author().repos.update({ ...place, private: false });
    await settled();
    expect(receiver.take()).toEqual([
      'repository.privatized',
      'repository.publicized',
      'public',
    ]);
  });

  it('tell of tags that are moved, through the API and by git', async () => {
    const place = { owner: org, repo: 'header-guard' };
    const first = await author().git.getRef({ ...place, ref: 'heads/main' });
    const { sha } = first.data.object;
    await author().git.createRef({ ...place, ref: 'refs/tags/v1.0.0', sha });
    const { data: second } = await author().repos.createOrUpdateFileContents({
      ...place,
      path: 'filter.go',
      message: 'Add the filter',
      content: Buffer.from('package guard\n').toString('base64'),
    });
    await settled();
    receiver.take();
    await author().git.updateRef({
      ...place,
      ref: 'tags/v1.0.0',
      sha: String(second.commit.sha),
      force: true,
    });
    await settled();
    expect(receiver.received).toMatchObject([
      {
        event: 'push',
        payload: {
          ref: 'refs/tags/v1.0.0',
          before: sha,
          after: second.commit.sha,
          created: false,
          deleted: false,
          forced: false,
        },
      },
    ]);
    receiver.take();
    const remote = emulator.url.replace('//', '//author:author-token@');
    const clone = emulator.running.state.git.of({ id: 0 }).directory;
    await runGit([
      'clone',
      '--bare',
      '--quiet',
      `${remote}/${org}/header-guard.git`,
      clone,
    ]);
    const git = (...args: string[]) => runGit(args, { repository: clone });
    await git('tag', '--force', 'v1.0.0', sha);
    await git('push', '--quiet', '--force', 'origin', 'v1.0.0');
    await settled();
    expect(receiver.received.map(({ payload }) => payload)).toMatchObject([
      { ref: 'refs/tags/v1.0.0', after: sha, forced: true, created: false },
    ]);
    receiver.take();
    await git('push', '--quiet', 'origin', ':v1.0.0');
    await settled();
    expect(receiver.received.map(({ payload }) => payload)).toMatchObject([
      { ref: 'v1.0.0', ref_type: 'tag' },
      { ref: 'refs/tags/v1.0.0', deleted: true, before: sha },
    ]);
    receiver.take();
  });

  it('wait until a person accepts them, asked once or more', async () => {
    const name = 'for-a-friend';
    const { id } = await makeRepository(name);
    const give = () =>
      author().repos.transfer({
        owner: 'author',
        repo: name,
        new_owner: 'contributor',
      });
    expect((await give()).status).toBe(202);
    await give();
    await settled();
    const { transfers, repositories } = emulator.running.state;
    const [offer, ...more] = transfers.offers();
    expect(more).toEqual([]);
    expect(repositories.find('author', name)?.id).toBe(id);
    const page = await emulator.fetch('/contributor');
    expect(await page.text()).toContain('Offered to contributor');
    const accept = () =>
      emulator.fetch(`/_transfers/${offer.id}/accept`, { method: 'POST' });
    expect((await accept()).status).toBe(200);
    await settled();
    expect(repositories.find('contributor', name)?.id).toBe(id);
    expect((await accept()).status).toBe(404);
  });
});
