import type {
  EnvoyGoPluginEntity,
  PluginList,
  PluginLocator,
  PluginQuery,
  PluginSummary,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';

import type { GitHubRepository } from '../github';

/** What {@link PluginStore.upsert} did. The refs are entity refs. */
export interface UpsertResult {
  added: string[];
  changed: string[];
  unchanged: string[];
  /** Those of which no row could be made; they say why. */
  refused: { entityRef: string; reason: string }[];
}

/** What GitHub said of a plugin, as far as lists show and sort by it. */
export interface PluginFactsUpdate {
  stars: number;
  latestRelease?: { tag: string; publishedAt: string };
  /** ISO 8601, UTC. */
  asOf: string;
}

/** How many plugins there are, by the values of each facet. */
export type PluginCounts = Omit<PluginList, 'items'>;

/** Which plugins a query is about, without order and paging. */
export type PluginSelection = Omit<PluginQuery, 'sort' | 'offset' | 'limit'>;

/** A plugin that a pass over the catalog did not see. */
export interface MissedPlugin {
  entityRef: string;
  /** Complete passes in a row that did not see it, this one included. */
  missedPasses: number;
}

/**
 * The marketplace's read model. All writes are idempotent, so that any number of
 * backends may do them at once.
 */
export interface PluginStore {
  /** Selects a page of summaries, and counts what there is, in all and by facet. */
  listPlugins(query: PluginQuery): Promise<PluginList>;
  /** Finds a plugin; namespace and name are compared without regard to case. */
  getPlugin(
    plugin: PluginLocator,
  ): Promise<
    { summary: PluginSummary; entity: EnvoyGoPluginEntity } | undefined
  >;

  /** Adds or replaces plugins; those of which nothing changed are left alone. */
  upsert(entities: EnvoyGoPluginEntity[]): Promise<UpsertResult>;
  /**
   * Takes note of a complete pass over the catalog: those that it did not see have missed
   * one more, all others none.
   *
   * @returns those that it did not see
   */
  recordPass(seen: Set<string>): Promise<MissedPlugin[]>;
  countAll(): Promise<number>;
  /** Deletes plugins; those that are not there are ignored. */
  delete(entityRefs: string[]): Promise<void>;

  /** Stores what GitHub said; ignored when older than what is there. */
  setFacts(entityRef: string, facts: PluginFactsUpdate): Promise<void>;
  /** Stores that GitHub was asked about plugins, whatever it answered. */
  setFactsAttempted(entityRefs: string[], at: string): Promise<void>;
  /** The plugins of a repository; names are compared without regard to case. */
  getPluginsOf(repository: GitHubRepository): Promise<EnvoyGoPluginEntity[]>;
  /**
   * The plugins about which GitHub was not asked since `before` (ISO 8601, UTC), those
   * never asked about first, then the stalest.
   */
  getStalestFacts(options: {
    before: string;
    limit: number;
  }): Promise<EnvoyGoPluginEntity[]>;
}
