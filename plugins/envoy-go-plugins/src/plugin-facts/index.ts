export {
  usePluginActivity,
  usePluginDetails,
  usePluginDiscussions,
  usePluginReadme,
  usePluginReleases,
  usePluginSource,
} from './usePluginFacts';
export type { PluginFacts } from './usePluginFacts';
