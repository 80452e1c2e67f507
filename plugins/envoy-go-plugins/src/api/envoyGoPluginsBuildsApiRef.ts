import { createApiRef } from '@backstage/core-plugin-api';
import type { EnvoyGoPluginsBuildsApi } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';

/**
 * The client through which the pages about builds and versions talk to the Envoy Go Plugins backend.
 *
 * @public
 */
export const envoyGoPluginsBuildsApiRef = createApiRef<EnvoyGoPluginsBuildsApi>(
  { id: 'plugin.envoy-go-plugins.builds-client' },
);
