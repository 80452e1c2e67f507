import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import {
  coreServices,
  createBackendPlugin,
} from '@backstage/backend-plugin-api';
import { ScmIntegrations } from '@backstage/integration';
import { catalogServiceRef } from '@backstage/plugin-catalog-node';
import { eventsServiceRef } from '@backstage/plugin-events-node';
import { envoyGoPluginsPermissions } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import {
  DeliveryIntake,
  GITHUB_WEBHOOK_PATH,
  MismatchRecorder,
  createWebhookRouter,
  readWebhookConfig,
} from '@envoy-go/event-intake';
import { createRouter } from './api';
import {
  DatabaseDeletedTagStore,
  DatabaseDeliveryStore,
  DeliveryHandlers,
  DeliveryWorker,
  followAccess,
  followRepositories,
  refreshOnChange,
} from './events';
import { DatabaseGitHubResponseStore, DefaultGitHubClient } from './github';
import {
  AuthorizedMarketplaceService,
  CatalogSynchronizer,
  DatabasePluginStore,
  DefaultMarketplaceService,
  EntityEventFollower,
  GitHubPluginFacts,
  MarketplaceSchedule,
  PluginFactsRefresher,
  readMarketplaceConfig,
} from './marketplace';

/**
 * The marketplace of Envoy filters written in Go: what the catalog knows of them and
 * GitHub says of them, searched, filtered, counted and paged.
 *
 * @public
 */
export const envoyGoPluginsPlugin = createBackendPlugin({
  pluginId: 'envoy-go-plugins',
  register(env) {
    env.registerInit({
      deps: {
        auth: coreServices.auth,
        catalog: catalogServiceRef,
        config: coreServices.rootConfig,
        database: coreServices.database,
        events: eventsServiceRef,
        httpAuth: coreServices.httpAuth,
        httpRouter: coreServices.httpRouter,
        lifecycle: coreServices.lifecycle,
        logger: coreServices.logger,
        permissions: coreServices.permissions,
        permissionsRegistry: coreServices.permissionsRegistry,
        scheduler: coreServices.scheduler,
      },
      async init({
        auth,
        catalog,
        config,
        database,
        events,
        httpAuth,
        httpRouter,
        lifecycle,
        logger,
        permissions,
        permissionsRegistry,
        scheduler,
      }) {
        permissionsRegistry.addPermissions(envoyGoPluginsPermissions);

        const settings = readMarketplaceConfig(config);
        const webhooks = readWebhookConfig(config);
        const integrations = ScmIntegrations.fromConfig(config);
        const now = () => new Date();
        const store = await DatabasePluginStore.create({
          database,
          knownEnvoyVersions: settings.knownEnvoyVersions,
          integrates: host => integrations.github.byHost(host) !== undefined,
        });
        const db = await database.getClient();
        const responses = new DatabaseGitHubResponseStore(db);
        const github = new DefaultGitHubClient({
          integrations,
          responses,
          logger,
          freshForMs: settings.github.freshForMs,
          timeoutMs: settings.github.timeoutMs,
          now,
        });
        const facts = new GitHubPluginFacts({ github, store, logger });
        const refresher = new PluginFactsRefresher({
          store,
          facts,
          responses,
          logger,
          batchSize: settings.github.refreshBatchSize,
          refreshAfterMs: settings.github.refreshAfterMs,
          now,
        });
        const synchronizer = new CatalogSynchronizer({
          catalog,
          auth,
          store,
          logger,
          onPluginsChanged: () => refresher.refreshSoon(),
        });
        const schedule = new MarketplaceSchedule({
          scheduler,
          synchronizer,
          refresher,
          logger,
          reconcile: settings.reconcileSchedule,
          refresh: settings.github.refreshSchedule,
        });
        const follower = new EntityEventFollower({
          read: refs => synchronizer.read(refs),
          logger,
          now,
        });

        await follower.follow(events);
        await schedule.start(lifecycle);
        lifecycle.addShutdownHook(async () => {
          follower.stop();
          await refresher.stop();
        });

        // Open to everybody: deliveries are signed. Where there are no webhooks there is
        // nothing behind it.
        httpRouter.addAuthPolicy({
          path: GITHUB_WEBHOOK_PATH,
          allow: 'unauthenticated',
        });
        if (webhooks) {
          const deliveries = new DatabaseDeliveryStore(db);
          const handlers = new DeliveryHandlers();
          const changes = refreshOnChange((repository, changedAt) =>
            refresher.refreshRepository(repository, changedAt),
          );
          followRepositories(handlers, {
            changes,
            deletedTags: new DatabaseDeletedTagStore(db),
          });
          followAccess(handlers, { changes, host: 'github.com' });
          const worker = new DeliveryWorker({
            id: `${hostname()} ${process.pid} ${randomUUID()}`,
            store: deliveries,
            handlers,
            logger,
            now,
          });
          lifecycle.addStartupHook(() => worker.start());
          lifecycle.addShutdownHook(() => worker.stop());
          httpRouter.use(
            createWebhookRouter({
              intake: new DeliveryIntake({
                inbox: deliveries,
                onStored: () => worker.wake(),
              }),
              mismatches: new MismatchRecorder({ inbox: deliveries, logger }),
              ...webhooks,
              logger,
              now,
            }),
          );
        }

        httpRouter.use(
          createRouter({
            marketplace: new AuthorizedMarketplaceService(
              new DefaultMarketplaceService({ store, facts }),
              permissions,
            ),
            httpAuth,
          }),
        );
      },
    });
  },
});
