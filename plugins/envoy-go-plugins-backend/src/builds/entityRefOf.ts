import { stringifyEntityRef } from '@backstage/catalog-model';
import {
  ENVOY_GO_PLUGIN_KIND,
  type PluginLocator,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';

/** The entity of a plugin in the catalog, in lower case. */
export function entityRefOf(plugin: PluginLocator): string {
  return stringifyEntityRef({ kind: ENVOY_GO_PLUGIN_KIND, ...plugin });
}
