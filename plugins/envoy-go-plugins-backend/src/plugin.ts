import {
  coreServices,
  createBackendPlugin,
} from '@backstage/backend-plugin-api';
import { ScmIntegrations } from '@backstage/integration';
import { catalogServiceRef } from '@backstage/plugin-catalog-node';
import { eventsServiceRef } from '@backstage/plugin-events-node';
import { notificationService } from '@backstage/plugin-notifications-node';
import { signalsServiceRef } from '@backstage/plugin-signals-node';
import { envoyGoPluginsPermissions } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
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
  AuditedRecordStore,
  DatabaseAuditRecordStore,
  type RecordIn,
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
import { createOwnerLookup } from './catalog';
import { createDeliveries } from './events';
import { DefaultGitHubDoor } from './github';
import { createManagement } from './management';
import {
  createMarketplace,
  DatabaseKnownPlugins,
  readMarketplaceConfig,
} from './marketplace';
import { createNotices } from './notices';
import { createPeople, readPeopleConfig } from './people';
import { createPublishing, readPublishingConfig } from './publishing';
import { createRegistryServices, readRegistryConfig } from './registry';
import { OpenPages } from './signals';

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

        const integrations = ScmIntegrations.fromConfig(config);
        const now = () => new Date();
        const settings = readMarketplaceConfig(config, {
          webhooks: readWebhookConfig(config) !== undefined,
        });
        const people = readPeopleConfig(
          config,
          integrations.github.list().map(({ config: { host } }) => host),
        );
        const portalUrl = config.getOptionalString('app.baseUrl') ?? '';
        const db = await database.getClient();
        const door = DefaultGitHubDoor.create({
          db,
          integrations,
          logger,
          organization: people.organization,
          timeoutMs: settings.github.timeoutMs,
          now,
        });

        const recordIn: RecordIn = transaction =>
          new AuditedRecordStore(transaction, { auditor, logger });
        const versions = createKnownVersions(db, recordIn);
        const market = await createMarketplace({
          config: settings,
          database,
          door,
          host: people.host,
          catalog,
          auth,
          signals,
          follower: versions.follower,
          logger,
          now,
        });
        const { changes, hidden, repositories, viewers } = market;
        const marketplace = market.forPeople(permissions);
        await market.start(lifecycle, { events, scheduler });
        lifecycle.addShutdownHook(async () => {
          await market.stop();
          await door.stop();
        });

        const pages = new OpenPages({ signals, logger });
        const ownerOf = createOwnerLookup({ catalog, auth });
        const notices = createNotices({
          db,
          notifications,
          ownerOf,
          logger,
          now,
        });
        notices.start(lifecycle);

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
          visibility: market.visibility,
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
          plugins: market.plugins,
          repositories,
          onStored: repository => market.refresher.releasesBuilt(repository),
          scheduler,
          appUrl: portalUrl,
          apiUrl: () => discovery.getExternalBaseUrl('envoy-go-plugins'),
          recordIn,
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
          ownerOf,
          pages,
          noticesIn: notices.outboxIn,
          scheduler,
          urlOf: host => gitHubUrl(integrations, host),
          recordIn,
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
          onChanged: () => pages.tell({ type: 'administration-changed' }),
        });
        building.follow(deliveries.handlers);
        await deliveries.start(lifecycle);
        if (deliveries.router) {
          httpRouter.use(deliveries.router);
        }

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
          pages,
          notices,
          access: ownNames.access,
          known: viewers,
          builds: building.builds,
          envoys: KNOWN_ENVOYS.map(({ version }) => version),
          checks: publishChecks,
          handlers: deliveries.handlers,
          portalUrl,
          recordIn,
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
          pages,
          notices,
          access: ownNames.access,
          builds: building.builds,
          publisherOf: publishing.publisherOf,
          organization: people.organization,
          recordIn,
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
              known: new DatabaseKnownPlugins(db),
              auditor,
            }),
            ...ownNames,
          }),
        );
      },
    });
  },
});
