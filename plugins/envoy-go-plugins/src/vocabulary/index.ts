export {
  PLUGIN_FACETS,
  compareEnvoyMinors,
  facetTitle,
  facetValueLabel,
  facetValueOrder,
  runtimeLabel,
} from './facetVocabulary';
export { claimedMinors, envoyClaim } from './envoyClaim';
export { CategoryIcon } from './CategoryIcon';
export { EnvoyGoPluginIcon } from './EnvoyGoPluginIcon';
export { Stars } from './Stars';
export { LifecycleBadge } from './LifecycleBadge';
