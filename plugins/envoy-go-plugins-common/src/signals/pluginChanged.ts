/**
 * The channel of Backstage's signals on which open pages hear that something about a
 * plugin changed. A signal may get lost, so pages also look again when they come back to
 * the front.
 *
 * @public
 */
export const ENVOY_GO_PLUGINS_SIGNAL_CHANNEL = 'envoy-go-plugins';

/**
 * The part of what is known of a plugin that changed.
 *
 * @public
 */
export type PluginPart =
  | 'summary'
  | 'repository'
  | 'readme'
  | 'releases'
  /** Images, proofs and builds of the releases. */
  | 'versions'
  | 'discussions'
  | 'source'
  | 'activity';

/**
 * What is sent on {@link ENVOY_GO_PLUGINS_SIGNAL_CHANNEL}. About plugins in private
 * repositories only those hear who may see them.
 *
 * @public
 */
export type EnvoyGoPluginsSignal =
  | { type: 'plugin-changed'; entityRef: string; parts: PluginPart[] }
  /** Plugins came or went. */
  | { type: 'marketplace-changed' }
  /** A request to publish a plugin moved on; for its author's page and administrators'. */
  | { type: 'publish-request-changed'; requestId: string }
  /** A build moved on, or its log has more lines. */
  | { type: 'build-changed'; buildId: string }
  /** Something that is done to a published plugin moved on. */
  | { type: 'management-changed'; operationId: string }
  /** Deliveries, hooks or the budget changed; for administrators' pages. */
  | { type: 'administration-changed' };
