import { createApiRef } from '@backstage/core-plugin-api';
import type { EnvoyGoPluginsApi } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';

/**
 * The client through which every page of the plugin talks to the Envoy Go Plugins backend.
 *
 * @public
 */
export const envoyGoPluginsApiRef = createApiRef<EnvoyGoPluginsApi>({
  id: 'plugin.envoy-go-plugins.client',
});
