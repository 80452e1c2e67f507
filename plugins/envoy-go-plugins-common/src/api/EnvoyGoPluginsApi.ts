import type {
  AsOf,
  PluginDetails,
  PluginDiscussion,
  PluginList,
  PluginQuery,
  PluginReadme,
  PluginRelease,
} from './types';

/**
 * Names one plugin: the namespace and name of its entity.
 *
 * @public
 */
export interface PluginLocator {
  namespace: string;
  name: string;
}

/**
 * The Envoy Go Plugins backend, as its clients see it. Every method throws
 * `ResponseError` of `@backstage/errors` when the backend answers with an error.
 *
 * @public
 */
export interface EnvoyGoPluginsApi {
  /** `GET /plugins` */
  listPlugins(query: PluginQuery): Promise<PluginList>;
  /** `GET /plugins/{namespace}/{name}` */
  getPlugin(plugin: PluginLocator): Promise<PluginDetails>;
  /** `GET /plugins/{namespace}/{name}/readme`; `undefined` where the repository has none. */
  getReadme(plugin: PluginLocator): Promise<AsOf<PluginReadme | undefined>>;
  /** `GET /plugins/{namespace}/{name}/releases`, newest first. */
  getReleases(plugin: PluginLocator): Promise<AsOf<PluginRelease[]>>;
  /** `GET /plugins/{namespace}/{name}/discussions`: open issues and pull requests, newest first. */
  getDiscussions(plugin: PluginLocator): Promise<AsOf<PluginDiscussion[]>>;
}
