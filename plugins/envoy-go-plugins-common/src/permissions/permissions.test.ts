import {
  envoyGoPluginsPermissions,
  envoyGoPluginsReadPermission,
} from './permissions';

it('lists every permission, each with a name below the plugin', () => {
  expect(envoyGoPluginsPermissions).toContain(envoyGoPluginsReadPermission);
  for (const permission of envoyGoPluginsPermissions) {
    expect(permission.name).toMatch(/^envoy-go-plugins\.[a-z.]+$/);
  }
});
