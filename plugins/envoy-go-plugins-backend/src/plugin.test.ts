import { mockServices, startTestBackend } from '@backstage/backend-test-utils';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import request from 'supertest';
import envoyGoPluginsPlugin from './index';

describe('envoyGoPluginsPlugin', () => {
  it('lists the plugins of the catalog', async () => {
    const { server } = await startTestBackend({
      features: [
        envoyGoPluginsPlugin,
        mockServices.rootConfig.factory({ data: {} }),
        catalogServiceMock.factory({
          entities: [
            {
              apiVersion: 'envoygo.dev/v1alpha1',
              kind: 'EnvoyGoPlugin',
              metadata: { name: 'token-auth', title: 'Token auth' },
              spec: {
                type: 'http-filter',
                runtime: 'dynamic-module',
                lifecycle: 'production',
                owner: 'group:default/gateway',
                category: 'authn',
                filterName: 'token-auth',
                package: '.',
                envoy: '>=1.38',
              },
            },
          ],
        }),
      ],
    });
    const response = await request(server).get(
      '/api/envoy-go-plugins/plugins?q=TOKEN&category=authn&owner=gateway&limit=5',
    );
    expect(response.body).toMatchObject({ totalItems: 1 });
  });
});
