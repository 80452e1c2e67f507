import type { SchedulerServiceTaskScheduleDefinitionConfig } from '@backstage/backend-plugin-api';

export interface Config {
  search?: {
    collators?: {
      /** How Envoy Go plugins get into the search index. */
      envoyGoPlugins?: {
        /**
         * When the index is made anew. Every 10 minutes unless said otherwise.
         */
        schedule?: SchedulerServiceTaskScheduleDefinitionConfig;
        /**
         * The path of a plugin's page. Default "/catalog/:namespace/:kind/:name".
         */
        locationTemplate?: string;
        /**
         * How many plugins to read from the catalog at once. Default 500.
         */
        batchSize?: number;
      };
    };
  };
}
