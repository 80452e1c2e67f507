import type {
  LifecycleService,
  LoggerService,
  SchedulerService,
} from '@backstage/backend-plugin-api';
import { toError } from '@backstage/errors';
import type { Knex } from 'knex';
import type { ArtifactServices } from '../../artifacts';
import type { RecordIn } from '../../audit';
import type {
  MarketplaceService,
  PluginStore,
  ReleaseFollower,
  RepositoryKey,
  RepositoryStore,
} from '../../marketplace';
import type { Builds } from '../Builds';
import type { ReleasePublisher } from '../ReleasePublisher';
import { DatabaseImageStore } from './DatabaseImageStore';
import { DatabaseVersionStore } from './DatabaseVersionStore';
import { DefaultReleasePublisher } from './DefaultReleasePublisher';
import { ImageLeases } from './ImageLeases';
import { PublicVersions } from './PublicVersions';
import { RegistryCleaner } from './RegistryCleaner';
import { VersionFollower } from './VersionFollower';
import { type ImagePulls, VersionReports } from './VersionReports';
import type { VersionStore } from './VersionStore';
import { YankKeeper } from './YankKeeper';

/** What is known of versions; the marketplace asks for it. */
export interface KnownVersions {
  store: VersionStore;
  follower: ReleaseFollower;
  /** Calls back when the registry is to hear of a version that is yanked. */
  onYanked(listener: () => void): void;
}

/** What becomes of built releases. */
export interface Releases {
  publisher: ReleasePublisher;
  public: PublicVersions;
  reports(options: {
    /** Lets only those in who may see a plugin. */
    marketplace: MarketplaceService;
    /** To name the build of each version. */
    builds?: Pick<Builds, 'list'>;
    /** How often images were pulled. */
    pulls?: ImagePulls;
  }): VersionReports;
  /** Follows what is yanked and cleans the registry, until the backend stops. */
  start(lifecycle: LifecycleService): Promise<void>;
}

/** What is known of versions, in the database. */
export function createKnownVersions(
  db: Knex,
  recordIn: RecordIn,
): KnownVersions {
  const listeners: (() => void)[] = [];
  const store = new DatabaseVersionStore({
    db,
    recordIn,
  });
  return {
    store,
    follower: new VersionFollower({
      versions: store,
      onYanked: () => listeners.forEach(listener => listener()),
    }),
    onYanked: listener => void listeners.push(listener),
  };
}

/** Puts together what becomes of built releases. */
export function createReleasePublisher(options: {
  /** `undefined` where no registry is configured. */
  services: ArtifactServices | undefined;
  db: Knex;
  versions: KnownVersions;
  plugins: PluginStore;
  repositories: RepositoryStore;
  /** Takes up what is known of a repository's releases. */
  onStored: (repository: RepositoryKey) => Promise<void>;
  scheduler: Pick<SchedulerService, 'scheduleTask'>;
  /** Of the portal, such as `https://portal.example.com`. */
  appUrl: string;
  /** Of the plugin's own API. */
  apiUrl: () => Promise<string>;
  recordIn: RecordIn;
  logger: LoggerService;
  now: () => Date;
  /** For tests: how fast it is. */
  pace?: { leaseMs?: number; pollMs?: number };
}): Releases {
  const { services, db, versions, plugins, repositories, logger, now } =
    options;
  const images = new DatabaseImageStore({
    db,
    belongs: async repository =>
      (await repositories.listPluginsOf(repository)).length > 0,
    now,
  });
  const leases = new ImageLeases({ store: images, now, ...options.pace });
  const onStored = async ({ repository }: { repository: RepositoryKey }) =>
    options.onStored(repository);
  const keeper =
    services &&
    new YankKeeper({
      artifacts: services.artifacts,
      versions: versions.store,
      leases,
      repositories,
      onStored,
      logger,
      now,
    });
  const cleaner =
    services &&
    new RegistryCleaner({
      registry: services.registry,
      images,
      record: options.recordIn(db),
      logger,
      now,
    });
  return {
    publisher: new DefaultReleasePublisher({
      services,
      versions: versions.store,
      images,
      leases,
      plugins,
      repositories,
      onStored,
      now,
    }),
    public: new PublicVersions({
      plugins,
      repositories,
      versions: versions.store,
      appUrl: options.appUrl,
      apiUrl: options.apiUrl,
    }),
    reports: ({ marketplace, builds, pulls }) =>
      new VersionReports({
        marketplace,
        builds,
        pulls,
        repositories,
        versions: versions.store,
        artifacts: services?.artifacts,
      }),
    async start(lifecycle) {
      if (!keeper || !cleaner) {
        return;
      }
      await options.scheduler.scheduleTask({
        id: 'follow-yanked-versions',
        frequency: { minutes: 1 },
        timeout: { minutes: 10 },
        initialDelay: { seconds: 30 },
        fn: signal => keeper.run(signal),
      });
      await options.scheduler.scheduleTask({
        id: 'clean-registry',
        frequency: { hours: 6 },
        timeout: { hours: 1 },
        initialDelay: { minutes: 10 },
        fn: signal => cleaner.clean(signal),
      });
      const stopping = new AbortController();
      let running: Promise<void> = Promise.resolve();
      versions.onYanked(() => {
        running = running
          .then(() =>
            stopping.signal.aborted ? undefined : keeper.run(stopping.signal),
          )
          .catch(error => {
            if (!stopping.signal.aborted) {
              logger.warn(
                `Versions that are yanked were not followed; it is tried again: ${
                  toError(error).message
                }`,
              );
            }
          });
      });
      lifecycle.addShutdownHook(async () => {
        stopping.abort(new Error('The backend stops'));
        await running;
      });
    },
  };
}
