import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import {
  createExtensionTester,
  renderTestApp,
} from '@backstage/frontend-test-utils';
import { coreExtensionData } from '@backstage/frontend-plugin-api';
import catalogPlugin from '@backstage/plugin-catalog/alpha';
import { catalogApiRef } from '@backstage/plugin-catalog-react';
import { catalogApiMock } from '@backstage/plugin-catalog-react/testUtils';
import {
  envoyGoPluginsAdministrationApiRef,
  envoyGoPluginsApiRef,
} from '../api';
import {
  InMemoryEnvoyGoPluginsAdministrationApi,
  sampleAdministration,
} from '../administration/__testUtils__';
import { InMemoryEnvoyGoPluginsApi, samplePlugins } from '../__testUtils__';
import plugin from '.';

const ids = [
  'api:envoy-go-plugins',
  'api:envoy-go-plugins/administration',
  'api:envoy-go-plugins/publishing',
  'api:envoy-go-plugins/builds',
  'page:envoy-go-plugins',
  'page:envoy-go-plugins/administration',
  'page:envoy-go-plugins/publishing',
  'page:envoy-go-plugins/builds',
  'entity-card:envoy-go-plugins/about',
  'entity-card:envoy-go-plugins/proofs',
  'entity-card:envoy-go-plugins/readme',
  'entity-card:envoy-go-plugins/source',
  'entity-content:envoy-go-plugins/versions',
  'entity-content:envoy-go-plugins/configuration',
  'entity-content:envoy-go-plugins/discussions',
  'entity-content:envoy-go-plugins/activity',
  'search-result-list-item:envoy-go-plugins',
  'search-filter-result-type:envoy-go-plugins/envoy-go-plugins',
  'scaffolder-form-field:envoy-go-plugins/plugin-name',
  'scaffolder-form-field:envoy-go-plugins/config-fields',
  'scaffolder-form-field:envoy-go-plugins/repository-picker',
] as const;

function renderPortal(at: string) {
  const plugins = samplePlugins();
  return renderTestApp({
    features: [catalogPlugin, plugin],
    initialRouteEntries: [at],
    apis: [
      [envoyGoPluginsApiRef, new InMemoryEnvoyGoPluginsApi({ plugins })],
      [
        envoyGoPluginsAdministrationApiRef,
        new InMemoryEnvoyGoPluginsAdministrationApi(sampleAdministration()),
      ],
      [
        catalogApiRef,
        catalogApiMock({
          entities: [
            ...plugins.map(({ details }) => details.entity),
            {
              apiVersion: 'backstage.io/v1alpha1',
              kind: 'Component',
              metadata: { name: 'other', namespace: 'default' },
              spec: { type: 'service' },
            },
          ],
        }),
      ],
    ],
  });
}

describe('the plugin for the new frontend system', () => {
  it.each(ids)('has %s', id => {
    expect(plugin.getExtension(id)).toBeDefined();
  });

  it('puts the marketplace into the sidebar', () => {
    const page = createExtensionTester(
      plugin.getExtension('page:envoy-go-plugins'),
    );
    expect(page.get(coreExtensionData.routePath)).toBe('/envoy-go-plugins');
    expect(page.get(coreExtensionData.title)).toBe('Envoy Go Plugins');
    expect(page.get(coreExtensionData.icon)).toBeDefined();
    expect(page.get(coreExtensionData.routeRef)).toBe(plugin.routes.root);
  });

  it('keeps the administrators’ pages out of the sidebar', () => {
    const page = createExtensionTester(
      plugin.getExtension('page:envoy-go-plugins/administration'),
    );
    expect(page.get(coreExtensionData.routePath)).toBe(
      '/envoy-go-plugins/admin',
    );
    expect(page.get(coreExtensionData.routeRef)).toBeUndefined();
  });

  it('leads administrators from the marketplace to their pages', async () => {
    renderPortal('/envoy-go-plugins');
    await userEvent.click(
      await screen.findByRole('button', { name: 'Administration' }),
    );
    expect(
      await screen.findByRole('tab', { name: 'Deliveries' }),
    ).toBeInTheDocument();
    await userEvent.click(screen.getByRole('tab', { name: 'Record' }));
    expect(await screen.findByText('5 records')).toBeInTheDocument();
  });

  it('leads from the marketplace to a plugin and on to its configuration', async () => {
    renderPortal('/envoy-go-plugins');
    await userEvent.click(
      await screen.findByRole('link', { name: 'Token auth' }),
    );
    await userEvent.click(
      await screen.findByRole('button', { name: 'Use this plugin' }),
    );
    expect(
      await screen.findByRole('tabpanel', { name: 'Envoy' }),
    ).toHaveTextContent('filter_name: token-auth');
  });

  it.each([
    ['versions', 'v1.4.0'],
    ['discussions', 'A trailing slash makes another token'],
  ])('has a tab %s on the entity page of a plugin', async (tab, text) => {
    renderPortal(`/catalog/default/envoygoplugin/token-auth/${tab}`);
    expect(await screen.findByText(text)).toBeInTheDocument();
  });

  it('leaves the entity pages of other kinds alone', async () => {
    renderPortal('/catalog/default/component/other');
    expect(await screen.findByText('About')).toBeInTheDocument();
    expect(screen.queryByText('Use this plugin')).not.toBeInTheDocument();
    expect(screen.queryByText('Versions')).not.toBeInTheDocument();
  });
});
