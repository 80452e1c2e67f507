import type {
  AsOf,
  PluginActivity,
  PluginDiscussion,
  PluginReadme,
  PluginRelease,
  PluginRepository,
  PluginSource,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { Viewer } from './Viewer';

/**
 * What GitHub said of a plugin's repository; plugins are named by their entity refs. GitHub
 * is not asked for it. The `get…` methods throw as {@link MarketplaceService} says.
 */
export interface PluginFacts {
  /** `undefined` where nothing was ever heard of it. */
  findRepository(
    entityRef: string,
  ): Promise<AsOf<PluginRepository> | undefined>;
  getReadme(
    entityRef: string,
    options?: { release?: string },
  ): Promise<AsOf<PluginReadme | undefined>>;
  getReleases(entityRef: string): Promise<AsOf<PluginRelease[]>>;
  getDiscussions(entityRef: string): Promise<AsOf<PluginDiscussion[]>>;
  getSource(entityRef: string): Promise<AsOf<PluginSource>>;
  /** Whether somebody starred it; `undefined` where that is not known. */
  isStarredBy(
    entityRef: string,
    viewer: Viewer | undefined,
  ): Promise<boolean | undefined>;
  /** Newest first; empty where nothing was ever heard of it. */
  getActivity(entityRef: string): Promise<PluginActivity[]>;
}
