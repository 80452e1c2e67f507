import {
  coreServices,
  createServiceFactory,
} from '@backstage/backend-plugin-api';
import { mockServices, startTestBackend } from '@backstage/backend-test-utils';
import type { Entity } from '@backstage/catalog-model';
import type { JsonObject } from '@backstage/types';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import searchPlugin from '@backstage/plugin-search-backend';
import { envoyGoPluginSchema } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import request from 'supertest';
import searchModuleEnvoyGoPlugins from '.';

jest.setTimeout(60_000);

const [example] = envoyGoPluginSchema.examples as [
  Entity & { spec: JsonObject },
];

function plugin(
  name: string,
  metadata: Partial<Entity['metadata']>,
  spec: JsonObject = {},
): Entity {
  return {
    ...example,
    metadata: { name, ...metadata },
    spec: { ...example.spec, filterName: name, ...spec },
  };
}

const entities: Entity[] = [
  plugin('token-auth', {
    title: 'Signature guard',
    description: 'Rejects requests that do not carry a valid token',
    tags: ['security', 'cryptography'],
  }),
  plugin(
    'limiter',
    { description: 'Token bucket' },
    { category: 'traffic', filterName: 'leaky.bucket', owner: 'user:author' },
  ),
  {
    ...plugin('related', { namespace: 'edge' }),
    relations: [{ type: 'ownedBy', targetRef: 'group:default/platform' }],
  },
  {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Component',
    metadata: { name: 'website', description: 'Not a plugin: token' },
    spec: { type: 'website', lifecycle: 'production', owner: 'gateway' },
  },
];

async function start(config?: JsonObject) {
  const scheduler = mockServices.scheduler();
  const backend = await startTestBackend({
    features: [
      searchPlugin,
      searchModuleEnvoyGoPlugins,
      createServiceFactory({
        service: coreServices.scheduler,
        deps: {},
        factory: () => scheduler,
      }),
      catalogServiceMock.factory({ entities }),
      mockServices.rootConfig.factory({
        data: config
          ? { search: { collators: { envoyGoPlugins: config } } }
          : {},
      }),
    ],
  });
  await scheduler.triggerTask('search_index_envoy_go-plugins');
  return {
    backend,
    async find(term: string): Promise<JsonObject[]> {
      const response = await request(backend.server)
        .get('/api/search/query')
        .query({ term, 'types[0]': 'envoy-go-plugins' });
      return response.body.results.map(
        (result: { document: JsonObject }) => result.document,
      );
    },
  };
}

describe('the search module', () => {
  let portal: Awaited<ReturnType<typeof start>>;

  beforeAll(async () => {
    portal = await start();
  });

  afterAll(async () => {
    await portal.backend.stop();
  });

  it.each([
    ['title', 'signature', ['token-auth']],
    ['name', 'limiter', ['limiter']],
    ['description', 'bucket', ['limiter']],
    ['tag', 'cryptography', ['token-auth']],
    ['category', 'traffic', ['limiter']],
    ['filter name', 'leaky', ['limiter']],
    ['owner', 'platform', ['related']],
    ['nothing', 'website', []],
  ])('finds plugins by %s', async (_, term, names) => {
    const found = await portal.find(term);
    expect(found.map(document => document.name)).toEqual(names);
  });

  it('knows all plugins, and nothing else', async () => {
    const found = await portal.find('');
    expect(found.map(document => document.name).sort()).toEqual([
      'limiter',
      'related',
      'token-auth',
    ]);
  });

  it('tells what a result shows', async () => {
    expect(await portal.find('signature')).toEqual([
      {
        title: 'Signature guard',
        text: 'Rejects requests that do not carry a valid token\ntoken-auth\ntoken-auth\nauthn\ndynamic-module\nproduction\ngateway\nsecurity\ncryptography',
        location: '/catalog/default/envoygoplugin/token-auth',
        namespace: 'default',
        name: 'token-auth',
        description: 'Rejects requests that do not carry a valid token',
        tags: ['security', 'cryptography'],
        category: 'authn',
        runtime: 'dynamic-module',
        lifecycle: 'production',
        owner: 'group:default/gateway',
        filterName: 'token-auth',
      },
    ]);
  });

  it('says who owns a plugin as the catalog understood it', async () => {
    expect(await portal.find('limiter')).toMatchObject([
      { owner: 'user:default/author' },
    ]);
    expect(await portal.find('related')).toMatchObject([
      {
        owner: 'group:default/platform',
        location: '/catalog/edge/envoygoplugin/related',
      },
    ]);
  });
});

describe('the configuration of the search module', () => {
  it('says where the pages of plugins are, and how to read them', async () => {
    const { backend, find } = await start({
      locationTemplate: '/plugins/:namespace/:name',
      batchSize: 1,
      schedule: { frequency: 'PT1H', timeout: 'PT5M' },
    });
    expect(await find('signature')).toMatchObject([
      { location: '/plugins/default/token-auth' },
    ]);
    expect(await find('')).toHaveLength(3);
    await backend.stop();
  });

  it('is refused with the place of what is wrong', async () => {
    await expect(
      start({ schedule: { frequency: 'often', timeout: 'PT5M' } }),
    ).rejects.toThrow(
      'The schedule at search.collators.envoyGoPlugins.schedule cannot be read',
    );
  });
});
