import type { EnvoyGoPluginLifecycle } from '../entity';
import type { BuildSummary } from './builds';
import type { PluginLocator } from './EnvoyGoPluginsApi';
import type { PluginQuery, PluginSummary } from './types';

/**
 * What somebody may do with a plugin that is published. Owners deprecate, yank and rebuild;
 * administrators do all of it.
 *
 * @public
 */
export type ManagementAction =
  | 'change-owner'
  | 'deprecate'
  | 'yank'
  | 'rebuild'
  | 'unpublish';

/** @public */
export interface ManagementStep {
  title: string;
  state: 'waiting' | 'running' | 'done' | 'failed';
  /** Why it failed, and what to do; of a running one, why it is tried again. */
  error?: string;
  log: { at: string; text: string }[];
}

/**
 * Something that is done to a published plugin in several steps, such as giving it back to
 * its author.
 *
 * @public
 */
export interface ManagementOperation {
  id: string;
  plugin: PluginLocator;
  action: ManagementAction;
  /** What it does, in words: "Make group:default/edge the owner". */
  title: string;
  state: 'running' | 'done' | 'failed';
  /** Of the release that is yanked or rebuilt, without `v`. */
  version?: string;
  /** The build that a rebuild is. */
  buildId?: string;
  /** Entity ref. */
  by: string;
  reason: string;
  /** ISO 8601, UTC. */
  startedAt: string;
  /** ISO 8601, UTC. */
  endedAt?: string;
  /** Whether whoever asks may have its failed step tried again. */
  mayRetry: boolean;
  steps: ManagementStep[];
}

/** @public */
export interface PluginManagement {
  plugin: PluginLocator;
  /** What whoever asks may do now. */
  allowedActions: ManagementAction[];
  /** Entity ref. */
  owner: string;
  lifecycle: EnvoyGoPluginLifecycle;
  deprecated?: { reason?: string; successor?: string };
  /** Login on GitHub of who had it published, to whom it would go back; for administrators. */
  author?: string;
  /** Newest first, up to 50; none for those who may do nothing. */
  operations: ManagementOperation[];
}

/**
 * A published plugin, as administrators see it in a list.
 *
 * @public
 */
export interface ManagedPlugin extends PluginSummary {
  /** Its newest build, of whatever kind. */
  lastBuild?: BuildSummary;
  /** Those that are not over, and failed ones that may be tried again. */
  operations: ManagementOperation[];
}

/** @public */
export interface ManagedPluginList {
  items: ManagedPlugin[];
  totalItems: number;
  /** How many plugins there are of each lifecycle, whatever `lifecycle` of the query says. */
  lifecycles: { lifecycle: EnvoyGoPluginLifecycle; count: number }[];
  /** What is not over, or failed, of plugins that the catalog does not have any more. */
  leaving: ManagementOperation[];
}

/** @public */
export type ManagedPluginQuery = Pick<
  PluginQuery,
  'text' | 'lifecycle' | 'owner' | 'sort' | 'offset' | 'limit'
>;

/**
 * Manages published plugins. Each change has a reason, is permitted to those who may, and
 * is recorded. Every method throws `ResponseError` of `@backstage/errors` when the backend
 * answers with an error.
 *
 * @public
 */
export interface EnvoyGoPluginsManagementApi {
  /** `GET /plugins/{namespace}/{name}/management` */
  getManagement(plugin: PluginLocator): Promise<PluginManagement>;
  /** `GET /admin/plugins`: for administrators; deprecated plugins are among them. */
  listManagedPlugins(query: ManagedPluginQuery): Promise<ManagedPluginList>;
  /** `POST /plugins/{namespace}/{name}/owner`: `owner` is the entity ref of a group or user. */
  changeOwner(
    change: PluginLocator & { owner: string; reason: string },
  ): Promise<PluginManagement>;
  /** `POST /plugins/{namespace}/{name}/deprecate`: `successor` is the entity ref of a plugin. */
  deprecate(
    change: PluginLocator & { reason: string; successor?: string },
  ): Promise<PluginManagement>;
  /** `POST /plugins/{namespace}/{name}/versions/{version}/yank`: nobody gets it by choice any more. */
  yankVersion(
    change: PluginLocator & { version: string; reason: string },
  ): Promise<PluginManagement>;
  /** `POST /plugins/{namespace}/{name}/versions/{version}/rebuild` */
  rebuildVersion(
    change: PluginLocator & { version: string; reason: string },
  ): Promise<PluginManagement>;
  /**
   * `POST /plugins/{namespace}/{name}/unpublish`: gives the repository back.
   *
   * @param change - `to`: the user or organisation on GitHub that gets it; without it, who
   * had it published
   */
  unpublish(
    change: PluginLocator & { reason: string; to?: string },
  ): Promise<PluginManagement>;
  /** `POST /plugins/{namespace}/{name}/operations/{id}/retry` */
  retryOperation(
    change: PluginLocator & { id: string },
  ): Promise<PluginManagement>;
}
