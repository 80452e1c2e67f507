import {
  coreServices,
  createBackendModule,
  readSchedulerServiceTaskScheduleDefinitionFromConfig,
  type RootConfigService,
  type SchedulerServiceTaskScheduleDefinition,
} from '@backstage/backend-plugin-api';
import { InputError } from '@backstage/errors';
import { catalogServiceRef } from '@backstage/plugin-catalog-node';
import { searchIndexRegistryExtensionPoint } from '@backstage/plugin-search-backend-node/alpha';
import { EnvoyGoPluginCollatorFactory } from './collator';

const CONFIG_KEY = 'search.collators.envoyGoPlugins';

function readSchedule(
  config: RootConfigService,
): SchedulerServiceTaskScheduleDefinition {
  const schedule = config.getOptionalConfig(`${CONFIG_KEY}.schedule`);
  if (!schedule) {
    return {
      frequency: { minutes: 10 },
      timeout: { minutes: 15 },
      initialDelay: { seconds: 3 },
    };
  }
  try {
    return readSchedulerServiceTaskScheduleDefinitionFromConfig(schedule);
  } catch (error) {
    throw new InputError(
      `The schedule at ${CONFIG_KEY}.schedule cannot be read`,
      error,
    );
  }
}

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
        const own = config.getOptionalConfig(CONFIG_KEY);
        indexRegistry.addCollator({
          schedule: scheduler.createScheduledTaskRunner(readSchedule(config)),
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
