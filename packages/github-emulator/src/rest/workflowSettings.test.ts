import { Receiver } from '../__testUtils__/Receiver';
import { refusal, setupTestEmulator } from '../__testUtils__/setupTestEmulator';

describe('what a repository lets in', () => {
  const emulator = setupTestEmulator();
  const receiver = new Receiver();
  const plugin = { owner: 'envoy-plugins', repo: 'token-auth' };
  const admin = () => emulator.client('admin');
  const author = () => emulator.client('author');
  const contributor = () => emulator.client('contributor');

  beforeAll(() => receiver.open());
  afterAll(() => receiver.close());

  /** A public key as `ssh-keygen` writes it. */
  function publicKey(fill: number): string {
    const part = (content: Buffer) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(content.length);
      return Buffer.concat([length, content]);
    };
    const type = 'ssh-ed25519';
    return `${type} ${Buffer.concat([
      part(Buffer.from(type)),
      part(Buffer.alloc(32, fill)),
    ]).toString('base64')}`;
  }

  it('is opened by deploy keys, which administrators manage', async () => {
    const { repos } = admin();
    await repos.createWebhook({
      ...plugin,
      events: ['deploy_key'],
      config: { url: receiver.url, content_type: 'json' },
    });
    await emulator.running.deliveriesSettled();
    receiver.take();
    const { data: added } = await repos.createDeployKey({
      ...plugin,
      title: 'builder',
      key: `${publicKey(1)} me@example.test`,
      read_only: true,
    });
    expect(added).toMatchObject({
      key: publicKey(1),
      title: 'builder',
      read_only: true,
      added_by: 'admin',
      url: expect.stringMatching(/\/keys\/\d+$/),
    });
    const key = { ...plugin, key_id: added.id };
    expect((await repos.getDeployKey(key)).data).toEqual(added);
    expect((await repos.listDeployKeys(plugin)).data).toEqual([added]);
    const add = (text: string) =>
      refusal(repos.createDeployKey({ ...plugin, key: text }));
    expect(await add(publicKey(1))).toMatchObject({
      status: 422,
      fields: ['key is already in use'],
    });
    expect(await add('ssh-ed25519 AAAA')).toMatchObject({ status: 422 });
    expect(
      await refusal(contributor().repos.listDeployKeys(plugin)),
    ).toMatchObject({
      status: 404,
    });
    await repos.deleteDeployKey(key);
    expect(await refusal(repos.getDeployKey(key))).toMatchObject({
      status: 404,
    });
    await emulator.running.deliveriesSettled();
    expect(receiver.take()).toEqual([
      'deploy_key.created',
      'deploy_key.deleted',
    ]);
  });

  it('has secrets of which only the names are known', async () => {
    const { actions } = author();
    const { data: key } = await actions.getRepoPublicKey(plugin);
    expect(Buffer.from(key.key, 'base64')).toHaveLength(32);
    expect((await actions.getRepoPublicKey(plugin)).data).toEqual(key);
    const put = (
      name: string,
      change: { key_id?: string; bytes?: number } = {},
    ) =>
      actions.createOrUpdateRepoSecret({
        ...plugin,
        secret_name: name,
        key_id: change.key_id ?? key.key_id,
        encrypted_value: Buffer.alloc(change.bytes ?? 60, 7).toString('base64'),
      });
    expect((await put('registry_password')).status).toBe(201);
    expect((await put('REGISTRY_PASSWORD')).status).toBe(204);
    expect(await refusal(put('GITHUB_X'))).toMatchObject({ status: 422 });
    expect(await refusal(put('A', { key_id: '1' }))).toMatchObject({
      status: 422,
    });
    expect(await refusal(put('A', { bytes: 12 }))).toMatchObject({
      status: 422,
    });
    const { data } = await actions.listRepoSecrets(plugin);
    expect(data).toEqual({
      total_count: 1,
      secrets: [
        {
          name: 'REGISTRY_PASSWORD',
          created_at: expect.any(String),
          updated_at: expect.any(String),
        },
      ],
    });
    const secret = { ...plugin, secret_name: 'REGISTRY_PASSWORD' };
    expect((await actions.getRepoSecret(secret)).data).toEqual(data.secrets[0]);
    expect(
      await refusal(emulator.client('outsider').actions.getRepoSecret(secret)),
    ).toMatchObject({ status: 403 });
    await actions.deleteRepoSecret(secret);
    expect(await refusal(actions.deleteRepoSecret(secret))).toMatchObject({
      status: 404,
    });
  });

  it('has variables that can be changed and taken away', async () => {
    const { actions } = author();
    for (const name of ['STAGE', 'REGION']) {
      await actions.createRepoVariable({ ...plugin, name, value: 'a' });
    }
    const variable = { ...plugin, name: 'STAGE' };
    await actions.updateRepoVariable({ ...variable, value: 'b' });
    expect((await actions.getRepoVariable(variable)).data.value).toBe('b');
    expect(
      await refusal(
        author().request(
          'PATCH /repos/{owner}/{repo}/actions/variables/STAGE',
          {
            ...plugin,
            name: 'region',
          },
        ),
      ),
    ).toMatchObject({ status: 409 });
    await actions.deleteRepoVariable(variable);
    expect(await refusal(actions.getRepoVariable(variable))).toMatchObject({
      status: 404,
    });
  });

  it('has environments', async () => {
    const { repos } = admin();
    const production = { ...plugin, environment_name: 'production' };
    await repos.createOrUpdateEnvironment({ ...production, wait_timer: 5 });
    expect((await repos.getAllEnvironments(plugin)).data).toMatchObject({
      total_count: 1,
      environments: [
        {
          name: 'production',
          protection_rules: [{ type: 'wait_timer', wait_timer: 5 }],
        },
      ],
    });
    expect((await repos.getEnvironment(production)).data.name).toBe(
      'production',
    );
    expect(
      await refusal(contributor().repos.deleteAnEnvironment(production)),
    ).toMatchObject({ status: 403 });
    await repos.deleteAnEnvironment(production);
    expect(await refusal(repos.getEnvironment(production))).toMatchObject({
      status: 404,
    });
  });

  it('lists workflow files, which need the workflow scope to be changed', async () => {
    const token = await emulator.running.createToken('author', ['repo']);
    const path = '.github/workflows/ci.yaml';
    const { data: head } = await author().repos.getBranch({
      ...plugin,
      branch: 'main',
    });
    const graph = (login: string, bearer?: string) =>
      emulator.fetch('/api/graphql', {
        method: 'POST',
        login,
        ...(bearer && { headers: { authorization: `bearer ${bearer}` } }),
        body: JSON.stringify({
          query:
            'mutation ($input: CreateCommitOnBranchInput!) { createCommitOnBranch(input: $input) { clientMutationId } }',
          variables: {
            input: {
              branch: {
                repositoryNameWithOwner: 'envoy-plugins/token-auth',
                branchName: 'main',
              },
              message: { headline: 'Build' },
              expectedHeadOid: head.commit.sha,
              fileChanges: { additions: [{ path, contents: '' }] },
            },
          },
        }),
      });
    expect(await (await graph('author', token)).json()).toMatchObject({
      errors: [{ message: expect.stringContaining('`workflow` scope') }],
    });
    const refused = await emulator.fetch(
      `/api/v3/repos/envoy-plugins/token-auth/contents/${path}`,
      {
        method: 'PUT',
        headers: { authorization: `bearer ${token}` },
        body: JSON.stringify({ message: 'x', content: '' }),
      },
    );
    expect(refused.status).toBe(404);
    const { actions, repos } = author();
    expect((await actions.listRepoWorkflows(plugin)).data.total_count).toBe(0);
    await repos.createOrUpdateFileContents({
      ...plugin,
      path,
      message: 'Build',
      content: Buffer.from('name: Build\non: push\n').toString('base64'),
    });
    const { data } = await actions.listRepoWorkflows(plugin);
    expect(data).toMatchObject({
      total_count: 1,
      workflows: [{ name: 'Build', path, state: 'active' }],
    });
    const workflow = (workflow_id: string | number) =>
      actions.getWorkflow({ ...plugin, workflow_id });
    expect((await workflow('ci.yaml')).data).toEqual(data.workflows[0]);
    expect((await workflow(data.workflows[0].id)).data.name).toBe('Build');
    expect(await refusal(workflow('other.yaml'))).toMatchObject({
      status: 404,
    });
  });
});
