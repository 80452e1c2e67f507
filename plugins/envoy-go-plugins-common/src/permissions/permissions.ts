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
 * To administer: deliveries, budget, members and teams, the record.
 *
 * @public
 */
export const envoyGoPluginsAdministerPermission = createPermission({
  name: 'envoy-go-plugins.administer',
  attributes: { action: 'update' },
});

/**
 * To do something with a plugin in one's own name, such as starring it.
 *
 * @public
 */
export const envoyGoPluginsParticipatePermission = createPermission({
  name: 'envoy-go-plugins.participate',
  attributes: { action: 'update' },
});

/**
 * To ask for the publication of a plugin of one's own.
 *
 * @public
 */
export const envoyGoPluginsPublishPermission = createPermission({
  name: 'envoy-go-plugins.publish',
  attributes: { action: 'create' },
});

/**
 * To manage published plugins: those of one's own group, or, for administrators, all.
 *
 * @public
 */
export const envoyGoPluginsManagePermission = createPermission({
  name: 'envoy-go-plugins.manage',
  attributes: { action: 'update' },
});

/**
 * All permissions of Envoy Go Plugins.
 *
 * @public
 */
export const envoyGoPluginsPermissions = [
  envoyGoPluginsReadPermission,
  envoyGoPluginsAdministerPermission,
  envoyGoPluginsParticipatePermission,
  envoyGoPluginsPublishPermission,
  envoyGoPluginsManagePermission,
];
