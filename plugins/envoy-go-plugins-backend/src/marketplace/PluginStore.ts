import type {
  EnvoyGoPluginEntity,
  PluginList,
  PluginLocator,
  PluginQuery,
  PluginSummary,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';

import type { PluginProofs } from './ReleaseFollower';
import type { Viewer } from './Viewer';

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
  /**
   * The {@link readersKey} of the repository where only its readers may see it, and so the
   * plugin.
   */
  restrictedTo?: string;
  /** How the latest release did in Envoys; `undefined` where it was run in none. */
  proofs?: PluginProofs;
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
  /**
   * Selects a page of summaries, and counts what there is, in all and by facet. What the
   * viewer may not see is as if it did not exist.
   */
  listPlugins(query: PluginQuery, viewer?: Viewer): Promise<PluginList>;
  /**
   * Finds a plugin that the viewer may see; namespace and name are compared without regard
   * to case.
   */
  getPlugin(
    plugin: PluginLocator,
    viewer?: Viewer,
  ): Promise<
    { summary: PluginSummary; entity: EnvoyGoPluginEntity } | undefined
  >;
  /** A plugin as the catalog describes it, whoever may see it. */
  findEntity(entityRef: string): Promise<EnvoyGoPluginEntity | undefined>;
  /** The entity refs of the plugins that a viewer may not see, in order. */
  listHidden(viewer?: Viewer): Promise<string[]>;

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

  /**
   * Stores what GitHub said; ignored when older than what is there.
   *
   * @returns whether that is something else than before
   */
  setFacts(entityRef: string, facts: PluginFactsUpdate): Promise<boolean>;
  /** Takes note that others may see plugins now. */
  readersChanged(): Promise<void>;
}
