export { EnvoyGoPluginSearchResultListItem } from './EnvoyGoPluginSearchResultListItem';
export type { EnvoyGoPluginSearchResultListItemProps } from './EnvoyGoPluginSearchResultListItem';
