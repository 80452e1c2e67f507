export { MarketplacePage, NfsMarketplacePage } from './MarketplacePage';
