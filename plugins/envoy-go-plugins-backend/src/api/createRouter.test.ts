import {
  coreServices,
  createServiceFactory,
} from '@backstage/backend-plugin-api';
import {
  type TestBackend,
  type TestDatabaseId,
  TestDatabases,
  createMockDirectory,
  mockCredentials,
  mockServices,
  startTestBackend,
} from '@backstage/backend-test-utils';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import {
  ENVOY_GO_PLUGIN_CATEGORIES,
  ENVOY_GO_PLUGIN_LIFECYCLES,
  ENVOY_GO_PLUGIN_RUNTIMES,
  EnvoyGoPluginsAdministrationClient,
  EnvoyGoPluginsClient,
  gitHubTokenProblem,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import {
  type GitHubEmulator,
  type Seed,
  startGitHubEmulator,
} from '@envoy-go/github-emulator';
import { sign } from '@octokit/webhooks-methods';
import request from 'supertest';
import envoyGoPluginsPlugin from '..';
import {
  type DescribedOperation,
  createAnswerCheck,
  describedOperations,
} from './__testUtils__/describedAnswers';
import { DatabaseAuditRecordStore } from '../audit';
import { createKnownVersions } from '../builds';
import { testUser } from '../testing/factsPortal';
import { GITHUB_SEED, PORTAL_TOKEN } from '../testing/gitHubSeed';
import { testPlugin } from '../testing/testPlugin';
import { waitFor } from '../testing/waitFor';
import { readOpenApiSpec } from './openApiSpec';

jest.setTimeout(60_000);

const SECRET = 'a secret of the webhook';

const SEED: Seed = {
  ...GITHUB_SEED,
  organizations: [
    {
      login: 'envoy-plugins',
      owners: ['admin', 'portal-bot'],
      members: ['author'],
      teams: [{ name: 'admins', members: ['admin'] }],
    },
  ],
  tokens: [
    ...(GITHUB_SEED.tokens ?? []),
    { token: 'admin-token', account: 'admin' },
    { token: 'weak-token', account: 'admin', scopes: ['read:user'] },
    { token: 'contributor-token', account: 'contributor' },
  ],
  repositories: [
    ...(GITHUB_SEED.repositories ?? []),
    {
      owner: 'envoy-plugins',
      name: 'secret',
      author: 'author',
      visibility: 'private',
      files: { 'README.md': '# Secret\n' },
    },
  ],
};

/** Of the groups that somebody is a member of, as their token says. */
const userInfo = createServiceFactory({
  service: coreServices.userInfo,
  deps: {},
  factory: () => ({
    async getUserInfo(credentials) {
      const { principal } = credentials;
      const userEntityRef =
        typeof principal === 'object' &&
        principal !== null &&
        'userEntityRef' in principal
          ? String(principal.userEntityRef)
          : '';
      return {
        userEntityRef,
        ownershipEntityRefs: [
          userEntityRef,
          ...(userEntityRef === 'user:default/admin'
            ? ['group:default/Admins']
            : []),
        ],
      };
    },
  }),
});

const bearer = (user: string) => mockCredentials.user.header(`user:${user}`);

async function startPortal(options: {
  emulator?: GitHubEmulator;
  knex?: Awaited<ReturnType<TestDatabases['init']>>;
  adminTeam?: string;
  permission?: AuthorizeResult.DENY;
}): Promise<TestBackend> {
  const { emulator, knex, adminTeam, permission } = options;
  const plugin = (name: string) =>
    testPlugin(name, {
      metadata: {
        title: name === 'token-auth' ? 'Token auth' : name,
        tags: name === 'token-auth' ? ['jwt'] : [],
        annotations: {
          'github.com/project-slug': `envoy-plugins/${name}`,
          'backstage.io/managed-by-location': `url:${emulator?.url}/envoy-plugins/${name}`,
        },
      },
    });
  return startTestBackend({
    features: [
      envoyGoPluginsPlugin,
      userInfo,
      ...(knex ? [mockServices.database.factory({ knex })] : []),
      ...(permission
        ? [mockServices.permissions.factory({ result: permission })]
        : []),
      mockServices.rootConfig.factory({
        data: {
          envoyGoPlugins: {
            ...(adminTeam !== undefined && { adminTeam }),
            github: {
              organization: 'envoy-plugins',
              webhookSecret: SECRET,
              webhookUrl: 'http://127.0.0.1:9/webhooks',
            },
          },
          integrations: {
            github: emulator
              ? [
                  {
                    host: emulator.host,
                    apiBaseUrl: emulator.apiBaseUrl,
                    token: PORTAL_TOKEN,
                  },
                ]
              : [],
          },
        },
      }),
      catalogServiceMock.factory({
        entities: [
          plugin('token-auth'),
          plugin('bare'),
          plugin('secret'),
          testPlugin('homeless', { spec: { lifecycle: 'deprecated' } }),
          ...['admin', 'author', 'contributor'].map(testUser),
        ],
      }),
    ],
  });
}

/** An address that fits a path with parameters. */
function fillIn({ path }: DescribedOperation): string {
  return path
    .replace('{namespace}', 'default')
    .replace('{name}', 'token-auth')
    .replace('{id}', '1')
    .replace('{badge}', 'token-auth.svg')
    .replace('{digest}', `sha256:${'a'.repeat(64)}`)
    .replace(/\{\w+\}/g, 'some');
}

const BODIES: Record<string, object> = {
  '/admin/deliveries/replay': { deliveryIds: ['d-1'] },
  '/admin/members/{login}': { role: 'member' },
  '/admin/invitations': { invitee: 'somebody', role: 'member' },
  '/admin/teams/{slug}/members/{login}': { role: 'member' },
};

function ask(
  { server }: TestBackend,
  operation: DescribedOperation,
  authorization: string,
) {
  const { method, path } = operation;
  const asked = request(server)
    [method](`/api/envoy-go-plugins${fillIn(operation)}`)
    .set('authorization', authorization);
  return method === 'get' || method === 'delete'
    ? asked
    : asked.send(BODIES[path]);
}

const described = describedOperations().map(
  operation => [`${operation.method} ${operation.path}`, operation] as const,
);
const operations = described.filter(([, { isPublic }]) => !isPublic);

describe('every operation of the API', () => {
  let denying: TestBackend;
  let allowing: TestBackend;
  let unconfigured: TestBackend;

  beforeAll(async () => {
    denying = await startPortal({
      adminTeam: 'admins',
      permission: AuthorizeResult.DENY,
    });
    allowing = await startPortal({ adminTeam: 'group:default/admins' });
    unconfigured = await startPortal({});
  });

  it.each(operations)('%s asks who it is', async (_, operation) => {
    const { status } = await ask(
      allowing,
      operation,
      mockCredentials.none.header(),
    );
    expect(status).toBe(401);
  });

  it.each(operations)('%s needs a permission', async (_, operation) => {
    const { status, body } = await ask(
      denying,
      operation,
      bearer('default/admin'),
    );
    expect(status).toBe(403);
    expect(body.error.name).toBe('NotAllowedError');
  });

  it('lets everybody have badges and feeds, and nothing else', () => {
    expect(
      described.filter(([, { isPublic }]) => isPublic).map(([name]) => name),
    ).toEqual([
      'get /plugins/{namespace}/{name}/feed.atom',
      'get /feed.atom',
      'get /badge/{namespace}/{badge}',
    ]);
  });

  const administrative = operations.filter(([name]) =>
    name.includes(' /admin/'),
  );

  it.each(administrative)(
    '%s is for the admin team, also where everything is permitted',
    async (_, operation) => {
      for (const authorization of [
        bearer('default/author'),
        bearer('development/guest'),
        mockCredentials.service.header(),
      ]) {
        const { status } = await ask(allowing, operation, authorization);
        expect(status).toBe(403);
      }
      const { status, body } = await ask(
        unconfigured,
        operation,
        bearer('default/admin'),
      );
      expect(status).toBe(403);
      expect(body.error.message).toContain('set "envoyGoPlugins.adminTeam"');
    },
  );

  it('tells other backends alone what is hidden', async () => {
    const hidden = (authorization: string) =>
      request(allowing.server)
        .get('/api/envoy-go-plugins/hidden-plugins')
        .set('authorization', authorization);
    await expect(hidden(bearer('default/admin'))).resolves.toMatchObject({
      status: 403,
    });
    await expect(
      hidden(mockCredentials.service.header()),
    ).resolves.toMatchObject({ status: 200, body: { entityRefs: [] } });
  });

  it.each([
    ['/PLUGINS?limit=9999', 400],
    ['/Admin/Members', 403],
    ['/admin//members', 403],
    ['/admin/nothing', 403],
    ['/nothing', 404],
  ])(
    'is validated and guarded however it is written: %s',
    async (path, expected) => {
      const { status } = await request(allowing.server)
        .get(`/api/envoy-go-plugins${path}`)
        .set('authorization', bearer('default/author'));
      expect(status).toBe(expected);
    },
  );
});

const databases = TestDatabases.create({ ids: ['SQLITE_3', 'POSTGRES_18'] });

describe.each(databases.eachSupportedId())(
  'the API on %p',
  (databaseId: TestDatabaseId) => {
    const directory = createMockDirectory();
    const differs = createAnswerCheck();
    let emulator: GitHubEmulator;
    let portal: TestBackend;
    let knex: Awaited<ReturnType<TestDatabases['init']>>;
    const differences: (string | undefined)[] = [];

    beforeAll(async () => {
      emulator = await startGitHubEmulator({
        stateDir: directory.resolve('state'),
        seed: SEED,
      });
      knex = await databases.init(databaseId);
      portal = await startPortal({
        emulator,
        knex,
        adminTeam: 'group:default/admins',
      });
      await waitFor(expectPlugins, 30_000);
    });

    afterAll(async () => {
      await portal.stop();
      await emulator.close();
    });

    const base = () => `http://127.0.0.1:${portal.server.port()}/api`;
    const clientOptions = (user: string) => ({
      discoveryApi: { getBaseUrl: async (id: string) => `${base()}/${id}` },
      fetchApi: {
        fetch: async (
          input: Parameters<typeof fetch>[0],
          init?: RequestInit,
        ): Promise<Response> => {
          const response = await fetch(input, {
            ...init,
            headers: {
              ...(init?.headers instanceof Headers ? {} : init?.headers),
              authorization: bearer(`default/${user}`),
            },
          });
          const text = await response.clone().text();
          differences.push(
            differs({
              method: (init?.method ?? 'GET').toLocaleLowerCase('en-US'),
              path: new URL(String(input)).pathname.replace(
                '/api/envoy-go-plugins',
                '',
              ),
              status: response.status,
              body: JSON.parse(text || 'null'),
            }),
          );
          return response;
        },
      },
    });
    const plugins = (user: string) =>
      new EnvoyGoPluginsClient(clientOptions(user));
    const administration = (user = 'admin') =>
      new EnvoyGoPluginsAdministrationClient(clientOptions(user));
    const get = (path: string, user = 'default/author') =>
      request(portal.server)
        .get(`/api/envoy-go-plugins${path}`)
        .set('authorization', bearer(user));
    const tokenAuth = { namespace: 'default', name: 'token-auth' };

    async function expectPlugins() {
      const { items } = await plugins('author').listPlugins({});
      expect(items).toMatchObject([
        { name: 'bare', stars: 0 },
        { name: 'secret', stars: 0 },
        { name: 'token-auth', stars: 2 },
      ]);
    }
    function expectAnswersAsDescribed() {
      expect(differences.filter(each => each !== undefined)).toEqual([]);
      differences.length = 0;
    }

    afterEach(expectAnswersAsDescribed);

    it('tells what there is to know about a plugin', async () => {
      const client = plugins('contributor');
      await expect(
        client.listPlugins({
          text: 'token JWT',
          category: ['authn', 'authz'],
          runtime: ['dynamic-module'],
          lifecycle: ['production'],
          owner: ['group:default/gateway', 'user:default/jo'],
          envoy: ['1.38'],
          sort: 'released',
          offset: 0,
          limit: 100,
        }),
      ).resolves.toMatchObject({
        totalItems: 1,
        items: [{ name: 'token-auth' }],
      });
      await expect(client.getPlugin(tokenAuth)).resolves.toMatchObject({
        name: 'token-auth',
        repository: { value: { stars: 2, visibility: 'public' } },
      });
      await waitFor(async () => {
        await expect(client.getReadme(tokenAuth)).resolves.toMatchObject({
          value: { content: expect.stringContaining('# Token auth') },
        });
        await expect(client.getReleases(tokenAuth)).resolves.toMatchObject({
          value: [{ prerelease: true }, { tag: 'v1.0.0' }, { tag: 'v0.9.0' }],
        });
        await expect(client.getDiscussions(tokenAuth)).resolves.toMatchObject({
          value: [{ type: 'pull-request' }, { type: 'issue' }],
        });
        await expect(client.getSource(tokenAuth)).resolves.toMatchObject({
          value: { defaultBranch: 'main' },
        });
        await client.getActivity(tokenAuth);
      });
      await waitFor(async () => {
        await expect(
          client.getReadme(tokenAuth, { release: 'v1.0.0' }),
        ).resolves.toMatchObject({
          value: { content: expect.stringContaining('# Token auth') },
        });
      });
    });

    it('hides private plugins from whom GitHub does not show them', async () => {
      const secret = { namespace: 'default', name: 'secret' };
      await expect(plugins('author').getPlugin(secret)).resolves.toMatchObject({
        name: 'secret',
      });
      await expect(
        plugins('contributor').getPlugin(secret),
      ).rejects.toMatchObject({ statusCode: 404 });
      await expect(
        plugins('contributor').isStarred(secret),
      ).rejects.toMatchObject({ statusCode: 404 });
      const hidden = (query: string) =>
        request(portal.server)
          .get(`/api/envoy-go-plugins/hidden-plugins${query}`)
          .set('authorization', mockCredentials.service.header());
      await expect(hidden('')).resolves.toMatchObject({
        body: { entityRefs: ['envoygoplugin:default/secret'] },
      });
      await expect(hidden('?user=user:default/author')).resolves.toMatchObject({
        body: { entityRefs: [] },
      });
    });

    it('shows what became of versions, and to everybody only those of public plugins', async () => {
      const { repository } = await plugins('author').getPlugin(tokenAuth);
      await waitFor(async () => {
        const { value } = await plugins('author').getReleases(tokenAuth);
        expect(value).toHaveLength(3);
      });
      const { value } = await plugins('author').getReleases(tokenAuth);
      const release = value.find(({ tag }) => tag === 'v1.0.0');
      const document = `sha256:${'d'.repeat(64)}`;
      const key = {
        repository: { host: emulator.host, id: repository?.value.id ?? 0 },
        releaseId: release?.id ?? 0,
        commit: release?.commit ?? '',
      };
      await createKnownVersions(
        knex,
        transaction => new DatabaseAuditRecordStore(transaction),
      ).store.change(key, () => ({
        versions: [
          {
            ...key,
            version: '1.0.0',
            tag: 'v1.0.0',
            prerelease: false,
            state: 'published',
            buildId: 'build-1',
            image: {
              name: 'token-auth',
              repository: 'registry.example.com/plugins/token-auth',
              digest: `sha256:${'e'.repeat(64)}`,
              size: 1_000,
              platforms: [
                {
                  platform: 'linux/amd64',
                  digest: `sha256:${'f'.repeat(64)}`,
                  size: 900,
                },
              ],
              tags: ['1.0.0', '1.0', '1', 'latest'],
              signed: true,
              publicKey: '-----BEGIN PUBLIC KEY-----',
              documents: [
                {
                  kind: 'sbom',
                  mediaType: 'application/vnd.cyclonedx+json',
                  digest: document,
                },
              ],
            },
            go: '1.26.8',
            libraries: [],
            proofs: [
              {
                envoy: '1.40.0',
                platform: 'linux/amd64',
                outcome: 'passed',
                cases: [],
                provenAt: '2026-11-20T10:00:00.000Z',
              },
            ],
            pushedAt: '2026-11-20T10:00:00.000Z',
            followed: true,
          },
        ],
      }));

      const versions = await get('/plugins/default/token-auth/versions');
      differences.push(
        differs({
          method: 'get',
          path: '/plugins/default/token-auth/versions',
          status: versions.status,
          body: versions.body,
        }),
      );
      expect(versions.body).toMatchObject([
        { prerelease: true },
        {
          version: '1.0.0',
          proofs: [{ envoy: '1.40.0', outcome: 'passed' }],
          image: {
            tags: ['1.0.0', '1.0', '1', 'latest'],
            verifyCommand: expect.stringMatching(
              /^cosign verify --key \S+ .*registry\.example\.com\/plugins\/token-auth@sha256:e/,
            ),
            documents: [
              {
                url: `/plugins/default/token-auth/versions/1.0.0/documents/${document}`,
              },
            ],
          },
        },
        { tag: 'v0.9.0', proofs: [] },
      ]);
      // There is no registry here
      await expect(
        get(versions.body[1].image.documents[0].url),
      ).resolves.toMatchObject({ status: 404 });
      await expect(
        get('/plugins/default/secret/versions', 'default/contributor'),
      ).resolves.toMatchObject({ status: 404 });

      const asNobody = (path: string) =>
        request(portal.server).get(`/api/envoy-go-plugins${path}`);
      for (const path of [
        '/feed.atom',
        '/plugins/default/token-auth/feed.atom',
      ]) {
        const { status, text, headers } = await asNobody(path);
        expect(status).toBe(200);
        expect(text).toContain('<title>Token auth v1.0.0</title>');
        expect(text).not.toContain('secret');
        expect(headers).toMatchObject({
          'content-type': 'application/atom+xml; charset=utf-8',
          'cache-control': 'public, max-age=300',
        });
      }
      const badge = await asNobody('/badge/default/token-auth.svg');
      expect(badge.headers['content-type']).toBe(
        'image/svg+xml; charset=utf-8',
      );
      expect(String(badge.body)).toContain('<title>Token auth: ');
      for (const path of [
        '/plugins/default/secret/feed.atom',
        '/badge/default/secret.svg',
        '/badge/default/nothing.svg',
      ]) {
        await expect(asNobody(path)).resolves.toMatchObject({ status: 404 });
      }
    });

    it('stars in the name of whoever asks, and the page is right at once', async () => {
      const own = { ...tokenAuth, gitHubToken: 'author-token' };
      const client = plugins('author');
      const stars = async () =>
        (await client.getPlugin(tokenAuth)).repository?.value.stars;
      const isStarred = () => client.isStarred(tokenAuth);
      await waitFor(async () => expect(await isStarred()).toBe(false));
      await client.setStarred({ ...own, starred: true });
      await expect(isStarred()).resolves.toBe(true);
      await expect(stars()).resolves.toBe(3);
      await client.setStarred({ ...own, starred: false });
      await expect(isStarred()).resolves.toBe(false);
      await expect(stars()).resolves.toBe(2);
    });

    it('asks GitHub for nothing when somebody who is signed in looks at a plugin', async () => {
      const client = plugins('admin');
      await waitFor(async () =>
        expect(await client.isStarred(tokenAuth)).toBe(true),
      );
      const before = emulator.requests().length;
      await Promise.all([
        client.getPlugin(tokenAuth),
        client.getReadme(tokenAuth),
        client.getReadme(tokenAuth, { release: 'v1.0.0' }),
        client.getReleases(tokenAuth),
        client.getDiscussions(tokenAuth),
        client.getSource(tokenAuth),
        client.getActivity(tokenAuth),
        client.isStarred(tokenAuth),
        client.listPlugins({}),
      ]);
      await expect(plugins('contributor').isStarred(tokenAuth)).resolves.toBe(
        true,
      );
      expect(emulator.requests().slice(before)).toEqual([]);
    });

    it('says when another token is needed', async () => {
      const problem = async (gitHubToken: string) =>
        gitHubTokenProblem(
          await administration()
            .removeMember({ login: 'author', gitHubToken })
            .catch(error => error),
        );
      await expect(problem('weak-token')).resolves.toMatchObject({
        neededScopes: ['admin:org'],
      });
      await expect(problem('author-token')).resolves.toMatchObject({
        message: expect.stringContaining('belongs to author'),
        neededScopes: [],
      });
      await expect(problem('unknown')).resolves.toMatchObject({
        message: expect.stringContaining('expired or was revoked'),
      });
      const { status, body } = await request(portal.server)
        .put('/api/envoy-go-plugins/plugins/default/token-auth/star')
        .set('authorization', bearer('default/author'));
      expect(status).toBe(401);
      expect(body.error.name).toBe('GitHubTokenError');
    });

    it('lets administrators manage members, teams and invitations', async () => {
      const client = administration();
      const gitHubToken = 'admin-token';
      await expect(
        client.listMembers({ team: 'admins' }),
      ).resolves.toMatchObject({
        value: { items: [{ login: 'admin', role: 'admin' }] },
      });
      await client.setTeamMember({
        slug: 'admins',
        login: 'author',
        role: 'member',
        gitHubToken,
      });
      await expect(client.listTeams()).resolves.toMatchObject({
        value: [
          {
            slug: 'admins',
            administrators: true,
            members: [{ login: 'admin' }, { login: 'author' }],
          },
        ],
      });
      await client.removeTeamMember({
        slug: 'admins',
        login: 'author',
        gitHubToken,
      });
      await client.setMemberRole({
        login: 'author',
        role: 'admin',
        gitHubToken,
      });
      await client.setMemberRole({
        login: 'author',
        role: 'member',
        gitHubToken,
      });
      const invitation = await client.invite({
        invitee: 'contributor',
        role: 'member',
        teams: ['admins'],
        gitHubToken,
      });
      await expect(client.listInvitations()).resolves.toMatchObject({
        value: [{ id: invitation.id, login: 'contributor' }],
      });
      await client.cancelInvitation({ id: invitation.id, gitHubToken });
      await expect(
        client.removeMember({ login: 'admin', gitHubToken }),
      ).rejects.toMatchObject({ statusCode: 409 });
      await expect(
        client.removeMember({ login: 'nobody', gitHubToken }),
      ).rejects.toMatchObject({ statusCode: 404 });

      const record = await client.listRecord({
        actor: 'user:default/admin',
        action: ['member.remove', 'member.invite'],
        limit: 3,
      });
      expect(record.items.slice(0, 3)).toMatchObject([
        { action: 'member.remove', subject: 'nobody', outcome: 'failed' },
        { action: 'member.remove', subject: 'admin', outcome: 'failed' },
        { action: 'member.invite', outcome: 'succeeded' },
      ]);
      expect(JSON.stringify(record)).not.toContain(gitHubToken);
    });

    it('lets administrators look at deliveries and replay them, on the record', async () => {
      const client = administration();
      const body = JSON.stringify({ zen: 'Keep it', hook_id: 1 });
      await request(portal.server)
        .post('/api/envoy-go-plugins/webhooks/github')
        .set('content-type', 'application/json')
        .set('x-github-delivery', 'd-1')
        .set('x-github-event', 'ping')
        .set('x-hub-signature-256', await sign(SECRET, body))
        .send(body)
        .expect(res => expect(res.status).toBeLessThan(300));
      await waitFor(async () => {
        await expect(
          client.listDeliveries({ text: 'Keep', event: ['ping'] }),
        ).resolves.toMatchObject({
          items: [{ deliveryId: 'd-1', settledAt: expect.any(String) }],
        });
      });
      await expect(client.getDelivery('d-1')).resolves.toMatchObject({ body });
      await expect(client.getDelivery('none')).rejects.toMatchObject({
        statusCode: 404,
      });
      await expect(
        client.replayDeliveries({ deliveryIds: ['d-1', 'none'] }),
      ).resolves.toMatchObject({
        replayed: 1,
        refused: [{ deliveryId: 'none' }],
      });
      await client.getWebhooks();
      await client.reconcileWebhooks();
      await expect(client.getGitHubBudgets()).resolves.toMatchObject([
        { host: emulator.host },
        { host: emulator.host },
      ]);
      await expect(
        client.listRecord({ text: 'handled anew' }),
      ).resolves.toMatchObject({
        items: [
          {
            action: 'delivery.replay',
            message: 'Had 1 delivery handled anew, 1 were refused',
          },
        ],
      });
      await expect(
        client.listRecord({ action: ['webhook.reconcile'] }),
      ).resolves.toMatchObject({ totalItems: 1 });
    });

    it('finds plugins without regard to case', async () => {
      await expect(get('/plugins/DEFAULT/Token-Auth')).resolves.toMatchObject({
        status: 200,
      });
    });

    it.each([
      [
        '/plugins?sort=best',
        'Query parameter "sort" must be equal to one of the allowed values: name, stars, released; found "best"',
      ],
      ['/plugins?limit=0', 'Query parameter "limit" must be >= 1; found 0'],
      [
        '/plugins?limit=101',
        'Query parameter "limit" must be <= 100; found 101',
      ],
      [
        '/plugins?limit=many',
        'Query parameter "limit" must be integer; found "many"',
      ],
      ['/plugins?offset=-1', 'Query parameter "offset" must be >= 0; found -1'],
      [
        '/plugins?category=authn&category=auth',
        'Query parameter "category" must be equal to one of the allowed values: access, authn, authz, traffic, transform, observability, other; found "auth"',
      ],
      [
        '/plugins?envoy=v1.38',
        'Query parameter "envoy" must match pattern "^\\d+\\.\\d+$"; found "v1.38"',
      ],
      [
        `/plugins?q=${'x'.repeat(201)}`,
        'Query parameter "q" must NOT have more than 200 characters',
      ],
      [
        '/plugins?color=red',
        'Unknown query parameter "color"; allowed are q, category, runtime, lifecycle, owner, envoy, verified, sort, offset, limit',
      ],
      [
        '/plugins?owner=group:',
        'Query parameter "owner": found "group:", allowed is an entity ref such as "group:default/gateway"',
      ],
      [
        '/plugins/default/token-auth/readme?ref=main',
        'Unknown query parameter "ref"; allowed are release',
      ],
      [
        '/admin/record?from=yesterday',
        'Query parameter "from" must match format "date-time"; found "yesterday"',
      ],
      [
        '/admin/members?page=2',
        'Unknown query parameter "page"; allowed are q, role, team, offset, limit',
      ],
      [
        '/admin/deliveries?state=lost',
        'Query parameter "state" must be equal to one of the allowed values: received, processing, done, ignored, failed, dead; found "lost"',
      ],
    ])('refuses %s and says what is allowed', async (path, message) => {
      const response = await get(path, 'default/admin');
      expect(response.body.error?.message).toContain(message);
      expect(response.status).toBe(400);
      expect(response.body.error.name).toBe('InputError');
    });

    it.each([
      [
        'put',
        '/admin/members/author',
        { role: 'king' },
        'Field "role" of the body must be equal to one of the allowed values: admin, member; found "king"',
      ],
      [
        'put',
        '/admin/members/author',
        {},
        "The body must have required property 'role'",
      ],
      [
        'put',
        '/admin/members/a%2F..%2Fb',
        { role: 'member' },
        'Path parameter "login" must match pattern',
      ],
      [
        'delete',
        '/admin/invitations/0',
        undefined,
        'Path parameter "id" must be >= 1',
      ],
      [
        'post',
        '/admin/invitations',
        { invitee: 'jo', role: 'member', teams: ['a/b'] },
        'Field "teams.0" of the body must match pattern',
      ],
      [
        'post',
        '/admin/deliveries/replay',
        { deliveryIds: [] },
        'Field "deliveryIds" of the body must NOT have fewer than 1 items; found []',
      ],
      [
        'post',
        '/admin/deliveries/replay',
        { deliveryIds: ['a'], query: {} },
        'The body must NOT have more than 1 properties',
      ],
      ['post', '/admin/invitations', '{', 'JSON'],
      ['put', '/admin/members/author', undefined, 'The body must be JSON'],
    ] as const)(
      'refuses %s %s with %j and says why',
      async (method, path, body, message) => {
        const asked = request(portal.server)
          [method](`/api/envoy-go-plugins${path}`)
          .set('authorization', bearer('default/admin'))
          .set('x-github-token', 'admin-token');
        const response = await (typeof body === 'string'
          ? asked.set('content-type', 'application/json').send(body)
          : asked.send(body));
        expect(response.body.error?.message).toContain(message);
        expect(response.status).toBe(400);
        expect(response.body.error.name).toBe('InputError');
      },
    );

    it.each([
      ['/plugins/default/unknown', 'holds no plugin "default/unknown"'],
      ['/plugins/default/unknown/readme', 'holds no plugin "default/unknown"'],
      ['/plugins/default/unknown/star', 'holds no plugin "default/unknown"'],
      ['/plugins/default/a%00b', 'holds no plugin'],
      [
        '/plugins/default/homeless/releases',
        'needs the annotation "github.com/project-slug: ORG/NAME"',
      ],
      [
        '/plugins/default/homeless/star',
        'needs the annotation "github.com/project-slug: ORG/NAME"',
      ],
    ])('says what is missing at %s', async (path, message) => {
      const response = await get(path);
      expect(response.body.error.message).toContain(message);
      expect(response.status).toBe(404);
    });

    it('stars nothing that is nowhere on GitHub', async () => {
      await expect(
        plugins('author').setStarred({
          namespace: 'default',
          name: 'homeless',
          gitHubToken: 'author-token',
          starred: true,
        }),
      ).rejects.toMatchObject({
        statusCode: 404,
        cause: { message: expect.stringContaining('has no repository') },
      });
    });

    it('knows of stars that were given elsewhere', async () => {
      emulator.hooks.create({
        target: {
          type: 'organization',
          id: emulator.state.accounts.find('envoy-plugins')?.id ?? 0,
        },
        contentType: 'json',
        url: `${base()}/envoy-go-plugins/webhooks/github`,
        secret: SECRET,
        events: ['star'],
      });
      const star = (on: boolean) =>
        emulator.changes.star('envoy-plugins/token-auth', { by: 'author', on });
      const client = plugins('author');
      await star(true);
      await waitFor(async () =>
        expect(await client.isStarred(tokenAuth)).toBe(true),
      );
      await star(false);
      await waitFor(async () =>
        expect(await client.isStarred(tokenAuth)).toBe(false),
      );
    });
  },
);

it('allows in openapi.yaml what the kind allows', () => {
  const { parameters } = readOpenApiSpec().paths['/plugins'].get;
  const allowed = (name: string) =>
    parameters.find((parameter: { name: string }) => parameter.name === name)
      .schema.items.enum;
  expect(allowed('category')).toEqual(ENVOY_GO_PLUGIN_CATEGORIES);
  expect(allowed('runtime')).toEqual(ENVOY_GO_PLUGIN_RUNTIMES);
  expect(allowed('lifecycle')).toEqual(ENVOY_GO_PLUGIN_LIFECYCLES);
});
