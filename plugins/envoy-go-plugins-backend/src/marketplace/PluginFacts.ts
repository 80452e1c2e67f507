import type {
  AsOf,
  EnvoyGoPluginEntity,
  PluginDiscussion,
  PluginReadme,
  PluginRelease,
  PluginRepository,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';

/** What it came to that GitHub was asked about a plugin. */
export type RefreshOutcome =
  | { outcome: 'stored' }
  /** GitHub does not have the repository, or it is not known where it is. */
  | { outcome: 'missing' }
  | { outcome: 'unanswered'; reason: string };

/**
 * What GitHub says of a plugin's repository. The `get…` methods throw as
 * {@link MarketplaceService} says.
 */
export interface PluginFacts {
  /** `undefined` where there is no such repository, or nothing was ever heard of it. */
  findRepository(
    entity: EnvoyGoPluginEntity,
  ): Promise<AsOf<PluginRepository> | undefined>;
  getReadme(
    entity: EnvoyGoPluginEntity,
  ): Promise<AsOf<PluginReadme | undefined>>;
  getReleases(entity: EnvoyGoPluginEntity): Promise<AsOf<PluginRelease[]>>;
  getDiscussions(
    entity: EnvoyGoPluginEntity,
  ): Promise<AsOf<PluginDiscussion[]>>;
  /**
   * Reads what lists show (stars, latest release) and stores it with the plugin. Where
   * GitHub cannot say, what is stored stays.
   */
  refresh(entity: EnvoyGoPluginEntity): Promise<RefreshOutcome>;
  /**
   * Takes note that the plugin's repository changed: what GitHub was asked until then is
   * asked again.
   *
   * @param changedAt - ISO 8601, UTC
   */
  invalidate(entity: EnvoyGoPluginEntity, changedAt: string): Promise<void>;
}
