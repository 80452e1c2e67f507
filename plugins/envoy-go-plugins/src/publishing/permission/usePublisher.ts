import { usePermission } from '@backstage/plugin-permission-react';
import { envoyGoPluginsPublishPermission } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';

/** Whether the reader may ask for the publication of plugins. The backend checks again, every time. */
export function usePublisher() {
  return usePermission({ permission: envoyGoPluginsPublishPermission });
}
