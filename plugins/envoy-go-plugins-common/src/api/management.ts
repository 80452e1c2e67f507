import type { PluginLocator } from './EnvoyGoPluginsApi';

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

/**
 * Something that is done to a published plugin in several steps, such as giving it back to
 * its author.
 *
 * @public
 */
export interface ManagementOperation {
  id: string;
  action: ManagementAction;
  state: 'running' | 'done' | 'failed';
  /** Entity ref. */
  by: string;
  reason: string;
  /** ISO 8601, UTC. */
  startedAt: string;
  /** ISO 8601, UTC. */
  endedAt?: string;
  steps: {
    title: string;
    state: 'waiting' | 'running' | 'done' | 'failed';
    /** Why it failed, and what to do. */
    error?: string;
    log: { at: string; text: string }[];
  }[];
}

/** @public */
export interface PluginManagement {
  plugin: PluginLocator;
  /** What whoever asks may do now. */
  allowedActions: ManagementAction[];
  /** Entity ref. */
  owner: string;
  deprecated?: { reason?: string; successor?: string };
  /** Newest first, up to 50. */
  operations: ManagementOperation[];
}

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
  /** `POST /plugins/{namespace}/{name}/unpublish`: gives the repository back to its author. */
  unpublish(
    change: PluginLocator & { reason: string },
  ): Promise<PluginManagement>;
  /** `POST /plugins/{namespace}/{name}/operations/{id}/retry` */
  retryOperation(
    change: PluginLocator & { id: string },
  ): Promise<PluginManagement>;
}
