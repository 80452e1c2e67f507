import { createApiRef } from '@backstage/core-plugin-api';
import type { EnvoyGoPluginsManagementApi } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';

/**
 * The client through which owners and administrators manage published plugins.
 *
 * @public
 */
export const envoyGoPluginsManagementApiRef =
  createApiRef<EnvoyGoPluginsManagementApi>({
    id: 'plugin.envoy-go-plugins.management-client',
  });
