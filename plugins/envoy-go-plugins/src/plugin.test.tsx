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
import {
  EnvoyGoPluginsAdministrationClient,
  EnvoyGoPluginsClient,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import * as exported from './index';
import { InMemoryEnvoyGoPluginsApi, samplePlugins } from './__testUtils__';
import {
  InMemoryEnvoyGoPluginsAdministrationApi,
  sampleAdministration,
} from './administration/__testUtils__';

describe('the plugin for the legacy frontend system', () => {
  it('exports what a portal mounts, and nothing else', () => {
    expect(Object.keys(exported).sort()).toEqual([
      'AdministrationPage',
      'BuildsPage',
      'EntityEnvoyGoPluginAboutCard',
      'EntityEnvoyGoPluginActivityContent',
      'EntityEnvoyGoPluginConfigurationContent',
      'EntityEnvoyGoPluginDiscussionsContent',
      'EntityEnvoyGoPluginManagementCard',
      'EntityEnvoyGoPluginProofsCard',
      'EntityEnvoyGoPluginReadmeCard',
      'EntityEnvoyGoPluginSourceCard',
      'EntityEnvoyGoPluginVersionsContent',
      'EnvoyGoConfigFieldsFieldExtension',
      'EnvoyGoPluginIcon',
      'EnvoyGoPluginNameFieldExtension',
      'EnvoyGoPluginSearchResultListItem',
      'EnvoyGoRepositoryPickerFieldExtension',
      'MarketplacePage',
      'PublishingPage',
      'envoyGoPluginsAdministrationApiRef',
      'envoyGoPluginsApiRef',
      'envoyGoPluginsBuildsApiRef',
      'envoyGoPluginsManagementApiRef',
      'envoyGoPluginsPlugin',
      'envoyGoPluginsPublishingApiRef',
      'isEnvoyGoPluginEntity',
    ]);
  });

  it('brings its client', () => {
    const [factory, administration] = exported.envoyGoPluginsPlugin.getApis();
    expect(factory.api).toBe(exported.envoyGoPluginsApiRef);
    expect(factory.factory({ discoveryApi: {}, fetchApi: {} })).toBeInstanceOf(
      EnvoyGoPluginsClient,
    );
    expect(administration.api).toBe(
      exported.envoyGoPluginsAdministrationApiRef,
    );
    expect(
      administration.factory({ discoveryApi: {}, fetchApi: {} }),
    ).toBeInstanceOf(EnvoyGoPluginsAdministrationClient);
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

  it('mounts the administrators’ pages below it', async () => {
    await renderInTestApp(
      <TestApiProvider
        apis={[
          [
            exported.envoyGoPluginsAdministrationApiRef,
            new InMemoryEnvoyGoPluginsAdministrationApi(sampleAdministration()),
          ],
          [permissionApiRef, mockApis.permission()],
        ]}
      >
        <Suspense fallback={null}>
          <Routes>
            <Route
              path="/envoy-go-plugins/admin/*"
              element={<exported.AdministrationPage />}
            />
          </Routes>
        </Suspense>
      </TestApiProvider>,
      {
        routeEntries: ['/envoy-go-plugins/admin/record'],
        mountedRoutes: {
          '/envoy-go-plugins': exported.envoyGoPluginsPlugin.routes.root,
          '/catalog/:namespace/:kind/:name': entityRouteRef,
        },
      },
    );
    expect(
      await screen.findByRole('heading', { name: 'Administration' }),
    ).toBeInTheDocument();
    expect(await screen.findByText('5 records')).toBeInTheDocument();
  });
});
