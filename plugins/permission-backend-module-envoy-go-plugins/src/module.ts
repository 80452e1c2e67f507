import {
  coreServices,
  createBackendModule,
} from '@backstage/backend-plugin-api';
import { catalogServiceRef } from '@backstage/plugin-catalog-node';
import { policyExtensionPoint } from '@backstage/plugin-permission-node/alpha';
import { createDecisionOptions } from './createDecisionOptions';
import { EnvoyGoPluginsPolicy } from './EnvoyGoPluginsPolicy';

/**
 * Makes {@link EnvoyGoPluginsPolicy} the portal's policy.
 *
 * @public
 */
export const permissionModuleEnvoyGoPlugins = createBackendModule({
  pluginId: 'permission',
  moduleId: 'envoy-go-plugins-policy',
  register(env) {
    env.registerInit({
      deps: {
        auth: coreServices.auth,
        catalog: catalogServiceRef,
        config: coreServices.rootConfig,
        discovery: coreServices.discovery,
        logger: coreServices.logger,
        policy: policyExtensionPoint,
      },
      async init({ policy, ...services }) {
        policy.setPolicy(
          new EnvoyGoPluginsPolicy(createDecisionOptions(services)),
        );
      },
    });
  },
});
