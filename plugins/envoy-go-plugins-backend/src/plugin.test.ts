import {
  coreServices,
  createBackendModule,
  createServiceFactory,
} from '@backstage/backend-plugin-api';
import {
  createMockDirectory,
  mockCredentials,
  mockServices,
  startTestBackend,
} from '@backstage/backend-test-utils';
import catalogPlugin from '@backstage/plugin-catalog-backend';
import {
  type EntityProviderConnection,
  catalogProcessingExtensionPoint,
  catalogServiceRef,
} from '@backstage/plugin-catalog-node';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { eventsServiceFactory } from '@backstage/plugin-events-node';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import catalogModuleEnvoyGoPlugins from '@envoy-go/backstage-plugin-catalog-backend-module-envoy-go-plugins';
import type { EnvoyGoPluginEntity } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { startGitHubEmulator } from '@envoy-go/github-emulator';
import request from 'supertest';
import envoyGoPluginsPlugin from './index';
import { GITHUB_SEED, PORTAL_TOKEN } from './testing/gitHubSeed';
import { testPlugin } from './testing/testPlugin';
import { waitFor } from './testing/waitFor';

jest.setTimeout(60_000);

describe('envoyGoPluginsPlugin', () => {
  const directory = createMockDirectory();

  it('has the plugins of the catalog, with what GitHub says of them', async () => {
    const emulator = await startGitHubEmulator({
      stateDir: directory.resolve('state'),
      seed: GITHUB_SEED,
    });
    try {
      const { server } = await startTestBackend({
        features: [
          envoyGoPluginsPlugin,
          mockServices.rootConfig.factory({
            data: {
              integrations: {
                github: [
                  {
                    host: emulator.host,
                    apiBaseUrl: emulator.apiBaseUrl,
                    token: PORTAL_TOKEN,
                  },
                ],
              },
            },
          }),
          catalogServiceMock.factory({
            entities: [
              testPlugin('token-auth', {
                metadata: {
                  annotations: {
                    'github.com/project-slug': 'envoy-plugins/token-auth',
                    'backstage.io/managed-by-location': `url:${emulator.url}/envoy-plugins/token-auth/tree/main/catalog-info.yaml`,
                  },
                },
              }),
            ],
          }),
        ],
      });
      await waitFor(async () => {
        const { body } = await request(server).get(
          '/api/envoy-go-plugins/plugins?sort=stars',
        );
        expect(body).toMatchObject({
          items: [
            {
              name: 'token-auth',
              stars: 2,
              latestRelease: { tag: 'v1.0.0' },
            },
          ],
        });
      });
    } finally {
      await emulator.close();
    }
  });

  it('has a plugin, and its change, soon after the real catalog has it', async () => {
    let connection: EntityProviderConnection | undefined;
    const provider = createBackendModule({
      pluginId: 'catalog',
      moduleId: 'test-provider',
      register(env) {
        env.registerInit({
          deps: { processing: catalogProcessingExtensionPoint },
          async init({ processing }) {
            processing.addEntityProvider({
              getProviderName: () => 'test',
              connect: async given => {
                connection = given;
              },
            });
          },
        });
      },
    });
    const provide = (...entities: EnvoyGoPluginEntity[]) =>
      connection?.applyMutation({
        type: 'full',
        entities: entities.map(entity => ({
          locationKey: 'test',
          entity: {
            ...entity,
            metadata: {
              ...entity.metadata,
              annotations: {
                'backstage.io/managed-by-location': 'test:here',
                'backstage.io/managed-by-origin-location': 'test:here',
              },
            },
          },
        })),
      });
    const { server } = await startTestBackend({
      features: [
        envoyGoPluginsPlugin,
        catalogPlugin,
        catalogModuleEnvoyGoPlugins,
        provider,
        // That of the test backend does not tell one plugin what another published
        eventsServiceFactory,
        mockServices.rootConfig.factory({
          data: { catalog: { rules: [{ allow: ['EnvoyGoPlugin'] }] } },
        }),
      ],
    });
    const list = async () =>
      (await request(server).get('/api/envoy-go-plugins/plugins')).body.items;
    await expect(list()).resolves.toEqual([]);

    await provide(testPlugin('a'), testPlugin('b'));
    await waitFor(
      async () =>
        expect(await list()).toMatchObject([
          { name: 'a', category: 'authn', owner: 'group:default/gateway' },
          { name: 'b' },
        ]),
      40_000,
    );
    const { body } = await request(server).get(
      '/api/envoy-go-plugins/plugins/default/a',
    );
    expect(body.entity.metadata.uid).toEqual(expect.any(String));
  });

  it('keeps out whoever may not see the marketplace, and says why', async () => {
    const { server } = await startTestBackend({
      features: [
        envoyGoPluginsPlugin,
        catalogServiceMock.factory({ entities: [testPlugin('a')] }),
        mockServices.permissions.factory({ result: AuthorizeResult.DENY }),
      ],
    });
    for (const path of [
      '/plugins',
      '/plugins/default/a',
      '/plugins/default/a/readme',
      '/plugins/default/a/releases',
      '/plugins/default/a/discussions',
    ]) {
      const response = await request(server)
        .get(`/api/envoy-go-plugins${path}`)
        .set('authorization', mockCredentials.user.header());
      expect(response.status).toBe(403);
      expect(response.body.error.message).toBe(
        'You may not see the marketplace: it needs the permission "envoy-go-plugins.read", which the portal\'s administrators give',
      );
    }
  });

  it('tries again soon when the catalog is not up yet', async () => {
    const catalog = catalogServiceMock({ entities: [testPlugin('a')] });
    const { streamEntities } = catalog;
    let attempts = 0;
    catalog.streamEntities = (...args) => {
      attempts += 1;
      if (attempts === 1) {
        throw new Error('connect ECONNREFUSED');
      }
      return streamEntities.apply(catalog, args);
    };
    const { server } = await startTestBackend({
      features: [
        envoyGoPluginsPlugin,
        createServiceFactory({
          service: catalogServiceRef,
          deps: { auth: coreServices.auth },
          factory: () => catalog,
        }),
      ],
    });
    await waitFor(async () => {
      const { body } = await request(server).get(
        '/api/envoy-go-plugins/plugins',
      );
      expect(body.totalItems).toBe(1);
    });
    expect(attempts).toBeGreaterThan(1);
  });

  it('does not start with a configuration that makes no sense', async () => {
    await expect(
      startTestBackend({
        features: [
          envoyGoPluginsPlugin,
          catalogServiceMock.factory(),
          mockServices.rootConfig.factory({
            data: {
              envoyGoPlugins: { marketplace: { envoyVersions: ['1.38.1'] } },
            },
          }),
        ],
      }),
    ).rejects.toThrow(
      'envoyGoPlugins.marketplace.envoyVersions: found "1.38.1", allowed are minor versions such as "1.38"',
    );
  });
});
