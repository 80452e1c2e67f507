import { permissionsServiceFactory } from '@backstage/backend-defaults/permissions';
import {
  coreServices,
  createBackendModule,
  createBackendPlugin,
  createServiceFactory,
} from '@backstage/backend-plugin-api';
import {
  type TestBackend,
  mockCredentials,
  mockServices,
  startTestBackend,
} from '@backstage/backend-test-utils';
import type { Entity } from '@backstage/catalog-model';
import catalogPlugin from '@backstage/plugin-catalog-backend';
import { catalogProcessingExtensionPoint } from '@backstage/plugin-catalog-node';
import permissionPlugin from '@backstage/plugin-permission-backend';
import searchPlugin from '@backstage/plugin-search-backend';
import type { JsonObject } from '@backstage/types';
import catalogModuleEnvoyGoPlugins from '@envoy-go/backstage-plugin-catalog-backend-module-envoy-go-plugins';
import { envoyGoPluginSchema } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import searchModuleEnvoyGoPlugins from '@envoy-go/backstage-plugin-search-backend-module-envoy-go-plugins';
import express from 'express';
import { setTimeout as wait } from 'node:timers/promises';
import request from 'supertest';
import permissionModuleEnvoyGoPlugins from '.';

jest.setTimeout(120_000);

const [example] = envoyGoPluginSchema.examples as [
  Entity & { spec: JsonObject },
];

function plugin(name: string): Entity {
  return {
    ...example,
    metadata: { name, description: 'Looks at requests' },
    spec: { ...example.spec, filterName: name, order: {} },
  };
}

function person(name: string, login?: string): Entity {
  return {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'User',
    metadata: {
      name,
      annotations: login ? { 'github.com/user-login': login } : {},
    },
    spec: { memberOf: [] },
  };
}

/**
 * The mock forgets which backend asks on behalf of a user; the permission backend does not
 * answer everything to users themselves.
 */
const authWithActors = createServiceFactory({
  service: coreServices.auth,
  deps: { plugin: coreServices.pluginMetadata },
  factory: ({ plugin: metadata }) => {
    const auth = mockServices.auth({ pluginId: metadata.getId() });
    const getPluginRequestToken = auth.getPluginRequestToken.bind(auth);
    auth.getPluginRequestToken = async options =>
      auth.isPrincipal(options.onBehalfOf, 'user')
        ? {
            token: mockCredentials.user.token(
              options.onBehalfOf.principal.userEntityRef,
              { actor: { subject: `plugin:${metadata.getId()}` } },
            ),
          }
        : getPluginRequestToken(options);
    return auth;
  },
});

/** What the catalog holds, as a source of it provides it. */
const provider = createBackendModule({
  pluginId: 'catalog',
  moduleId: 'test-provider',
  register(env) {
    env.registerInit({
      deps: { processing: catalogProcessingExtensionPoint },
      async init({ processing }) {
        processing.addEntityProvider({
          getProviderName: () => 'test',
          connect: async connection => {
            await connection.applyMutation({
              type: 'full',
              entities: [
                plugin('open'),
                plugin('secret'),
                person('author', 'author'),
                person('reader', 'reader'),
                person('nobody'),
              ].map(entity => ({
                locationKey: 'test',
                entity: {
                  ...entity,
                  metadata: {
                    ...entity.metadata,
                    annotations: {
                      ...entity.metadata.annotations,
                      'backstage.io/managed-by-location': 'test:here',
                      'backstage.io/managed-by-origin-location': 'test:here',
                    },
                  },
                },
              })),
            });
          },
        });
      },
    });
  },
});

/** Whom GitHub shows nothing, of very many private plugins. */
const OUTSIDER = 'default/outsider';

function hiddenFrom(user: unknown): string[] {
  switch (user) {
    case 'user:default/author':
      return [];
    case `user:${OUTSIDER}`:
      return [
        'envoygoplugin:default/secret',
        ...Array.from(
          { length: 10_000 },
          (_, at) => `envoygoplugin:default/another-private-plugin-${at}`,
        ),
      ];
    default:
      return ['envoygoplugin:default/secret'];
  }
}

describe('the policy in a portal', () => {
  const scheduler = mockServices.scheduler();
  let backend: TestBackend;
  let down = false;

  /** Answers as the backend of Envoy Go Plugins does. */
  const marketplace = createBackendPlugin({
    pluginId: 'envoy-go-plugins',
    register(env) {
      env.registerInit({
        deps: {
          http: coreServices.httpRouter,
          httpAuth: coreServices.httpAuth,
        },
        async init({ http, httpAuth }) {
          const router = express.Router();
          router.get('/hidden-plugins', (req, res, next) => {
            httpAuth.credentials(req, { allow: ['service'] }).then(() => {
              if (down) {
                res.status(503).end();
                return;
              }
              res.json({
                entityRefs: hiddenFrom(req.query.user),
              });
            }, next);
          });
          http.use(router);
        },
      });
    },
  });

  const as = (user: string) => ({
    get: (path: string) =>
      request(backend.server)
        .get(`/api/${path}`)
        .set('authorization', mockCredentials.user.header(`user:${user}`)),
    post: (path: string, body: object) =>
      request(backend.server)
        .post(`/api/${path}`)
        .set('authorization', mockCredentials.user.header(`user:${user}`))
        .send(body),
  });

  async function seen(user: string): Promise<string[]> {
    const { body } = await as(user).get(
      'catalog/entities/by-query?filter=kind=envoygoplugin',
    );
    return body.items.map((entity: Entity) => entity.metadata.name).sort();
  }

  async function found(user: string): Promise<string[]> {
    const { body } = await as(user).get(
      'search/query?term=requests&types[0]=envoy-go-plugins',
    );
    return body.results
      .map((result: { document: { name: string } }) => result.document.name)
      .sort();
  }

  async function expectCatalog() {
    await expect(seen('default/author')).resolves.toEqual(['open', 'secret']);
    await expect(
      as('default/author').get('catalog/entities/by-name/user/default/nobody'),
    ).resolves.toMatchObject({ status: 200 });
  }

  async function eventually(expectation: () => Promise<void>) {
    const until = performance.now() + 60_000;
    for (;;) {
      try {
        await expectation();
        return;
      } catch (error) {
        if (performance.now() > until) {
          throw error;
        }
        await wait(50);
      }
    }
  }

  beforeAll(async () => {
    backend = await startTestBackend({
      features: [
        permissionPlugin,
        permissionModuleEnvoyGoPlugins,
        permissionsServiceFactory,
        authWithActors,
        catalogPlugin,
        catalogModuleEnvoyGoPlugins,
        provider,
        searchPlugin,
        searchModuleEnvoyGoPlugins,
        marketplace,
        createServiceFactory({
          service: coreServices.scheduler,
          deps: {},
          factory: () => scheduler,
        }),
        mockServices.rootConfig.factory({
          data: {
            permission: { enabled: true },
            envoyGoPlugins: { adminTeam: 'admins' },
            catalog: {
              rules: [{ allow: ['EnvoyGoPlugin', 'User'] }],
            },
          },
        }),
      ],
    });
    await eventually(expectCatalog);
    await scheduler.triggerTask('search_index_envoy_go-plugins');
  });

  afterAll(async () => {
    await backend.stop();
  });

  it('shows plugins of private repositories to whom GitHub shows them only', async () => {
    await expect(seen('default/author')).resolves.toEqual(['open', 'secret']);
    await expect(seen('default/reader')).resolves.toEqual(['open']);
    await expect(seen('development/guest')).resolves.toEqual(['open']);
    const path = 'catalog/entities/by-name/envoygoplugin/default/secret';
    await expect(as('default/author').get(path)).resolves.toMatchObject({
      status: 200,
    });
    await expect(as('default/reader').get(path)).resolves.toMatchObject({
      status: 404,
    });
  });

  it('does not let them leak into the search', async () => {
    await expect(found('default/author')).resolves.toEqual(['open', 'secret']);
    await expect(found('default/reader')).resolves.toEqual(['open']);
    await expect(found('development/guest')).resolves.toEqual(['open']);
  });

  it('hides ten thousand plugins, and never shows one where that is too much for the search', async () => {
    await expect(seen(OUTSIDER)).resolves.toEqual(['open']);
    const { status, text } = await as(OUTSIDER).get(
      'search/query?term=requests&types[0]=envoy-go-plugins',
    );
    expect(status).toBeGreaterThanOrEqual(400);
    expect(text).not.toContain('secret');
  });

  it('lets guests, and whoever is not on GitHub, look only', async () => {
    const location = { type: 'url', target: 'https://example.org/c.yaml' };
    for (const user of ['development/guest', 'default/nobody']) {
      await expect(
        as(user).post('catalog/locations?dryRun=true', location),
      ).resolves.toMatchObject({ status: 403 });
      await expect(
        as(user).get('catalog/entities/by-name/user/default/author'),
      ).resolves.toMatchObject({ status: 200 });
    }
    const { status } = await as('default/author').post(
      'catalog/locations?dryRun=true',
      location,
    );
    expect(status).not.toBe(403);
  });

  it('hides no more than plugins while the marketplace is down', async () => {
    down = true;
    // Nobody of whom an answer is remembered
    await expect(seen('default/nobody')).resolves.toEqual(['open']);
    await expect(
      as('default/nobody').get('catalog/entities/by-name/user/default/author'),
    ).resolves.toMatchObject({ status: 200 });
    down = false;
  });
});

it('does not start with an admin team that is no group', async () => {
  await expect(
    startTestBackend({
      features: [
        permissionPlugin,
        permissionModuleEnvoyGoPlugins,
        catalogPlugin,
        mockServices.rootConfig.factory({
          data: { envoyGoPlugins: { adminTeam: 'user:default/me' } },
        }),
      ],
    }),
  ).rejects.toThrow(
    'envoyGoPlugins.adminTeam: found "user:default/me", allowed is the ref of a group such as "group:default/admins"',
  );
});
