import { ConfigReader } from '@backstage/config';
import {
  DefaultGithubCredentialsProvider,
  ScmIntegrations,
} from '@backstage/integration';
import { Octokit } from '@octokit/rest';
import { createSign, generateKeyPairSync } from 'node:crypto';
import { Receiver } from '../__testUtils__/Receiver';
import { refusal, setupTestEmulator } from '../__testUtils__/setupTestEmulator';
import { TEST_SEED } from '../__testUtils__/testSeed';

const KEYS = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
});

const PLACE = { owner: 'envoy-plugins', repo: 'token-auth' };

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

describe('GitHub Apps', () => {
  let now = Date.now();
  const receiver = new Receiver();
  const emulator = setupTestEmulator({
    clock: () => new Date(now),
    seed: {
      ...TEST_SEED,
      apps: [
        {
          slug: 'portal',
          id: 7,
          owner: 'envoy-plugins',
          key: KEYS.publicKey,
          permissions: {
            contents: 'write',
            issues: 'write',
            members: 'read',
            organization_hooks: 'write',
          },
          events: ['star', 'push'],
          installations: [{ account: 'envoy-plugins' }],
        },
        {
          slug: 'narrow',
          id: 8,
          owner: 'admin',
          key: KEYS.privateKey,
          permissions: { metadata: 'read' },
        },
      ],
    },
  });

  beforeAll(async () => {
    await receiver.open();
    const { apps } = emulator.running.state;
    apps.register({
      slug: 'portal',
      owner: 'envoy-plugins',
      key: KEYS.privateKey,
      permissions: apps.get(7).permissions,
      events: ['star', 'push'],
      webhook: { url: receiver.url, secret: 'hush' },
    });
  });
  afterAll(() => receiver.close());

  function jsonWebToken(claims: object = {}, key = KEYS.privateKey): string {
    const seconds = Math.floor(now / 1000);
    const text = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode({
      iss: 7,
      iat: seconds - 30,
      exp: seconds + 300,
      ...claims,
    })}`;
    const signature = createSign('RSA-SHA256').update(text).sign(key);
    return `${text}.${signature.toString('base64url')}`;
  }

  const as = (auth: string) =>
    new Octokit({
      baseUrl: emulator.running.apiBaseUrl,
      auth,
      log: { debug() {}, info() {}, warn() {}, error() {} },
    });

  async function installed(options: object = {}) {
    const app = as(jsonWebToken());
    const { data: installation } = await app.apps.getOrgInstallation({
      org: 'envoy-plugins',
    });
    const { data } = await app.apps.createInstallationAccessToken({
      installation_id: installation.id,
      ...options,
    });
    return { installation, token: data, client: as(data.token) };
  }

  it('give the unchanged credentials provider of Backstage what it needs', async () => {
    const provider = DefaultGithubCredentialsProvider.fromIntegrations(
      ScmIntegrations.fromConfig(
        new ConfigReader({
          integrations: {
            github: [
              {
                host: emulator.running.host,
                apiBaseUrl: emulator.running.apiBaseUrl,
                apps: [
                  {
                    appId: 7,
                    clientId: 'id',
                    clientSecret: 'secret',
                    webhookSecret: 'hush',
                    privateKey: KEYS.privateKey,
                  },
                ],
              },
            ],
          },
        }),
      ),
    );
    const { token, type } = await provider.getCredentials({
      url: `${emulator.url}/envoy-plugins/token-auth`,
    });
    expect({ token, type }).toEqual({
      token: expect.stringMatching(/^ghs_/),
      type: 'app',
    });
    const { data } = await as(String(token)).repos.getReadme(PLACE);
    expect(data.name).toBe('README.md');
  });

  it('say who they are, and where they are installed', async () => {
    const app = as(jsonWebToken({ iss: 'Iv23portal' }));
    expect((await app.apps.getAuthenticated()).data).toMatchObject({
      id: 7,
      slug: 'portal',
      installations_count: 1,
    });
    const { data: list } = await app.apps.listInstallations();
    expect(list).toMatchObject([
      { account: { login: 'envoy-plugins' }, repository_selection: 'all' },
    ]);
    expect((await app.apps.getRepoInstallation(PLACE)).data.id).toBe(
      list[0].id,
    );
    expect(
      await refusal(
        app.apps.getRepoInstallation({ owner: 'author', repo: 'secret-plans' }),
      ),
    ).toMatchObject({ status: 404 });
    expect(await refusal(app.repos.get(PLACE))).toMatchObject({ status: 403 });
    expect(
      await refusal(emulator.client('author').apps.getAuthenticated()),
    ).toMatchObject({ status: 401 });
  });

  it('are told when their word is not good', async () => {
    const told = async (token: string) =>
      await refusal(as(token).apps.getAuthenticated());
    const seconds = Math.floor(now / 1000);
    const other = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    });
    expect(await told(jsonWebToken({}, other.privateKey))).toMatchObject({
      status: 401,
      message: 'A JSON web token could not be decoded',
    });
    expect(await told(jsonWebToken({ exp: seconds - 1 }))).toMatchObject({
      status: 401,
      message: expect.stringContaining("'exp'"),
    });
    expect(await told(jsonWebToken({ exp: seconds + 3600 }))).toMatchObject({
      status: 401,
      message: expect.stringContaining('too far in the future'),
    });
    expect(await told(jsonWebToken({ iss: 999 }))).toMatchObject({
      status: 404,
      message: 'Integration not found',
    });
  });

  it('act in an account as far as they were permitted', async () => {
    const { client } = await installed();
    await client.issues.create({ ...PLACE, title: 'By an app' });
    const { data: issues } = await client.issues.listForRepo(PLACE);
    expect(issues[0].user).toMatchObject({
      login: 'portal[bot]',
      type: 'Bot',
    });
    const { data: members } = await client.orgs.listMembers({
      org: 'envoy-plugins',
    });
    expect(members).toHaveLength(4);
    const refused = {
      status: 403,
      message: 'Resource not accessible by integration',
    };
    expect(
      await refusal(client.repos.update({ ...PLACE, description: 'x' })),
    ).toMatchObject(refused);
    expect(await refusal(client.users.getAuthenticated())).toMatchObject(
      refused,
    );
    const { data: list } =
      await client.apps.listReposAccessibleToInstallation();
    expect(list.repositories.map(({ name }) => name)).toEqual(['token-auth']);
    expect(
      await client.graphql('{ viewer { login } rateLimit { limit } }'),
    ).toEqual({ viewer: { login: 'portal[bot]' }, rateLimit: { limit: 5000 } });
  });

  it('get tokens that can do less, and that end after an hour', async () => {
    const { client, token } = await installed({
      permissions: { issues: 'read' },
      repositories: ['token-auth'],
    });
    expect(token).toMatchObject({
      permissions: { issues: 'read', metadata: 'read' },
      repository_selection: 'selected',
      repositories: [{ name: 'token-auth' }],
    });
    expect(
      await refusal(client.issues.create({ ...PLACE, title: 'No' })),
    ).toMatchObject({ status: 403 });
    expect(
      await refusal(installed({ permissions: { administration: 'write' } })),
    ).toMatchObject({ status: 422 });
    expect(
      await refusal(installed({ repositories: ['secret-plans'] })),
    ).toMatchObject({ status: 422 });
    now += 3601 * 1000;
    expect(await refusal(client.repos.get(PLACE))).toMatchObject({
      status: 401,
    });
  });

  it('have a rate limit of their own for each installation, larger for large accounts', async () => {
    const { client, installation } = await installed();
    const { headers } = await client.repos.get(PLACE);
    expect(headers['x-ratelimit-limit']).toBe('5000');
    const { state } = emulator.running;
    const owner = state.accounts.find('envoy-plugins');
    for (let at = 0; owner && at < 22; at += 1) {
      const { id } = state.accounts.create({ type: 'User', login: `m${at}` });
      state.accounts.setMembership(owner.id, id, 'member');
    }
    // 26 members: 6 of them over 20
    expect(state.apps.rateLimit(installation.id, 5000)).toBe(5300);
    expect((await client.rateLimit.get()).data.rate.limit).toBe(5300);
  });

  it('are told what happens to them, and what happens where they are', async () => {
    const { installations } = emulator.running;
    await emulator.running.deliveriesSettled();
    receiver.take();
    await emulator
      .client('author')
      .activity.starRepoForAuthenticatedUser(PLACE);
    installations.suspend('portal', 'envoy-plugins');
    const { client } = await installed().catch(() => ({ client: undefined }));
    expect(client).toBeUndefined();
    installations.unsuspend('portal', 'envoy-plugins');
    installations.uninstall('portal', 'envoy-plugins');
    installations.install('portal', 'envoy-plugins', ['token-auth']);
    installations.select('portal', 'envoy-plugins', []);
    installations.select('portal', 'envoy-plugins', ['token-auth']);
    await emulator.running.deliveriesSettled();
    expect(receiver.received[0].payload).toMatchObject({
      action: 'created',
      installation: { id: expect.any(Number) },
    });
    expect(receiver.received[0].headers).toMatchObject({
      'x-github-hook-installation-target-type': 'integration',
      'x-github-hook-installation-target-id': '7',
    });
    expect(receiver.take()).toEqual([
      'star.created',
      'installation.suspend',
      'installation.unsuspend',
      'installation.deleted',
      'installation.created',
      'installation_repositories.removed',
      'installation_repositories.added',
    ]);
    const { data: deliveries } = await as(
      jsonWebToken(),
    ).apps.listWebhookDeliveries();
    expect(deliveries[0]).toMatchObject({
      event: 'installation_repositories',
      status_code: 200,
      installation_id: expect.any(Number),
    });
    await as(jsonWebToken()).apps.redeliverWebhookDelivery({
      delivery_id: deliveries[0].id,
    });
    await emulator.running.deliveriesSettled();
    expect(receiver.take()).toEqual(['installation_repositories.added']);
  });

  it('see nothing but public names where they are not', async () => {
    emulator.running.installations.install('narrow', 'author');
    const app = as(jsonWebToken({ iss: 8 }));
    const { data: installation } = await app.apps.getUserInstallation({
      username: 'author',
    });
    const { data } = await app.apps.createInstallationAccessToken({
      installation_id: installation.id,
    });
    const client = as(data.token);
    const own = { owner: 'author', repo: 'secret-plans' };
    expect((await client.repos.get(own)).data.private).toBe(true);
    expect(
      await refusal(client.repos.getContent({ ...own, path: 'plan.md' })),
    ).toMatchObject({ status: 403 });
    await app.apps.deleteInstallation({ installation_id: installation.id });
    expect(await refusal(client.repos.get(own))).toMatchObject({ status: 401 });
  });
});
