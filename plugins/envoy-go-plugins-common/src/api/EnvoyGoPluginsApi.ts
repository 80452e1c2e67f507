import type { InOwnName } from './EnvoyGoPluginsAdministrationApi';
import type {
  AsOf,
  PluginActivity,
  PluginDetails,
  PluginDiscussion,
  PluginList,
  PluginQuery,
  PluginReadme,
  PluginRelease,
  PluginSource,
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
  getReadme(
    plugin: PluginLocator,
    options?: {
      /** The tag of a release, to have the README as it was then. */
      release?: string;
    },
  ): Promise<AsOf<PluginReadme | undefined>>;
  /** `GET /plugins/{namespace}/{name}/releases`, newest first. */
  getReleases(plugin: PluginLocator): Promise<AsOf<PluginRelease[]>>;
  /** `GET /plugins/{namespace}/{name}/discussions`: open issues and pull requests, newest first. */
  getDiscussions(plugin: PluginLocator): Promise<AsOf<PluginDiscussion[]>>;
  /** `GET /plugins/{namespace}/{name}/source`: branches, tags and contributors. */
  getSource(plugin: PluginLocator): Promise<AsOf<PluginSource>>;
  /** `GET /plugins/{namespace}/{name}/activity`, newest first. */
  getActivity(plugin: PluginLocator): Promise<PluginActivity[]>;
  /**
   * `GET /plugins/{namespace}/{name}/star`: whether whoever asks starred it on GitHub, as far as the portal knows;
   * `undefined` where it does not.
   */
  isStarred(plugin: PluginLocator): Promise<boolean | undefined>;
  /** `PUT` or `DELETE /plugins/{namespace}/{name}/star`, as the owner of the token. */
  setStarred(
    plugin: PluginLocator & InOwnName & { starred: boolean },
  ): Promise<void>;
}
