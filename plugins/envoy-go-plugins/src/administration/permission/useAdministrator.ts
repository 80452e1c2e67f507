import { usePermission } from '@backstage/plugin-permission-react';
import { envoyGoPluginsAdministerPermission } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';

/** Whether the reader administers Envoy Go Plugins. The backend checks again, every time. */
export function useAdministrator() {
  return usePermission({ permission: envoyGoPluginsAdministerPermission });
}
