import type { BackstageCredentials } from '@backstage/backend-plugin-api';
import type {
  AsOf,
  PluginDetails,
  PluginDiscussion,
  PluginList,
  PluginLocator,
  PluginQuery,
  PluginReadme,
  PluginRelease,
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
 * it. Those that need GitHub throw `ServiceUnavailableError` when it does not answer and
 * never did before, and `NotFoundError` when the plugin's repository is not known.
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
  getReadme(
    plugin: PluginLocator,
    options: MarketplaceOptions,
  ): Promise<AsOf<PluginReadme | undefined>>;
  getReleases(
    plugin: PluginLocator,
    options: MarketplaceOptions,
  ): Promise<AsOf<PluginRelease[]>>;
  getDiscussions(
    plugin: PluginLocator,
    options: MarketplaceOptions,
  ): Promise<AsOf<PluginDiscussion[]>>;
}
