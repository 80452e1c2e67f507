import {
  coreServices,
  createBackendModule,
  readSchedulerServiceTaskScheduleDefinitionFromConfig,
} from '@backstage/backend-plugin-api';
import { catalogServiceRef } from '@backstage/plugin-catalog-node';
import { searchIndexRegistryExtensionPoint } from '@backstage/plugin-search-backend-node/alpha';
import { EnvoyGoPluginCollatorFactory } from './collator';

/**
 * Adds Envoy Go plugins to the search index, as documents of a type of their own.
 *
 * @public
 */
export const searchModuleEnvoyGoPlugins = createBackendModule({
  pluginId: 'search',
  moduleId: 'envoy-go-plugins-collator',
  register(env) {
    env.registerInit({
      deps: {
        auth: coreServices.auth,
        catalog: catalogServiceRef,
        config: coreServices.rootConfig,
        indexRegistry: searchIndexRegistryExtensionPoint,
        scheduler: coreServices.scheduler,
      },
      async init({ auth, catalog, config, indexRegistry, scheduler }) {
        const own = config.getOptionalConfig('search.collators.envoyGoPlugins');
        const schedule = own?.getOptionalConfig('schedule');
        indexRegistry.addCollator({
          schedule: scheduler.createScheduledTaskRunner(
            schedule
              ? readSchedulerServiceTaskScheduleDefinitionFromConfig(schedule)
              : {
                  frequency: { minutes: 10 },
                  timeout: { minutes: 15 },
                  initialDelay: { seconds: 3 },
                },
          ),
          factory: new EnvoyGoPluginCollatorFactory({
            auth,
            catalog,
            batchSize: own?.getOptionalNumber('batchSize') ?? 500,
            locationTemplate:
              own?.getOptionalString('locationTemplate') ??
              '/catalog/:namespace/:kind/:name',
          }),
        });
      },
    });
  },
});
