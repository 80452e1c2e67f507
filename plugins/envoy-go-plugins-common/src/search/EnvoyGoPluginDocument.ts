import type {
  EnvoyGoPluginCategory,
  EnvoyGoPluginLifecycle,
  EnvoyGoPluginRuntime,
} from '../entity';

/**
 * The type of the documents by which the portal's search finds plugins.
 *
 * @public
 */
export const ENVOY_GO_PLUGIN_DOCUMENT_TYPE = 'envoy-go-plugins';

/**
 * A plugin in the portal's search index.
 *
 * @public
 */
export type EnvoyGoPluginDocument = {
  title: string;
  /** All words to find it by: description, tags, category, filter name, and so on. */
  text: string;
  /** Path of the plugin's page in the portal. */
  location: string;
  namespace: string;
  name: string;
  description: string;
  tags: string[];
  category: EnvoyGoPluginCategory;
  runtime: EnvoyGoPluginRuntime;
  lifecycle: EnvoyGoPluginLifecycle;
  /** Entity ref of the owner. */
  owner: string;
  filterName: string;
};
