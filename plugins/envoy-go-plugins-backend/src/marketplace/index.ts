export { AuthorizedMarketplaceService } from './AuthorizedMarketplaceService';
export { CatalogSynchronizer } from './CatalogSynchronizer';
export { DatabasePluginStore } from './DatabasePluginStore';
export { DatabaseRepositoryStore } from './DatabaseRepositoryStore';
export { DefaultHiddenPlugins, type HiddenPlugins } from './HiddenPlugins';
export { DefaultMarketplaceService } from './DefaultMarketplaceService';
export { DefaultRepositoryChanges } from './DefaultRepositoryChanges';
export { EntityEventFollower } from './EntityEventFollower';
export { FactsOnDemand } from './FactsOnDemand';
export { latestRelease } from './latestRelease';
export { MarketplaceSchedule } from './MarketplaceSchedule';
export type { MarketplaceService } from './MarketplaceService';
export { PluginAnnouncer } from './PluginAnnouncer';
export { PluginViewers } from './PluginViewers';
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
export { RepositoryRefresher } from './RepositoryRefresher';
export { RepositorySweep } from './RepositorySweep';
export { StoredPluginFacts } from './StoredPluginFacts';
export { yankOf } from './yankOf';
