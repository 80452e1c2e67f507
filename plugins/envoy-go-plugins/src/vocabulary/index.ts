export {
  PLUGIN_FACETS,
  compareEnvoyMinors,
  facetTitle,
  facetValueOrder,
  runtimeLabel,
} from './facetVocabulary';
export { claimedMinors, envoyClaim } from './envoyClaim';
export { FacetValueName } from './FacetValueName';
export { CategoryIcon } from './CategoryIcon';
export { EnvoyGoPluginIcon } from './EnvoyGoPluginIcon';
export { Stars } from './Stars';
export { LifecycleBadge } from './LifecycleBadge';
export { VisibilityBadge } from './VisibilityBadge';
