import type {
  EnvoyGoPluginCategory,
  EnvoyGoPluginEntity,
  EnvoyGoPluginLifecycle,
  EnvoyGoPluginRuntime,
} from '../entity';

/**
 * The version of a plugin that was proven in real Envoys.
 *
 * @public
 */
export interface VerifiedVersion {
  /** Without `v`. */
  version: string;
  tag: string;
  /** When it was proven last; ISO 8601, UTC. */
  at: string;
  /** Versions of the Envoys that it passed in, such as `1.40.0`, lowest first. */
  envoys: string[];
}

/**
 * How the latest release of a plugin did in one minor version of Envoy.
 *
 * @public
 */
export interface EnvoyProof {
  /** Such as `1.40`. */
  envoy: string;
  /** `failed` when it failed in one of that minor version. */
  outcome: 'passed' | 'failed' | 'not-run';
  /** The Envoys that it was run in, such as `1.40.0`. */
  versions: string[];
}

/**
 * What the marketplace shows of a plugin in a list. Times are ISO 8601 in UTC.
 *
 * @public
 */
export interface PluginSummary {
  /** Entity ref, such as `envoygoplugin:default/token-auth`. */
  entityRef: string;
  namespace: string;
  name: string;
  title: string;
  description?: string;
  tags: string[];
  category: EnvoyGoPluginCategory;
  runtime: EnvoyGoPluginRuntime;
  lifecycle: EnvoyGoPluginLifecycle;
  /** Entity ref of the owner. */
  owner: string;
  filterName: string;
  /** The semver range that the author claims. */
  envoy: string;
  /**
   * The Envoy minor versions that it is found by, such as `1.38`: those in which its latest
   * release was proven; where that was run in none, those of the portal's that the range
   * admits.
   */
  envoyVersions: string[];
  /**
   * The latest release (no pre-release, and not yanked), where it passed in every Envoy that
   * it was run in. Never what an author claims.
   */
  verified?: VerifiedVersion;
  /**
   * How the latest release did, in those Envoys that the range admits and those that it was
   * run in; lowest first. `undefined` where it was run in none.
   */
  envoyProofs?: EnvoyProof[];
  /** `undefined` until GitHub answered for the first time. */
  stars?: number;
  latestRelease?: { tag: string; publishedAt: string };
  /** When the facts from GitHub were read. */
  factsAsOf?: string;
}

/** @public */
export type PluginFacet =
  | 'category'
  | 'runtime'
  | 'lifecycle'
  | 'owner'
  | 'envoy';

/** @public */
export type PluginSortField = 'name' | 'stars' | 'released';

/**
 * A question to the marketplace. Values of one facet are alternatives; different facets
 * must all hold. Deprecated plugins are left out unless `lifecycle` names `deprecated`.
 *
 * @public
 */
export interface PluginQuery {
  /** Every word must occur in name, title, description, tags, category or filter name. */
  text?: string;
  category?: string[];
  runtime?: string[];
  lifecycle?: string[];
  owner?: string[];
  /** Envoy minor versions, such as `1.38`; proven ones where there are proofs. */
  envoy?: string[];
  /** Only those that are verified. Default false. */
  verified?: boolean;
  /** Default `name`. Names ascend, stars and releases descend. */
  sort?: PluginSortField;
  /** Zero-based index of the first item. Default 0. */
  offset?: number;
  /** 1 to 100. Default 24. */
  limit?: number;
}

/** @public */
export interface PluginFacetValue {
  value: string;
  /** How many plugins one would get if this value, too, were ticked in its facet alone. */
  count: number;
}

/** @public */
export interface PluginList {
  items: PluginSummary[];
  totalItems: number;
  /**
   * How many plugins the marketplace holds in all, whatever the query; 0 tells
   * "nothing here yet" from "nothing matches".
   */
  marketplaceItems: number;
  /** How many plugins one would get with `verified`. */
  verifiedItems: number;
  facets: Record<PluginFacet, PluginFacetValue[]>;
}

/** @public */
export interface PluginRelease {
  tag: string;
  name?: string;
  /** Markdown. */
  notes?: string;
  url: string;
  publishedAt: string;
  prerelease: boolean;
  /** GitHub's id of the release, which stays when tag or title change. */
  id?: number;
  /** The commit that the tag pointed to when the release was published. */
  commit?: string;
  /** Where the tag points now, when that is another commit: an alarm. */
  movedTo?: string;
  /** Since when, and why, nobody should choose it any more. */
  yanked?: { at: string; reason?: string };
  author?: string;
  assets?: PluginReleaseAsset[];
}

/** @public */
export interface PluginReleaseAsset {
  name: string;
  url: string;
  /** In bytes. */
  size: number;
  contentType: string;
  downloads: number;
}

/** @public */
export interface PluginContributor {
  login: string;
  avatarUrl: string;
  url: string;
  commits: number;
}

/**
 * The branches and tags of a repository, and who wrote it.
 *
 * @public
 */
export interface PluginSource {
  defaultBranch: string;
  branches: { name: string; commit: string }[];
  tags: { name: string; commit: string }[];
  contributors: PluginContributor[];
}

/**
 * Something that happened to a plugin. Times are ISO 8601 in UTC.
 *
 * @public
 */
export interface PluginActivity {
  type:
    | 'released'
    | 'release-changed'
    | 'release-deleted'
    | 'yanked'
    | 'tag-moved'
    | 'renamed'
    | 'transferred'
    | 'archived'
    | 'unarchived'
    | 'deleted'
    | 'recreated'
    | 'privatized'
    | 'publicized';
  at: string;
  /** A sentence for people. */
  message: string;
  /** Whether somebody should look into it. */
  alarm: boolean;
  /** Login on GitHub of who did it. */
  actor?: string;
  url?: string;
}

/** @public */
export interface PluginDiscussion {
  type: 'issue' | 'pull-request';
  number: number;
  title: string;
  url: string;
  author: string;
  labels: { name: string; color: string }[];
  comments: number;
  draft?: boolean;
  createdAt: string;
  updatedAt: string;
}

/**
 * What GitHub says of a plugin's repository, as of a moment.
 *
 * @public
 */
export interface PluginRepository {
  /** `owner/name` */
  slug: string;
  url: string;
  stars: number;
  forks: number;
  openIssues: number;
  license?: string;
  defaultBranch: string;
  archived: boolean;
  pushedAt?: string;
  /** GitHub's id, which stays when the repository is renamed or transferred. */
  id?: number;
  visibility?: 'public' | 'private' | 'internal';
  openPullRequests?: number;
  /** GitHub says that there is none any more, since then. */
  deletedAt?: string;
}

/** @public */
export interface PluginReadme {
  /** Markdown, as it stands in the repository. */
  content: string;
  /** The page of the file on GitHub, relative to which links resolve. */
  url: string;
  /** The address of the raw file, relative to which images resolve. */
  rawUrl: string;
}

/**
 * An answer that came from GitHub, now or earlier.
 *
 * @public
 */
export interface AsOf<T> {
  value: T;
  /** When GitHub gave this answer; ISO 8601, UTC. */
  asOf: string;
  /** Why a fresher answer could not be had, in a sentence; absent when it is fresh. */
  staleReason?: string;
}

/** @public */
export interface PluginDetails extends PluginSummary {
  entity: EnvoyGoPluginEntity;
  repository?: AsOf<PluginRepository>;
}
