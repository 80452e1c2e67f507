import {
  createApiFactory,
  createComponentExtension,
  createPlugin,
  createRoutableExtension,
  discoveryApiRef,
  fetchApiRef,
} from '@backstage/core-plugin-api';
import { createSearchResultListItemExtension } from '@backstage/plugin-search-react';
import {
  ENVOY_GO_PLUGIN_DOCUMENT_TYPE,
  EnvoyGoPluginsAdministrationClient,
  EnvoyGoPluginsBuildsClient,
  EnvoyGoPluginsClient,
  EnvoyGoPluginsManagementClient,
  EnvoyGoPluginsPublishingClient,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import {
  envoyGoPluginsAdministrationApiRef,
  envoyGoPluginsApiRef,
  envoyGoPluginsBuildsApiRef,
  envoyGoPluginsManagementApiRef,
  envoyGoPluginsPublishingApiRef,
} from './api';
import {
  administrationMountRouteRef,
  administrationRouteRef,
  buildsMountRouteRef,
  buildsRouteRef,
  createFromTemplateRouteRef,
  publishingMountRouteRef,
  publishingRouteRef,
  registerPluginRouteRef,
  rootRouteRef,
} from './routes';
import {
  configFieldsFieldExtension,
  pluginNameFieldExtension,
  repositoryPickerFieldExtension,
} from './scaffolder/fieldExtensions';
import type { EnvoyGoPluginSearchResultListItemProps } from './search';

/**
 * Envoy Go Plugins for portals on the legacy frontend system.
 *
 * @public
 */
export const envoyGoPluginsPlugin = createPlugin({
  id: 'envoy-go-plugins',
  apis: [
    createApiFactory({
      api: envoyGoPluginsApiRef,
      deps: { discoveryApi: discoveryApiRef, fetchApi: fetchApiRef },
      factory: options => new EnvoyGoPluginsClient(options),
    }),
    createApiFactory({
      api: envoyGoPluginsAdministrationApiRef,
      deps: { discoveryApi: discoveryApiRef, fetchApi: fetchApiRef },
      factory: options => new EnvoyGoPluginsAdministrationClient(options),
    }),
    createApiFactory({
      api: envoyGoPluginsManagementApiRef,
      deps: { discoveryApi: discoveryApiRef, fetchApi: fetchApiRef },
      factory: options => new EnvoyGoPluginsManagementClient(options),
    }),
    createApiFactory({
      api: envoyGoPluginsPublishingApiRef,
      deps: { discoveryApi: discoveryApiRef, fetchApi: fetchApiRef },
      factory: options => new EnvoyGoPluginsPublishingClient(options),
    }),
    createApiFactory({
      api: envoyGoPluginsBuildsApiRef,
      deps: { discoveryApi: discoveryApiRef, fetchApi: fetchApiRef },
      factory: options => new EnvoyGoPluginsBuildsClient(options),
    }),
  ],
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
});

/**
 * The marketplace; mount it at `/envoy-go-plugins`.
 *
 * @public
 */
export const MarketplacePage = envoyGoPluginsPlugin.provide(
  createRoutableExtension({
    name: 'MarketplacePage',
    component: () => import('./marketplace').then(m => m.MarketplacePage),
    mountPoint: rootRouteRef,
  }),
);

/**
 * The administrators' pages; mount them below the marketplace, at `/envoy-go-plugins/admin`.
 *
 * @public
 */
export const AdministrationPage = envoyGoPluginsPlugin.provide(
  createRoutableExtension({
    name: 'AdministrationPage',
    component: () => import('./administration').then(m => m.AdministrationPage),
    mountPoint: administrationMountRouteRef,
  }),
);

/**
 * Where authors ask for the publication of plugins and follow what becomes of it; mount it below the marketplace, at
 * `/envoy-go-plugins/publish`.
 *
 * @public
 */
export const PublishingPage = envoyGoPluginsPlugin.provide(
  createRoutableExtension({
    name: 'PublishingPage',
    component: () => import('./publishing').then(m => m.PublishingPage),
    mountPoint: publishingMountRouteRef,
  }),
);

/**
 * The page of each build: its steps, its log as it is written, and what came out; mount it below the marketplace, at
 * `/envoy-go-plugins/builds`.
 *
 * @public
 */
export const BuildsPage = envoyGoPluginsPlugin.provide(
  createRoutableExtension({
    name: 'BuildsPage',
    component: () => import('./builds').then(m => m.BuildsPage),
    mountPoint: buildsMountRouteRef,
  }),
);

/**
 * What a plugin is and what GitHub says of it; for the overview of its entity page.
 *
 * @public
 */
export const EntityEnvoyGoPluginAboutCard = envoyGoPluginsPlugin.provide(
  createComponentExtension({
    name: 'EntityEnvoyGoPluginAboutCard',
    component: { lazy: () => import('./about').then(m => m.AboutCard) },
  }),
);

/**
 * The README of a plugin's repository; for the overview of its entity page.
 *
 * @public
 */
export const EntityEnvoyGoPluginReadmeCard = envoyGoPluginsPlugin.provide(
  createComponentExtension({
    name: 'EntityEnvoyGoPluginReadmeCard',
    component: { lazy: () => import('./readme').then(m => m.ReadmeCard) },
  }),
);

/**
 * The branches, tags and contributors of a plugin's repository; for the overview of its entity page.
 *
 * @public
 */
export const EntityEnvoyGoPluginSourceCard = envoyGoPluginsPlugin.provide(
  createComponentExtension({
    name: 'EntityEnvoyGoPluginSourceCard',
    component: { lazy: () => import('./source').then(m => m.SourceCard) },
  }),
);

/**
 * How the latest release of a plugin did in real Envoys; for the overview of its entity page.
 *
 * @public
 */
export const EntityEnvoyGoPluginProofsCard = envoyGoPluginsPlugin.provide(
  createComponentExtension({
    name: 'EntityEnvoyGoPluginProofsCard',
    component: {
      lazy: () => import('./verified').then(m => m.ProofSummaryCard),
    },
  }),
);

/**
 * What owners and administrators may do with a published plugin, and what is being done to it; for the overview of its
 * entity page. Others see nothing of it.
 *
 * @public
 */
export const EntityEnvoyGoPluginManagementCard = envoyGoPluginsPlugin.provide(
  createComponentExtension({
    name: 'EntityEnvoyGoPluginManagementCard',
    component: {
      lazy: () => import('./management').then(m => m.ManagementCard),
    },
  }),
);

/**
 * What happened to a plugin; a tab of its entity page.
 *
 * @public
 */
export const EntityEnvoyGoPluginActivityContent = envoyGoPluginsPlugin.provide(
  createComponentExtension({
    name: 'EntityEnvoyGoPluginActivityContent',
    component: {
      lazy: () => import('./activity').then(m => m.ActivityContent),
    },
  }),
);

/**
 * The releases of a plugin; a tab of its entity page at the path `/versions`.
 *
 * @public
 */
export const EntityEnvoyGoPluginVersionsContent = envoyGoPluginsPlugin.provide(
  createComponentExtension({
    name: 'EntityEnvoyGoPluginVersionsContent',
    component: {
      lazy: () => import('./versions').then(m => m.VersionsContent),
    },
  }),
);

/**
 * Puts a plugin's configuration together; a tab of its entity page at the path `/configuration`.
 *
 * @public
 */
export const EntityEnvoyGoPluginConfigurationContent =
  envoyGoPluginsPlugin.provide(
    createComponentExtension({
      name: 'EntityEnvoyGoPluginConfigurationContent',
      component: {
        lazy: () => import('./configuration').then(m => m.ConfigurationContent),
      },
    }),
  );

/**
 * The open issues and pull requests of a plugin; a tab of its entity page.
 *
 * @public
 */
export const EntityEnvoyGoPluginDiscussionsContent =
  envoyGoPluginsPlugin.provide(
    createComponentExtension({
      name: 'EntityEnvoyGoPluginDiscussionsContent',
      component: {
        lazy: () => import('./discussions').then(m => m.DiscussionsContent),
      },
    }),
  );

/**
 * A plugin among the results of the portal's search.
 *
 * @public
 */
export const EnvoyGoPluginSearchResultListItem: (
  props: EnvoyGoPluginSearchResultListItemProps,
) => JSX.Element | null = envoyGoPluginsPlugin.provide(
  createSearchResultListItemExtension({
    name: 'EnvoyGoPluginSearchResultListItem',
    component: () =>
      import('./search').then(m => m.EnvoyGoPluginSearchResultListItem),
    predicate: result => result.type === ENVOY_GO_PLUGIN_DOCUMENT_TYPE,
  }),
);

/**
 * The scaffolder's field `EnvoyGoPluginName`: a name that serves as repository, entity, filter and Go package.
 *
 * @public
 */
export const EnvoyGoPluginNameFieldExtension = envoyGoPluginsPlugin.provide(
  pluginNameFieldExtension,
);

/**
 * The scaffolder's field `EnvoyGoConfigFields`: the fields of a new filter's configuration, with a preview.
 *
 * @public
 */
export const EnvoyGoConfigFieldsFieldExtension = envoyGoPluginsPlugin.provide(
  configFieldsFieldExtension,
);

/**
 * The scaffolder's field `EnvoyGoRepositoryPicker`: `RepoUrlPicker`, named after the plugin, which says before the task
 * begins that a repository exists or cannot be created.
 *
 * @public
 */
export const EnvoyGoRepositoryPickerFieldExtension =
  envoyGoPluginsPlugin.provide(repositoryPickerFieldExtension);
