import {
  coreServices,
  createBackendPlugin,
} from '@backstage/backend-plugin-api';
import { toError } from '@backstage/errors';
import { ScmIntegrations } from '@backstage/integration';
import { catalogServiceRef } from '@backstage/plugin-catalog-node';
import { eventsServiceRef } from '@backstage/plugin-events-node';
import { notificationService } from '@backstage/plugin-notifications-node';
import { signalsServiceRef } from '@backstage/plugin-signals-node';
import {
  ENVOY_GO_PLUGINS_SIGNAL_CHANNEL,
  envoyGoPluginsPermissions,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import {
  type PublishCheck,
  envoyGoPluginsPublishingExtensionPoint,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-node';
import { KNOWN_ENVOYS } from '@envoy-go/envoy-runner';
import { GITHUB_WEBHOOK_PATH, readWebhookConfig } from '@envoy-go/event-intake';
import {
  createRegistryRouter,
  createRouter,
  PUBLIC_VERSION_PATHS,
  REGISTRY_PATH,
} from './api';
import { createReleaseArtifacts, readArtifactsConfig } from './artifacts';
import {
  AuditRecorder,
  AuditedDeliveries,
  DatabaseAuditRecordStore,
} from './audit';
import {
  createBuilds,
  createKnownVersions,
  createReleasePublisher,
  createRunnerPool,
  gitHubUrl,
  readBuildsConfig,
  readRunnersConfig,
} from './builds';
import { createDeliveries } from './events';
import { DefaultGitHubDoor } from './github';
import {
  AuthorizedMarketplaceService,
  CatalogSynchronizer,
  DatabasePluginStore,
  DatabaseRepositoryStore,
  DatabasePluginVisibility,
  DefaultHiddenPlugins,
  DefaultMarketplaceService,
  DefaultRepositoryChanges,
  EntityEventFollower,
  FactsOnDemand,
  MarketplaceSchedule,
  PluginAnnouncer,
  PluginViewers,
  RepositoryRefresher,
  RepositorySweep,
  StoredPluginFacts,
  readMarketplaceConfig,
} from './marketplace';
import { createManagement } from './management';
import { createPeople, readPeopleConfig } from './people';
import { createPublishing, readPublishingConfig } from './publishing';
import { createRegistryServices, readRegistryConfig } from './registry';

/**
 * The marketplace of Envoy filters written in Go: what the catalog knows of them and
 * GitHub says of them, searched, filtered, counted and paged.
 *
 * @public
 */
export const envoyGoPluginsPlugin = createBackendPlugin({
  pluginId: 'envoy-go-plugins',
  register(env) {
    const publishChecks: PublishCheck[] = [];
    env.registerExtensionPoint(envoyGoPluginsPublishingExtensionPoint, {
      addCheck: (...checks) => void publishChecks.push(...checks),
    });
    env.registerInit({
      deps: {
        auditor: coreServices.auditor,
        auth: coreServices.auth,
        catalog: catalogServiceRef,
        config: coreServices.rootConfig,
        database: coreServices.database,
        discovery: coreServices.discovery,
        events: eventsServiceRef,
        httpAuth: coreServices.httpAuth,
        httpRouter: coreServices.httpRouter,
        lifecycle: coreServices.lifecycle,
        logger: coreServices.logger,
        notifications: notificationService,
        permissions: coreServices.permissions,
        permissionsRegistry: coreServices.permissionsRegistry,
        scheduler: coreServices.scheduler,
        signals: signalsServiceRef,
        userInfo: coreServices.userInfo,
      },
      async init({
        auditor,
        auth,
        catalog,
        config,
        database,
        discovery,
        events,
        httpAuth,
        httpRouter,
        lifecycle,
        logger,
        notifications,
        permissions,
        permissionsRegistry,
        scheduler,
        signals,
        userInfo,
      }) {
        permissionsRegistry.addPermissions(envoyGoPluginsPermissions);

        const webhooks = readWebhookConfig(config);
        const settings = readMarketplaceConfig(config, {
          webhooks: webhooks !== undefined,
        });
        const integrations = ScmIntegrations.fromConfig(config);
        const now = () => new Date();
        const store = await DatabasePluginStore.create({
          database,
          knownEnvoyVersions: settings.knownEnvoyVersions,
          integrates: host => integrations.github.byHost(host) !== undefined,
        });
        const db = await database.getClient();
        const hosts = integrations.github
          .list()
          .map(integration => integration.config.host);
        const people = readPeopleConfig(config, hosts);
        const door = DefaultGitHubDoor.create({
          db,
          integrations,
          logger,
          organization: people.organization,
          timeoutMs: settings.github.timeoutMs,
          now,
        });
        const { maxFactsAgeMs } = settings.github;
        const repositories = new DatabaseRepositoryStore(db);
        const announcer = new PluginAnnouncer({
          signals,
          catalog,
          auth,
          logger,
        });
        const versions = createKnownVersions(db);
        const refresher = new RepositoryRefresher({
          door,
          store: repositories,
          plugins: store,
          announcer,
          follower: versions.follower,
          logger,
          now,
        });
        const sweep = new RepositorySweep({
          door,
          store: repositories,
          refresher,
          logger,
          maxFactsAgeMs,
          now,
        });
        const changes = new DefaultRepositoryChanges({
          store: repositories,
          plugins: store,
          refresher,
        });
        const onDemand = new FactsOnDemand({
          read: (link, signal) => sweep.read([link], { lane: 'page', signal }),
          logger,
          now,
        });
        const facts = new StoredPluginFacts({
          store: repositories,
          readSoon: link => onDemand.readSoon(link),
          maxFactsAgeMs,
          now,
          logger,
        });
        const viewers = new PluginViewers({
          auth,
          catalog,
          logger,
          integrates: host => door.integrates(host),
          defaultHost: people.host,
          now,
        });
        const synchronizer = new CatalogSynchronizer({
          catalog,
          auth,
          store,
          logger,
          onPluginsChanged: () => {
            sweep.sweepSoon();
            announcer.marketplaceChanged();
          },
        });
        const schedule = new MarketplaceSchedule({
          scheduler,
          synchronizer,
          repositories: sweep,
          logger,
          reconcile: settings.reconcileSchedule,
          sweep: settings.github.sweepSchedule,
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
          announcer.stop();
          await Promise.all([sweep.stop(), onDemand.stop()]);
          await door.stop();
        });

        const runners = createRunnerPool({
          config: readRunnersConfig(config),
          db,
          logger,
          now: () => now().getTime(),
        });
        await runners.start(lifecycle);
        const registry = createRegistryServices({
          config: readRegistryConfig(config),
          db,
          auth,
          visibility: new DatabasePluginVisibility(db),
          viewers,
          scheduler,
          logger,
          now,
        });
        const artifacts = createReleaseArtifacts({
          config: readArtifactsConfig(config),
          logger,
          around: registry.keep,
        });
        await registry.start(lifecycle, artifacts);
        // Clients of the registry have no token of the portal, and the registry has its secret
        httpRouter.addAuthPolicy({
          path: REGISTRY_PATH,
          allow: 'unauthenticated',
        });
        httpRouter.use(createRegistryRouter({ ...registry, logger, now }));

        const releases = createReleasePublisher({
          services: artifacts,
          db,
          versions,
          plugins: store,
          repositories,
          onStored: repository => refresher.releasesBuilt(repository),
          scheduler,
          appUrl: config.getOptionalString('app.baseUrl') ?? '',
          apiUrl: () => discovery.getExternalBaseUrl('envoy-go-plugins'),
          logger,
          now,
        });
        await releases.start(lifecycle);
        for (const path of PUBLIC_VERSION_PATHS) {
          httpRouter.addAuthPolicy({ path, allow: 'unauthenticated' });
        }
        const building = createBuilds({
          config: readBuildsConfig(config),
          people,
          db,
          door,
          repositories,
          runners,
          publisher: releases.publisher,
          catalog,
          auth,
          signals,
          notifications,
          scheduler,
          urlOf: host => gitHubUrl(integrations, host),
          logger,
          now,
        });
        await building.start(lifecycle);

        // Open to everybody: deliveries are signed. Where there are no webhooks there is
        // nothing behind it.
        httpRouter.addAuthPolicy({
          path: GITHUB_WEBHOOK_PATH,
          allow: 'unauthenticated',
        });
        const deliveries = createDeliveries({
          config,
          db,
          door,
          store: people,
          changes,
          scheduler,
          logger,
          now,
          // It says nothing but that there is something to look at
          onChanged: () =>
            void signals
              .publish({
                channel: ENVOY_GO_PLUGINS_SIGNAL_CHANNEL,
                recipients: { type: 'broadcast' },
                message: { type: 'administration-changed' },
              })
              .catch(error =>
                logger.warn(
                  'Administrators were not told that deliveries changed',
                  toError(error),
                ),
              ),
        });
        building.follow(deliveries.handlers);
        await deliveries.start(lifecycle);
        if (deliveries.router) {
          httpRouter.use(deliveries.router);
        }

        const marketplace = new AuthorizedMarketplaceService(
          new DefaultMarketplaceService({ store, facts, viewers }),
          permissions,
        );
        const hidden = new DefaultHiddenPlugins({ store, viewers });
        const record = new DatabaseAuditRecordStore(db);
        const recorder = new AuditRecorder({
          auditor,
          store: record,
          logger,
          now,
        });
        const ownNames = createPeople({
          config: people,
          db,
          door,
          marketplace,
          changes,
          known: viewers,
          recorder,
          permissions,
          userInfo,
          logger,
          now,
        });
        const publishing = createPublishing({
          config: readPublishingConfig(config),
          people,
          db,
          door,
          catalog,
          auth,
          auditor,
          signals,
          notifications,
          access: ownNames.access,
          known: viewers,
          builds: building.builds,
          envoys: KNOWN_ENVOYS.map(({ version }) => version),
          checks: publishChecks,
          handlers: deliveries.handlers,
          portalUrl: config.getOptionalString('app.baseUrl') ?? '',
          logger,
          now,
        });
        await publishing.start(lifecycle, scheduler);
        const management = createManagement({
          db,
          door,
          marketplace,
          changes,
          catalog,
          auth,
          auditor,
          signals,
          notifications,
          access: ownNames.access,
          builds: building.builds,
          publisherOf: publishing.publisherOf,
          organization: people.organization,
          logger,
          now,
        });
        management.start(lifecycle);
        httpRouter.use(
          createRouter({
            marketplace,
            hidden,
            deliveries: new AuditedDeliveries({
              deliveries: deliveries.administration,
              recorder,
            }),
            budgets: door.budgets,
            record,
            httpAuth,
            publishing: publishing.requests,
            versions: releases.reports({
              marketplace,
              builds: building.builds,
              pulls: registry.pulls,
            }),
            publicVersions: releases.public,
            management: management.management,
            builds: building.forPeople({
              permissions,
              access: ownNames.access,
              userInfo,
              hidden,
              auditor,
            }),
            ...ownNames,
          }),
        );
      },
    });
  },
});
