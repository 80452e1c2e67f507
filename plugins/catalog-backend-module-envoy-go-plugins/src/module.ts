import {
  coreServices,
  createBackendModule,
} from '@backstage/backend-plugin-api';
import {
  catalogProcessingExtensionPoint,
  catalogServiceRef,
} from '@backstage/plugin-catalog-node';
import { eventsServiceRef } from '@backstage/plugin-events-node';
import { EntityChangeAnnouncer } from './announcement/EntityChangeAnnouncer';
import { isNamedRule } from './permissions';
import { EnvoyGoPluginProcessor } from './processor';

/**
 * Adds the EnvoyGoPlugin kind to the catalog.
 *
 * @public
 */
export const catalogModuleEnvoyGoPlugins = createBackendModule({
  pluginId: 'catalog',
  moduleId: 'envoy-go-plugins',
  register(env) {
    env.registerInit({
      deps: {
        auth: coreServices.auth,
        catalog: catalogServiceRef,
        events: eventsServiceRef,
        lifecycle: coreServices.lifecycle,
        logger: coreServices.logger,
        permissionsRegistry: coreServices.permissionsRegistry,
        processing: catalogProcessingExtensionPoint,
      },
      async init({
        auth,
        catalog,
        events,
        lifecycle,
        logger,
        permissionsRegistry,
        processing,
      }) {
        permissionsRegistry.addPermissionRules([isNamedRule]);
        const announcer = new EntityChangeAnnouncer({
          auth,
          catalog,
          events,
          logger,
        });
        lifecycle.addShutdownHook(() => announcer.stop());
        processing.addProcessor(
          new EnvoyGoPluginProcessor({
            onChange: entity => announcer.announce(entity),
          }),
        );
      },
    });
  },
});
