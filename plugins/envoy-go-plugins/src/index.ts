/**
 * Envoy Go Plugins for portals on the legacy frontend system; the new one finds its plugin at `./alpha`.
 *
 * @packageDocumentation
 */
export * from './plugin';
export {
  envoyGoPluginsAdministrationApiRef,
  envoyGoPluginsApiRef,
  envoyGoPluginsBuildsApiRef,
  envoyGoPluginsManagementApiRef,
  envoyGoPluginsPublishingApiRef,
} from './api';
export { EnvoyGoPluginIcon } from './vocabulary/EnvoyGoPluginIcon';
export type { EnvoyGoPluginSearchResultListItemProps } from './search';
export { isEnvoyGoPluginEntity } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
