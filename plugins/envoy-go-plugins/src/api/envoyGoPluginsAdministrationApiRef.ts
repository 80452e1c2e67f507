import { createApiRef } from '@backstage/core-plugin-api';
import type { EnvoyGoPluginsAdministrationApi } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';

/**
 * The client through which the administrators' pages talk to the Envoy Go Plugins backend.
 *
 * @public
 */
export const envoyGoPluginsAdministrationApiRef =
  createApiRef<EnvoyGoPluginsAdministrationApi>({
    id: 'plugin.envoy-go-plugins.administration-client',
  });
