import type {
  PluginActivity,
  PluginDiscussion,
  PluginReadme,
  PluginRelease,
  PluginSource,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { RepositorySnapshot } from '../github';
import type { RepositoryLocation } from './repositoryOf';

/** What tells repositories apart for ever: names change, and are given to others. */
export interface RepositoryKey {
  host: string;
  /** GitHub's. */
  id: number;
}

/** Under what the readers of a repository are kept: `HOST/ID`. */
export function readersKey({ host, id }: RepositoryKey): string {
  return `${host}/${id}`;
}

/** A question that GitHub did not answer. */
export interface ReadFailure {
  /** A sentence. */
  reason: string;
  /** ISO 8601, UTC. */
  at: string;
}

/** A repository as GitHub last described it. */
export interface StoredRepository extends RepositoryKey {
  snapshot: RepositorySnapshot;
  /** Whether something that the snapshot has not is outdated. */
  partsDue: boolean;
  /** Of the last question, where it was not answered. */
  failure?: ReadFailure;
  /** Since when GitHub says that there is none any more; ISO 8601, UTC. */
  deletedAt?: string;
}

/** What is known of a repository beyond its snapshot, by part. */
export interface RepositoryParts {
  /** `null` where there is none. */
  readme: PluginReadme | null;
  source: PluginSource;
  /** The releases themselves have a table of their own. */
  releases: null;
  discussions: PluginDiscussion[];
  /** Those who may see it are elsewhere; here why they are not known, in a sentence. */
  readers: { unknownBecause?: string };
  /** They have a table of their own. */
  stargazers: KnownStargazers;
}

/** How much is known of who starred a repository. */
export interface KnownStargazers {
  /** Whether nobody else starred it. */
  complete: boolean;
  /** How many stars there are when all is known that happened. */
  stars: number;
}

/** What is known of somebody's star. */
export interface StarChange {
  /** On GitHub. */
  login: string;
  /** Whether it was given, or taken back. */
  starred: boolean;
  /** ISO 8601, UTC. */
  at: string;
}

/** One of {@link RepositoryParts}. */
export type RepositoryPart = keyof RepositoryParts;

/** A part as it was read. */
export interface StoredPart<Part extends RepositoryPart> {
  value: RepositoryParts[Part];
  /** Of the snapshot, as far as the part follows from it. */
  version: string;
  /** When GitHub was asked; ISO 8601, UTC. */
  asOf: string;
}

/** A release, with what is remembered of it whatever GitHub says later. */
export interface StoredRelease extends PluginRelease {
  id: number;
  /** When the commit was looked up; ISO 8601, UTC. */
  commitAsOf?: string;
  /** Since when GitHub has it no more; ISO 8601, UTC. */
  deletedAt?: string;
}

/** Something that happened to a repository. */
export interface NewActivity extends PluginActivity {
  /** What it was, so that it is not told twice: such as `released:17`. */
  subject: string;
  /**
   * Where it was noticed by comparing what is with what was: when it had not happened yet.
   * `at` is only when it was noticed then, and nobody knows who did it. ISO 8601, UTC.
   */
  observedSince?: string;
}

/** A plugin, and the repository that it is in. */
export interface PluginLink {
  entityRef: string;
  /** Where the plugin says that it is; in lower case. */
  location: RepositoryLocation;
  /** `undefined` while GitHub has not said which that is. */
  repository?: StoredRepository;
  /** Why it has not. */
  failure?: ReadFailure;
  /** When GitHub is asked next; ISO 8601, UTC. `undefined` where it never was. */
  dueAt?: string;
}

/**
 * What GitHub said of the plugins' repositories. All writes are idempotent, and older
 * answers do not replace newer ones.
 */
export interface RepositoryStore {
  /** `undefined` where there is no such plugin, or it does not say where it is. */
  findLink(entityRef: string): Promise<PluginLink | undefined>;
  /** The plugins that are linked to a repository; entity refs, in order. */
  listPluginsOf(repository: RepositoryKey): Promise<string[]>;
  /** The plugins that say that they are there. */
  listLinksAt(location: RepositoryLocation): Promise<PluginLink[]>;
  /**
   * The plugins about which GitHub was never asked, and then those that are due until
   * `before` (ISO 8601, UTC), the ones that are due first before others.
   */
  listLinksDue(options: {
    before?: string;
    limit: number;
  }): Promise<PluginLink[]>;
  /** The plugins in repositories that an owner (a login) has now, by entity ref. */
  listLinksOf(options: {
    host: string;
    owner: string;
    /** Entity ref of the last one that is known. */
    after?: string;
    limit: number;
  }): Promise<PluginLink[]>;
  /** How many plugins say where they are. */
  countLinks(): Promise<number>;
  /** Stores when GitHub is to be asked next; ISO 8601, UTC. */
  setDue(dues: { link: PluginLink; at: string }[]): Promise<void>;
  setLinkFailure(link: PluginLink, failure: ReadFailure): Promise<void>;
  link(link: PluginLink, repository: RepositoryKey): Promise<void>;

  get(repository: RepositoryKey): Promise<StoredRepository | undefined>;
  /**
   * Stores a snapshot unless there is a newer one; that GitHub answered clears failures and
   * that it was gone.
   *
   * @returns what there was before, and whether it was stored
   */
  saveSnapshot(
    snapshot: RepositorySnapshot,
  ): Promise<{ before?: StoredRepository; stored: boolean }>;
  setFailure(repository: RepositoryKey, failure: ReadFailure): Promise<void>;
  setDeleted(repository: RepositoryKey, at: string): Promise<void>;
  setPartsDue(repository: RepositoryKey, due: boolean): Promise<void>;
  /** Those of which a part is outdated, the ones that were asked for longest ago first. */
  listPartsDue(limit: number): Promise<StoredRepository[]>;
  /** Those that an owner (a login) has, or all of the host, that not everybody may see. */
  listRestricted(host: string, owner?: string): Promise<StoredRepository[]>;

  getPart<Part extends RepositoryPart>(
    repository: RepositoryKey,
    part: Part,
  ): Promise<StoredPart<Part> | undefined>;
  /** When each part was read, and of which version it is. */
  listPartVersions(
    repository: RepositoryKey,
  ): Promise<Map<RepositoryPart, { version: string; asOf: string }>>;
  /** @returns whether it was stored, and is something else than before */
  savePart<Part extends RepositoryPart>(
    repository: RepositoryKey,
    part: Part,
    value: StoredPart<Part>,
  ): Promise<boolean>;

  /** Newest first, deleted ones included. */
  listReleases(repository: RepositoryKey): Promise<StoredRelease[]>;
  /**
   * Changes the releases of a repository, one caller at a time.
   *
   * @param change - makes those that are to be stored of those that are
   * @returns whether something is different now
   */
  changeReleases(
    repository: RepositoryKey,
    change: (known: StoredRelease[]) => {
      releases: StoredRelease[];
      activities: NewActivity[];
    },
  ): Promise<boolean>;
  getReleaseReadme(
    repository: RepositoryKey,
    releaseId: number,
  ): Promise<{ value: PluginReadme | null; asOf: string } | undefined>;
  saveReleaseReadme(
    repository: RepositoryKey,
    releaseId: number,
    readme: { value: PluginReadme | null; asOf: string },
  ): Promise<void>;
  /** Those that have a commit of which the README was never read, newest first. */
  listReleasesWithoutReadme(
    repository: RepositoryKey,
  ): Promise<StoredRelease[]>;

  /** @returns whether any of it was new */
  addActivity(
    repository: RepositoryKey,
    activities: NewActivity[],
  ): Promise<boolean>;
  /** Newest first, up to 200. */
  listActivity(repository: RepositoryKey): Promise<PluginActivity[]>;

  /**
   * Replaces who may see a repository.
   *
   * @returns whether others may now
   */
  setReaders(repository: RepositoryKey, logins: string[]): Promise<boolean>;
  /** Logins, in lower case. */
  listReaders(repository: RepositoryKey): Promise<string[]>;

  /**
   * Replaces who starred a repository; what was told of after GitHub was asked stays.
   *
   * @param list - `asOf` is when GitHub was asked, `stars` how many it counted then
   * @returns whether others did now
   */
  setStargazers(
    repository: RepositoryKey,
    list: KnownStargazers & { logins: string[]; asOf: string },
  ): Promise<boolean>;
  /**
   * Takes down that somebody gave a star or took it back, unless something newer is known.
   *
   * @returns whether that was not known
   */
  setStar(repository: RepositoryKey, star: StarChange): Promise<boolean>;
  /** Whether somebody starred it; `undefined` where nothing is known of them. */
  findStar(
    repository: RepositoryKey,
    login: string,
  ): Promise<boolean | undefined>;
}
