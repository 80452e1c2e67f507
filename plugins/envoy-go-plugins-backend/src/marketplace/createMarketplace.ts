import type {
  AuthService,
  DatabaseService,
  LifecycleService,
  LoggerService,
  PermissionsService,
  SchedulerService,
} from '@backstage/backend-plugin-api';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import type { EventsService } from '@backstage/plugin-events-node';
import type { SignalsService } from '@backstage/plugin-signals-node';
import type { GitHubDoor } from '../github';
import { AuthorizedMarketplaceService } from './AuthorizedMarketplaceService';
import { CatalogSynchronizer } from './CatalogSynchronizer';
import { DatabasePluginStore } from './DatabasePluginStore';
import { DatabaseRepositoryStore } from './DatabaseRepositoryStore';
import { DefaultMarketplaceService } from './DefaultMarketplaceService';
import { DefaultRepositoryChanges } from './DefaultRepositoryChanges';
import { EntityEventFollower } from './EntityEventFollower';
import { FactsOnDemand } from './FactsOnDemand';
import { DefaultHiddenPlugins, type HiddenPlugins } from './HiddenPlugins';
import { MarketplaceSchedule } from './MarketplaceSchedule';
import type { MarketplaceService } from './MarketplaceService';
import { PluginAnnouncer } from './PluginAnnouncer';
import { PluginViewers } from './PluginViewers';
import {
  DatabasePluginVisibility,
  type PluginVisibility,
} from './PluginVisibility';
import type { MarketplaceConfig } from './readMarketplaceConfig';
import type { ReleaseFollower } from './ReleaseFollower';
import type { RepositoryChanges } from './RepositoryChanges';
import { RepositoryRefresher } from './RepositoryRefresher';
import { RepositorySweep } from './RepositorySweep';
import { StoredPluginFacts } from './StoredPluginFacts';

/** What {@link createMarketplace} puts together. */
export interface Marketplace {
  plugins: DatabasePluginStore;
  repositories: DatabaseRepositoryStore;
  refresher: RepositoryRefresher;
  sweep: RepositorySweep;
  /** By which it hears of what happened to repositories. */
  changes: RepositoryChanges;
  /** Who on GitHub those are that ask. */
  viewers: PluginViewers;
  visibility: PluginVisibility;
  hidden: HiddenPlugins;
  /** Answers whoever asks. */
  service: MarketplaceService;
  /** Answers those who may ask. */
  forPeople(permissions: PermissionsService): MarketplaceService;
  /** Follows the catalog and GitHub until it is stopped. */
  start(
    lifecycle: LifecycleService,
    by: { events: EventsService; scheduler: SchedulerService },
  ): Promise<void>;
  /** Asks for nothing further, and waits for what is under way; the door must be open until then. */
  stop(): Promise<void>;
}

/** Puts together the read model, and what keeps it like the catalog and GitHub. */
export async function createMarketplace(options: {
  config: MarketplaceConfig;
  /** Whose migrations are run, unless they are to be skipped. */
  database: DatabaseService;
  door: GitHubDoor;
  /** The GitHub of the store. */
  host: string;
  catalog: CatalogService;
  auth: AuthService;
  signals: SignalsService;
  /** Who knows what became of releases. */
  follower?: ReleaseFollower;
  logger: LoggerService;
  now: () => Date;
  /** For tests: from 0 to 1. */
  random?: () => number;
}): Promise<Marketplace> {
  const { config, database, door, catalog, auth, logger, now } = options;
  const { maxFactsAgeMs } = config.github;
  const integrates = (host: string) => door.integrates(host);
  const plugins = await DatabasePluginStore.create({
    database,
    knownEnvoyVersions: config.knownEnvoyVersions,
    integrates,
  });
  const db = await database.getClient();
  const repositories = new DatabaseRepositoryStore(db);
  const announcer = new PluginAnnouncer({
    signals: options.signals,
    catalog,
    auth,
    logger,
  });
  const refresher = new RepositoryRefresher({
    door,
    store: repositories,
    plugins,
    announcer,
    follower: options.follower,
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
    random: options.random,
  });
  const onDemand = new FactsOnDemand({
    read: (link, signal) => sweep.read([link], { lane: 'page', signal }),
    logger,
    now,
  });
  const viewers = new PluginViewers({
    auth,
    catalog,
    logger,
    integrates,
    defaultHost: options.host,
    now,
  });
  const service = new DefaultMarketplaceService({
    store: plugins,
    facts: new StoredPluginFacts({
      store: repositories,
      readSoon: link => onDemand.readSoon(link),
      maxFactsAgeMs,
      now,
      logger,
    }),
    viewers,
  });
  const synchronizer = new CatalogSynchronizer({
    catalog,
    auth,
    store: plugins,
    logger,
    onPluginsChanged: () => {
      sweep.sweepSoon();
      announcer.marketplaceChanged();
    },
  });
  const entityEvents = new EntityEventFollower({
    read: refs => synchronizer.read(refs),
    logger,
    now,
  });
  return {
    plugins,
    repositories,
    refresher,
    sweep,
    changes: new DefaultRepositoryChanges({
      store: repositories,
      plugins,
      refresher,
    }),
    viewers,
    visibility: new DatabasePluginVisibility(db),
    hidden: new DefaultHiddenPlugins({ store: plugins, viewers }),
    service,
    forPeople: permissions =>
      new AuthorizedMarketplaceService(service, permissions),
    async start(lifecycle, { events, scheduler }) {
      await entityEvents.follow(events);
      const schedule = new MarketplaceSchedule({
        scheduler,
        synchronizer,
        repositories: sweep,
        logger,
        reconcile: config.reconcileSchedule,
        sweep: config.github.sweepSchedule,
      });
      await schedule.start(lifecycle);
    },
    async stop() {
      entityEvents.stop();
      announcer.stop();
      await Promise.all([sweep.stop(), onDemand.stop()]);
    },
  };
}
