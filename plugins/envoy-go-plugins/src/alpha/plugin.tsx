import { discoveryApiRef, fetchApiRef } from '@backstage/core-plugin-api';
import {
  ApiBlueprint,
  PageBlueprint,
  createFrontendPlugin,
} from '@backstage/frontend-plugin-api';
import {
  EntityCardBlueprint,
  EntityContentBlueprint,
} from '@backstage/plugin-catalog-react/alpha';
import { FormFieldBlueprint } from '@backstage/plugin-scaffolder-react/alpha';
import {
  SearchFilterResultTypeBlueprint,
  SearchResultListItemBlueprint,
} from '@backstage/plugin-search-react/alpha';
import {
  ENVOY_GO_PLUGIN_DOCUMENT_TYPE,
  EnvoyGoPluginsClient,
  isEnvoyGoPluginEntity,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { envoyGoPluginsApiRef } from '../api';
import { CONFIGURATION_PATH } from '../plugin-entity';
import {
  createFromTemplateRouteRef,
  registerPluginRouteRef,
  rootRouteRef,
} from '../routes';
import { EnvoyGoPluginIcon } from '../vocabulary/EnvoyGoPluginIcon';

const api = ApiBlueprint.make({
  params: defineParams =>
    defineParams({
      api: envoyGoPluginsApiRef,
      deps: { discoveryApi: discoveryApiRef, fetchApi: fetchApiRef },
      factory: options => new EnvoyGoPluginsClient(options),
    }),
});

const marketplacePage = PageBlueprint.make({
  params: {
    path: '/envoy-go-plugins',
    title: 'Envoy Go Plugins',
    icon: <EnvoyGoPluginIcon fontSize="inherit" />,
    routeRef: rootRouteRef,
    loader: () => import('../marketplace').then(m => <m.NfsMarketplacePage />),
  },
});

const aboutCard = EntityCardBlueprint.make({
  name: 'about',
  params: {
    type: 'info',
    filter: isEnvoyGoPluginEntity,
    loader: () => import('../about').then(m => <m.AboutCard />),
  },
});

const readmeCard = EntityCardBlueprint.make({
  name: 'readme',
  params: {
    type: 'content',
    filter: isEnvoyGoPluginEntity,
    loader: () => import('../readme').then(m => <m.ReadmeCard />),
  },
});

const versionsContent = EntityContentBlueprint.make({
  name: 'versions',
  params: {
    path: 'versions',
    title: 'Versions',
    filter: isEnvoyGoPluginEntity,
    loader: () => import('../versions').then(m => <m.VersionsContent />),
  },
});

const configurationContent = EntityContentBlueprint.make({
  name: 'configuration',
  params: {
    path: CONFIGURATION_PATH,
    title: 'Configuration',
    filter: isEnvoyGoPluginEntity,
    loader: () =>
      import('../configuration').then(m => <m.ConfigurationContent />),
  },
});

const discussionsContent = EntityContentBlueprint.make({
  name: 'discussions',
  params: {
    path: 'discussions',
    title: 'Discussions',
    filter: isEnvoyGoPluginEntity,
    loader: () => import('../discussions').then(m => <m.DiscussionsContent />),
  },
});

const searchResultListItem = SearchResultListItemBlueprint.make({
  params: {
    icon: <EnvoyGoPluginIcon />,
    predicate: result => result.type === ENVOY_GO_PLUGIN_DOCUMENT_TYPE,
    component: () =>
      import('../search').then(m => m.EnvoyGoPluginSearchResultListItem),
  },
});

const searchResultType = SearchFilterResultTypeBlueprint.make({
  name: 'envoy-go-plugins',
  params: {
    value: ENVOY_GO_PLUGIN_DOCUMENT_TYPE,
    name: 'Envoy Go Plugins',
    icon: <EnvoyGoPluginIcon />,
  },
});

const pluginNameField = FormFieldBlueprint.make({
  name: 'plugin-name',
  params: {
    field: () => import('../scaffolder').then(m => m.envoyGoPluginNameField),
  },
});

const configFieldsField = FormFieldBlueprint.make({
  name: 'config-fields',
  params: {
    field: () => import('../scaffolder').then(m => m.envoyGoConfigFieldsField),
  },
});

const repositoryPickerField = FormFieldBlueprint.make({
  name: 'repository-picker',
  params: {
    field: () =>
      import('../scaffolder').then(m => m.envoyGoRepositoryPickerField),
  },
});

/**
 * The marketplace, the pieces of a plugin's entity page, its search results and the fields of the scaffolder's
 * templates.
 *
 * @alpha
 */
export default createFrontendPlugin({
  pluginId: 'envoy-go-plugins',
  title: 'Envoy Go Plugins',
  icon: <EnvoyGoPluginIcon fontSize="inherit" />,
  info: { packageJson: () => import('../../package.json') },
  routes: { root: rootRouteRef },
  externalRoutes: {
    createFromTemplate: createFromTemplateRouteRef,
    registerPlugin: registerPluginRouteRef,
  },
  extensions: [
    api,
    marketplacePage,
    aboutCard,
    readmeCard,
    versionsContent,
    configurationContent,
    discussionsContent,
    searchResultListItem,
    searchResultType,
    pluginNameField,
    configFieldsField,
    repositoryPickerField,
  ],
});
