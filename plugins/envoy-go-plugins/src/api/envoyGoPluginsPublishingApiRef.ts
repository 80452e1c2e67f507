import { createApiRef } from '@backstage/core-plugin-api';
import type { EnvoyGoPluginsPublishingApi } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';

/**
 * The client through which the pages about publishing talk to the Envoy Go Plugins backend.
 *
 * @public
 */
export const envoyGoPluginsPublishingApiRef =
  createApiRef<EnvoyGoPluginsPublishingApi>({
    id: 'plugin.envoy-go-plugins.publishing-client',
  });
