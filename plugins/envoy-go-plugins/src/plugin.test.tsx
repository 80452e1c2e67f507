import { Suspense } from 'react';
import { screen } from '@testing-library/react';
import { Route, Routes } from 'react-router-dom';
import { entityRouteRef } from '@backstage/plugin-catalog-react';
import { permissionApiRef } from '@backstage/plugin-permission-react';
import {
  TestApiProvider,
  mockApis,
  renderInTestApp,
} from '@backstage/test-utils';
import { EnvoyGoPluginsClient } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import * as exported from './index';
import { InMemoryEnvoyGoPluginsApi, samplePlugins } from './__testUtils__';

describe('the plugin for the legacy frontend system', () => {
  it('exports what a portal mounts, and nothing else', () => {
    expect(Object.keys(exported).sort()).toEqual([
      'EntityEnvoyGoPluginAboutCard',
      'EntityEnvoyGoPluginActivityContent',
      'EntityEnvoyGoPluginConfigurationContent',
      'EntityEnvoyGoPluginDiscussionsContent',
      'EntityEnvoyGoPluginReadmeCard',
      'EntityEnvoyGoPluginSourceCard',
      'EntityEnvoyGoPluginVersionsContent',
      'EnvoyGoConfigFieldsFieldExtension',
      'EnvoyGoPluginIcon',
      'EnvoyGoPluginNameFieldExtension',
      'EnvoyGoPluginSearchResultListItem',
      'EnvoyGoRepositoryPickerFieldExtension',
      'MarketplacePage',
      'envoyGoPluginsApiRef',
      'envoyGoPluginsPlugin',
      'isEnvoyGoPluginEntity',
    ]);
  });

  it('brings its client', () => {
    const [factory] = exported.envoyGoPluginsPlugin.getApis();
    expect(factory.api).toBe(exported.envoyGoPluginsApiRef);
    expect(factory.factory({ discoveryApi: {}, fetchApi: {} })).toBeInstanceOf(
      EnvoyGoPluginsClient,
    );
  });

  it('mounts the marketplace', async () => {
    const api = new InMemoryEnvoyGoPluginsApi({ plugins: samplePlugins() });
    await renderInTestApp(
      <TestApiProvider
        apis={[
          [exported.envoyGoPluginsApiRef, api],
          [permissionApiRef, mockApis.permission()],
        ]}
      >
        <Suspense fallback={null}>
          <Routes>
            <Route path="/" element={<exported.MarketplacePage />} />
          </Routes>
        </Suspense>
      </TestApiProvider>,
      {
        mountedRoutes: {
          '/envoy-go-plugins': exported.envoyGoPluginsPlugin.routes.root,
          '/catalog/:namespace/:kind/:name': entityRouteRef,
        },
      },
    );
    expect(
      await screen.findByRole('link', { name: 'Token auth' }),
    ).toBeInTheDocument();
  });
});
