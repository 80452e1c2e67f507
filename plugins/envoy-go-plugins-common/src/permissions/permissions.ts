import { createPermission } from '@backstage/plugin-permission-common';

/**
 * To see the marketplace: the list of plugins, and all there is to know about one of them.
 *
 * @public
 */
export const envoyGoPluginsReadPermission = createPermission({
  name: 'envoy-go-plugins.read',
  attributes: { action: 'read' },
});

/**
 * All permissions of Envoy Go Plugins.
 *
 * @public
 */
export const envoyGoPluginsPermissions = [envoyGoPluginsReadPermission];
