import { EnvoyGoPluginIcon } from '@envoy-go/backstage-plugin-envoy-go-plugins';
import { createFrontendModule } from '@backstage/frontend-plugin-api';
import { IconBundleBlueprint } from '@backstage/plugin-app-react';

/** The icon that the catalog shows for the kind. */
export const iconsModule = createFrontendModule({
  pluginId: 'app',
  extensions: [
    IconBundleBlueprint.make({
      name: 'envoy-go-plugins',
      params: { icons: { 'kind:envoygoplugin': EnvoyGoPluginIcon } },
    }),
  ],
});
