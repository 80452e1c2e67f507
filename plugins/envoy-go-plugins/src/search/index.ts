export { EnvoyGoPluginSearchResultListItem } from './EnvoyGoPluginSearchResultListItem';
export type { EnvoyGoPluginSearchResultListItemProps } from './EnvoyGoPluginSearchResultListItem';
export { SEARCH_RESULT_TYPE } from './searchResultType';
