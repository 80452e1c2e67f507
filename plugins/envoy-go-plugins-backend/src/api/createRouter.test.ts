import { MiddlewareFactory } from '@backstage/backend-defaults/rootHttpRouter';
import {
  TestDatabases,
  createMockDirectory,
  mockServices,
} from '@backstage/backend-test-utils';
import { ConfigReader } from '@backstage/config';
import { ScmIntegrations } from '@backstage/integration';
import {
  ENVOY_GO_PLUGIN_CATEGORIES,
  ENVOY_GO_PLUGIN_LIFECYCLES,
  ENVOY_GO_PLUGIN_RUNTIMES,
  EnvoyGoPluginsClient,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import {
  type GitHubEmulator,
  startGitHubEmulator,
} from '@envoy-go/github-emulator';
import express from 'express';
import type { Server } from 'node:http';
import request from 'supertest';
import { DatabaseGitHubResponseStore, DefaultGitHubClient } from '../github';
import {
  DatabasePluginStore,
  DefaultMarketplaceService,
  GitHubPluginFacts,
} from '../marketplace';
import { GITHUB_SEED, PORTAL_TOKEN } from '../testing/gitHubSeed';
import { testPlugin } from '../testing/testPlugin';
import { createRouter } from './createRouter';
import { readOpenApiSpec } from './openApiSpec';

jest.setTimeout(60_000);

describe('createRouter', () => {
  const databases = TestDatabases.create({ ids: ['SQLITE_3'] });
  const directory = createMockDirectory();
  let emulator: GitHubEmulator;
  let server: Server;

  beforeAll(async () => {
    emulator = await startGitHubEmulator({
      stateDir: directory.resolve('state'),
      seed: GITHUB_SEED,
    });
    const knex = await databases.init('SQLITE_3');
    const logger = mockServices.logger.mock();
    const store = await DatabasePluginStore.create({
      database: mockServices.database({ knex }),
      knownEnvoyVersions: ['1.38', '1.39', '1.40'],
      integrates: () => true,
    });
    const annotations = (name: string) => ({
      'github.com/project-slug': `envoy-plugins/${name}`,
      'backstage.io/managed-by-location': `url:${emulator.url}/envoy-plugins/${name}`,
    });
    await store.upsert([
      testPlugin('token-auth', {
        metadata: {
          title: 'Token auth',
          description: 'Rejects requests',
          tags: ['jwt'],
          annotations: annotations('token-auth'),
        },
      }),
      testPlugin('bare', { metadata: { annotations: annotations('bare') } }),
      testPlugin('homeless', { spec: { lifecycle: 'deprecated' } }),
    ]);
    const facts = new GitHubPluginFacts({
      github: new DefaultGitHubClient({
        integrations: ScmIntegrations.fromConfig(
          new ConfigReader({
            integrations: {
              github: [
                {
                  host: emulator.host,
                  apiBaseUrl: emulator.apiBaseUrl,
                  token: PORTAL_TOKEN,
                },
              ],
            },
          }),
        ),
        responses: new DatabaseGitHubResponseStore(knex),
        logger,
        freshForMs: 60_000,
        timeoutMs: 20_000,
        now: () => new Date(),
      }),
      store,
      logger,
    });
    const app = express();
    app.use(
      '/api/envoy-go-plugins',
      createRouter({
        marketplace: new DefaultMarketplaceService({ store, facts }),
        httpAuth: mockServices.httpAuth(),
        validateResponses: true,
      }),
    );
    app.use(
      MiddlewareFactory.create({
        logger,
        config: mockServices.rootConfig(),
      }).error(),
    );
    await new Promise<void>(done => {
      server = app.listen(0, '127.0.0.1', () => done());
    });
  });

  afterAll(async () => {
    await new Promise(done => server.close(done));
    await emulator.close();
  });

  const get = (path: string) =>
    request(server).get(`/api/envoy-go-plugins${path}`);

  it('answers the client of the common package as openapi.yaml describes', async () => {
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const client = new EnvoyGoPluginsClient({
      discoveryApi: {
        getBaseUrl: async id => `http://127.0.0.1:${port}/api/${id}`,
      },
      fetchApi: { fetch },
    });
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
      marketplaceItems: 3,
      items: [{ name: 'token-auth', envoyVersions: ['1.38', '1.39', '1.40'] }],
      facets: {
        category: [
          { value: 'authn', count: 1 },
          { value: 'authz', count: 0 },
        ],
      },
    });
    const plugin = { namespace: 'default', name: 'token-auth' };
    await expect(client.getPlugin(plugin)).resolves.toMatchObject({
      name: 'token-auth',
      entity: { kind: 'EnvoyGoPlugin' },
      repository: { value: { stars: 2 } },
    });
    await expect(client.getReadme(plugin)).resolves.toMatchObject({
      value: { content: expect.stringContaining('# Token auth') },
    });
    await expect(client.getReleases(plugin)).resolves.toMatchObject({
      value: [{ prerelease: true }, { tag: 'v1.0.0' }, { tag: 'v0.9.0' }],
    });
    await expect(client.getDiscussions(plugin)).resolves.toMatchObject({
      value: [{ type: 'pull-request' }, { type: 'issue' }],
    });
    const bare = await client.getReadme({ ...plugin, name: 'bare' });
    expect(bare).toEqual({ asOf: expect.any(String) });
  });

  it('answers without a query, and finds plugins without regard to case', async () => {
    await expect(get('/plugins')).resolves.toMatchObject({
      status: 200,
      body: {
        totalItems: 2,
        items: [{ name: 'bare' }, { name: 'token-auth' }],
      },
    });
    await expect(get('/plugins/DEFAULT/Token-Auth')).resolves.toMatchObject({
      status: 200,
    });
  });

  it.each([
    [
      'sort=best',
      'Query parameter "sort" must be equal to one of the allowed values: name, stars, released; found "best"',
    ],
    ['limit=0', 'Query parameter "limit" must be >= 1; found 0'],
    ['limit=101', 'Query parameter "limit" must be <= 100; found 101'],
    ['limit=many', 'Query parameter "limit" must be integer; found "many"'],
    ['offset=-1', 'Query parameter "offset" must be >= 0; found -1'],
    [
      'category=authn&category=auth',
      'Query parameter "category" must be equal to one of the allowed values: access, authn, authz, traffic, transform, observability, other; found "auth"',
    ],
    [
      'envoy=v1.38',
      'Query parameter "envoy" must match pattern "^\\d+\\.\\d+$"; found "v1.38"',
    ],
    [
      `q=${'x'.repeat(201)}`,
      'Query parameter "q" must NOT have more than 200 characters',
    ],
    [
      'color=red',
      'Unknown query parameter "color"; allowed are q, category, runtime, lifecycle, owner, envoy, sort, offset, limit',
    ],
    [
      'owner=group:',
      'Query parameter "owner": found "group:", allowed is an entity ref such as "group:default/gateway"',
    ],
  ])('refuses %s and says what is allowed', async (query, message) => {
    const response = await get(`/plugins?${query}`);
    expect(response.status).toBe(400);
    expect(response.body.error.name).toBe('InputError');
    expect(response.body.error.message).toContain(message);
  });

  it.each([
    ['/plugins/default/unknown', 'holds no plugin "default/unknown"'],
    ['/plugins/default/unknown/readme', 'holds no plugin "default/unknown"'],
    ['/plugins/default/a%00b', 'holds no plugin'],
    [
      '/plugins/default/homeless/releases',
      'needs the annotation "github.com/project-slug: ORG/NAME"',
    ],
  ])('says what is missing at %s', async (path, message) => {
    const response = await get(path);
    expect(response.status).toBe(404);
    expect(response.body.error.message).toContain(message);
  });

  it('shows a plugin of which GitHub knows nothing', async () => {
    const response = await get('/plugins/default/homeless');
    expect(response.status).toBe(200);
    expect(response.body.repository).toBeUndefined();
  });

  it('answers only those who say who they are', async () => {
    await expect(
      get('/plugins').set('authorization', 'Bearer mock-invalid-token'),
    ).resolves.toMatchObject({ status: 401 });
  });

  it('allows in openapi.yaml what the kind allows', () => {
    const { parameters } = readOpenApiSpec().paths['/plugins'].get;
    const allowed = (name: string) =>
      parameters.find((parameter: { name: string }) => parameter.name === name)
        .schema.items.enum;
    expect(allowed('category')).toEqual(ENVOY_GO_PLUGIN_CATEGORIES);
    expect(allowed('runtime')).toEqual(ENVOY_GO_PLUGIN_RUNTIMES);
    expect(allowed('lifecycle')).toEqual(ENVOY_GO_PLUGIN_LIFECYCLES);
  });
});
