import type { BackstageCredentials } from '@backstage/backend-plugin-api';
import type {
  AsOf,
  PluginActivity,
  PluginDetails,
  PluginDiscussion,
  PluginList,
  PluginLocator,
  PluginQuery,
  PluginReadme,
  PluginRelease,
  PluginSource,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';

/** On whose behalf a question is asked. */
export interface MarketplaceOptions {
  credentials: BackstageCredentials;
}

/**
 * The marketplace: what there is, and what GitHub says of it.
 *
 * All methods throw `NotAllowedError` when the caller may not see the marketplace.
 * The methods that take a plugin throw `NotFoundError` when the marketplace does not hold
 * it, or GitHub does not show its repository to the caller. What GitHub said is answered
 * out of the store: nothing here waits for GitHub. Where it was never asked (that is then
 * done) the methods that need it throw `ServiceUnavailableError`, and `NotFoundError` when
 * the plugin's repository is not known.
 */
export interface MarketplaceService {
  /** @throws InputError when the query makes no sense */
  listPlugins(
    query: PluginQuery,
    options: MarketplaceOptions,
  ): Promise<PluginList>;
  getPlugin(
    plugin: PluginLocator,
    options: MarketplaceOptions,
  ): Promise<PluginDetails>;
  /** @throws NotFoundError when there is no such release */
  getReadme(
    plugin: PluginLocator,
    options: MarketplaceOptions & {
      /** The tag of a release, to have the README as it was then. */
      release?: string;
    },
  ): Promise<AsOf<PluginReadme | undefined>>;
  getReleases(
    plugin: PluginLocator,
    options: MarketplaceOptions,
  ): Promise<AsOf<PluginRelease[]>>;
  getDiscussions(
    plugin: PluginLocator,
    options: MarketplaceOptions,
  ): Promise<AsOf<PluginDiscussion[]>>;
  getSource(
    plugin: PluginLocator,
    options: MarketplaceOptions,
  ): Promise<AsOf<PluginSource>>;
  /**
   * Whether whoever asks starred it; `undefined` where that is not known: because of who they
   * are on GitHub, or because more starred it than GitHub is asked for.
   */
  isStarred(
    plugin: PluginLocator,
    options: MarketplaceOptions,
  ): Promise<boolean | undefined>;
  /** Newest first; empty while GitHub was never asked. */
  getActivity(
    plugin: PluginLocator,
    options: MarketplaceOptions,
  ): Promise<PluginActivity[]>;
}
