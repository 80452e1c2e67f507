export { type Marketplace, createMarketplace } from './createMarketplace';
export { DatabasePluginStore } from './DatabasePluginStore';
export { DatabaseRepositoryStore } from './DatabaseRepositoryStore';
export type { HiddenPlugins } from './HiddenPlugins';
export { DatabaseKnownPlugins, type KnownPlugins } from './KnownPlugins';
export { DefaultRepositoryChanges } from './DefaultRepositoryChanges';
export { latestRelease } from './latestRelease';
export type { MarketplaceService } from './MarketplaceService';
export type { PluginViewers } from './PluginViewers';
export {
  DatabasePluginVisibility,
  type PluginVisibility,
} from './PluginVisibility';
export { readMarketplaceConfig } from './readMarketplaceConfig';
export type {
  ChangeEffect,
  ChangedRelease,
  RepositoryChange,
  RepositoryChanges,
} from './RepositoryChanges';
export type { PluginStore } from './PluginStore';
export type { PluginProofs, ReleaseFollower } from './ReleaseFollower';
export type {
  RepositoryKey,
  RepositoryStore,
  StoredRelease,
} from './RepositoryStore';
export { StoredPluginFacts } from './StoredPluginFacts';
export { yankOf } from './yankOf';
