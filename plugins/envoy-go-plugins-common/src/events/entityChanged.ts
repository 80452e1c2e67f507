/**
 * The topic on the Backstage event bus that says that a plugin's entity is new in the
 * catalog, or differs from what it was. The bus delivers at most once, so whoever must not
 * miss a change also looks at the catalog from time to time.
 *
 * @public
 */
export const ENVOY_GO_PLUGIN_ENTITY_TOPIC = 'envoy-go-plugins.entity';

/**
 * The payload of {@link ENVOY_GO_PLUGIN_ENTITY_TOPIC}.
 *
 * @public
 */
export type EnvoyGoPluginEntityEvent = {
  /** Which entity to read again: `envoygoplugin:default/token-auth`. */
  entityRef: string;
};
