import { useMemo } from 'react';
import { DEFAULT_NAMESPACE } from '@backstage/catalog-model';
import { useEntity, useEntityRefLink } from '@backstage/plugin-catalog-react';
import type {
  EnvoyGoPluginEntity,
  PluginLocator,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';

/** The part of a plugin's address, below its entity page, where its configuration is put together. */
export const CONFIGURATION_PATH = 'configuration';

/** The part of a plugin's address, below its entity page, where its releases are. */
export const VERSIONS_PATH = 'versions';

/** The plugin whose entity page one is on. */
export function usePluginEntity(): {
  entity: EnvoyGoPluginEntity;
  locator: PluginLocator;
  /** Where its configuration is put together. */
  configurationPath: string;
  /** Where its releases are. */
  versionsPath: string;
} {
  const { entity } = useEntity<EnvoyGoPluginEntity>();
  const entityLink = useEntityRefLink();
  const namespace = entity.metadata.namespace ?? DEFAULT_NAMESPACE;
  const { name } = entity.metadata;
  const locator = useMemo(() => ({ namespace, name }), [namespace, name]);
  return {
    entity,
    locator,
    configurationPath: `${entityLink(entity)}/${CONFIGURATION_PATH}`,
    versionsPath: `${entityLink(entity)}/${VERSIONS_PATH}`,
  };
}
