export { AuthorizedMarketplaceService } from './AuthorizedMarketplaceService';
export { CatalogSynchronizer } from './CatalogSynchronizer';
export { DatabasePluginStore } from './DatabasePluginStore';
export { DefaultMarketplaceService } from './DefaultMarketplaceService';
export { EntityEventFollower } from './EntityEventFollower';
export { GitHubPluginFacts } from './GitHubPluginFacts';
export { MarketplaceSchedule } from './MarketplaceSchedule';
export type { MarketplaceService } from './MarketplaceService';
export { PluginFactsRefresher } from './PluginFactsRefresher';
export { readMarketplaceConfig } from './readMarketplaceConfig';
export type {
  ChangeEffect,
  ChangedRelease,
  RepositoryChange,
  RepositoryChanges,
} from './RepositoryChanges';
