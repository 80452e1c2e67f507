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
  EnvoyGoPluginsAdministrationClient,
  EnvoyGoPluginsBuildsClient,
  EnvoyGoPluginsClient,
  EnvoyGoPluginsManagementClient,
  EnvoyGoPluginsPublishingClient,
  isEnvoyGoPluginEntity,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import {
  envoyGoPluginsAdministrationApiRef,
  envoyGoPluginsApiRef,
  envoyGoPluginsBuildsApiRef,
  envoyGoPluginsManagementApiRef,
  envoyGoPluginsPublishingApiRef,
} from '../api';
import { CONFIGURATION_PATH, VERSIONS_PATH } from '../plugin-entity';
import {
  administrationRouteRef,
  buildsRouteRef,
  createFromTemplateRouteRef,
  publishingRouteRef,
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

const administrationApi = ApiBlueprint.make({
  name: 'administration',
  params: defineParams =>
    defineParams({
      api: envoyGoPluginsAdministrationApiRef,
      deps: { discoveryApi: discoveryApiRef, fetchApi: fetchApiRef },
      factory: options => new EnvoyGoPluginsAdministrationClient(options),
    }),
});

const managementApi = ApiBlueprint.make({
  name: 'management',
  params: defineParams =>
    defineParams({
      api: envoyGoPluginsManagementApiRef,
      deps: { discoveryApi: discoveryApiRef, fetchApi: fetchApiRef },
      factory: options => new EnvoyGoPluginsManagementClient(options),
    }),
});

const publishingApi = ApiBlueprint.make({
  name: 'publishing',
  params: defineParams =>
    defineParams({
      api: envoyGoPluginsPublishingApiRef,
      deps: { discoveryApi: discoveryApiRef, fetchApi: fetchApiRef },
      factory: options => new EnvoyGoPluginsPublishingClient(options),
    }),
});

const buildsApi = ApiBlueprint.make({
  name: 'builds',
  params: defineParams =>
    defineParams({
      api: envoyGoPluginsBuildsApiRef,
      deps: { discoveryApi: discoveryApiRef, fetchApi: fetchApiRef },
      factory: options => new EnvoyGoPluginsBuildsClient(options),
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

// Without a route of its own, which would put it into everybody's sidebar: the marketplace leads administrators there.
const administrationPage = PageBlueprint.make({
  name: 'administration',
  params: {
    path: '/envoy-go-plugins/admin',
    title: 'Administration',
    loader: () =>
      import('../administration').then(m => <m.NfsAdministrationPage />),
  },
});

// Without a route of its own, like administration: the marketplace leads there.
const publishingPage = PageBlueprint.make({
  name: 'publishing',
  params: {
    path: '/envoy-go-plugins/publish',
    title: 'Publish a plugin',
    loader: () => import('../publishing').then(m => <m.NfsPublishingPage />),
  },
});

// Without a route of its own, like administration: versions, requests and administration lead there.
const buildsPage = PageBlueprint.make({
  name: 'builds',
  params: {
    path: '/envoy-go-plugins/builds',
    title: 'Build',
    loader: () => import('../builds').then(m => <m.NfsBuildsPage />),
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

const proofsCard = EntityCardBlueprint.make({
  name: 'proofs',
  params: {
    type: 'info',
    filter: isEnvoyGoPluginEntity,
    loader: () => import('../verified').then(m => <m.ProofSummaryCard />),
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

const sourceCard = EntityCardBlueprint.make({
  name: 'source',
  params: {
    type: 'info',
    filter: isEnvoyGoPluginEntity,
    loader: () => import('../source').then(m => <m.SourceCard />),
  },
});

const managementCard = EntityCardBlueprint.make({
  name: 'management',
  params: {
    type: 'info',
    filter: isEnvoyGoPluginEntity,
    loader: () => import('../management').then(m => <m.ManagementCard />),
  },
});

const versionsContent = EntityContentBlueprint.make({
  name: 'versions',
  params: {
    path: VERSIONS_PATH,
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

const activityContent = EntityContentBlueprint.make({
  name: 'activity',
  params: {
    path: 'activity',
    title: 'Activity',
    filter: isEnvoyGoPluginEntity,
    loader: () => import('../activity').then(m => <m.ActivityContent />),
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
  routes: {
    root: rootRouteRef,
    administration: administrationRouteRef,
    publishing: publishingRouteRef,
    builds: buildsRouteRef,
  },
  externalRoutes: {
    createFromTemplate: createFromTemplateRouteRef,
    registerPlugin: registerPluginRouteRef,
  },
  extensions: [
    api,
    administrationApi,
    managementApi,
    publishingApi,
    buildsApi,
    marketplacePage,
    administrationPage,
    publishingPage,
    buildsPage,
    aboutCard,
    proofsCard,
    readmeCard,
    sourceCard,
    managementCard,
    versionsContent,
    configurationContent,
    discussionsContent,
    activityContent,
    searchResultListItem,
    searchResultType,
    pluginNameField,
    configFieldsField,
    repositoryPickerField,
  ],
});
