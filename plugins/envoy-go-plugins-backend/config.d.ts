import type { SchedulerServiceTaskScheduleDefinitionConfig } from '@backstage/backend-plugin-api';
import type { HumanDuration } from '@backstage/types';

export interface Config {
  /** Envoy Go Plugins. All of it is optional, and none of it reaches the browser. */
  envoyGoPlugins?: {
    marketplace?: {
      /**
       * The minor versions of Envoy that the marketplace offers as a facet. A plugin has
       * those that its range (`spec.envoy`) admits.
       * Default: those that this release of the plugin knows, 1.36 to 1.40.
       * @visibility backend
       */
      envoyVersions?: string[];
      /**
       * How often the whole catalog is compared with the marketplace. New and changed
       * plugins do not wait for it: they are told of by events.
       * Default: every 5 minutes, with a timeout of 10.
       * @visibility backend
       */
      reconcileSchedule?: SchedulerServiceTaskScheduleDefinitionConfig;
    };
    /** What is read of the plugins' repositories, through `integrations.github`. */
    github?: {
      /**
       * For how long an answer of GitHub is shown without asking again.
       * Default: 60 seconds.
       * @visibility backend
       */
      freshFor?: HumanDuration | string;
      /**
       * How long a page waits for GitHub before it shows what was known earlier.
       * Default: 10 seconds.
       * @visibility backend
       */
      timeout?: HumanDuration | string;
      /**
       * How often stars and latest releases, by which lists are sorted, are read for the
       * plugins of which they are the oldest.
       * Default: every minute, with a timeout of 5.
       * @visibility backend
       */
      refreshSchedule?: SchedulerServiceTaskScheduleDefinitionConfig;
      /**
       * For how many plugins at most that is done each time. Three requests a plugin,
       * which do not count against GitHub's limit when nothing changed.
       * Default: 30.
       * @visibility backend
       */
      refreshBatchSize?: number;
      /**
       * How old they are allowed to become before they are read again.
       * Default: 5 minutes.
       * @visibility backend
       */
      refreshAfter?: HumanDuration | string;
      /**
       * Whether GitHub's webhooks are taken in, at
       * `/api/envoy-go-plugins/webhooks/github`. Where they are the backend does not start
       * without `webhookSecret`.
       * Default: whether there is a `webhookSecret`.
       * @visibility backend
       */
      webhooks?: boolean;
      /**
       * The secret of the webhook on GitHub, by which deliveries are signed.
       * @visibility secret
       */
      webhookSecret?: string;
      /**
       * How large a delivery may be, in bytes.
       * Default: what GitHub sends at most, 25 MB (26214400).
       * @visibility backend
       */
      webhookMaxBodyBytes?: number;
    };
  };
}
