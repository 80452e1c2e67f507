import {
  createExternalRouteRef,
  createRouteRef,
  createSubRouteRef,
} from '@backstage/core-plugin-api';

/** The marketplace. */
export const rootRouteRef = createRouteRef({ id: 'envoy-go-plugins' });

/** The administrators' pages: they stand below the marketplace. */
export const administrationRouteRef = createSubRouteRef({
  id: 'envoy-go-plugins:administration',
  parent: rootRouteRef,
  path: '/admin',
});

/** Where a portal on the legacy frontend system mounts the administrators' pages. */
export const administrationMountRouteRef = createRouteRef({
  id: 'envoy-go-plugins:administration-mount',
});

/** Where authors publish plugins: below the marketplace. */
export const publishingRouteRef = createSubRouteRef({
  id: 'envoy-go-plugins:publishing',
  parent: rootRouteRef,
  path: '/publish',
});

/** Where a portal on the legacy frontend system mounts the pages about publishing. */
export const publishingMountRouteRef = createRouteRef({
  id: 'envoy-go-plugins:publishing-mount',
});

/** The pages of builds: below the marketplace. */
export const buildsRouteRef = createSubRouteRef({
  id: 'envoy-go-plugins:builds',
  parent: rootRouteRef,
  path: '/builds',
});

/** Where a portal on the legacy frontend system mounts the pages of builds. */
export const buildsMountRouteRef = createRouteRef({
  id: 'envoy-go-plugins:builds-mount',
});

/** The form of one template of the scaffolder. */
export const createFromTemplateRouteRef = createExternalRouteRef({
  id: 'envoy-go-plugins:create-from-template',
  optional: true,
  params: ['namespace', 'templateName'],
  defaultTarget: 'scaffolder.selectedTemplate',
});

/** The catalog's page for registering a repository that already exists. */
export const registerPluginRouteRef = createExternalRouteRef({
  id: 'envoy-go-plugins:register-plugin',
  optional: true,
  defaultTarget: 'catalog-import.importPage',
});
