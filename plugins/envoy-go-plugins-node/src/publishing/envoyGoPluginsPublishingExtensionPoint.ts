import { createExtensionPoint } from '@backstage/backend-plugin-api';
import type { PublishCheck } from './PublishCheck';

/** @public */
export interface EnvoyGoPluginsPublishingExtensionPoint {
  /** Adds a check, after those that are built in, or in place of the one with its id. */
  addCheck(...checks: PublishCheck[]): void;
}

/**
 * Lets modules take part in how plugins are published.
 *
 * @public
 */
export const envoyGoPluginsPublishingExtensionPoint =
  createExtensionPoint<EnvoyGoPluginsPublishingExtensionPoint>({
    id: 'envoy-go-plugins.publishing',
  });
