import { stringifyEntityRef } from '@backstage/catalog-model';
import { ENVOY_GO_PLUGIN_KIND } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type {
  EnvoyGoPluginsApi,
  EnvoyGoPluginsBuildsApi,
  EnvoyGoPluginsSignal,
  PluginLocator,
  PluginPart,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';

const CACHE = 'envoy-go-plugins';

/** What is asked for and kept of one plugin: an answer of the API each. */
export type PluginFactsPart =
  | 'details'
  | 'readme'
  | 'releases'
  | 'versions'
  | 'discussions'
  | 'source'
  | 'activity'
  | 'starred';

/** Where the answer about a part of a plugin is kept. */
export type PluginFactsKey = [
  cache: typeof CACHE,
  api: EnvoyGoPluginsApi | EnvoyGoPluginsBuildsApi,
  part: PluginFactsPart,
  entityRef: string,
  ...more: string[],
];

/** Where the answer to a question to the marketplace is kept. */
export type PluginListKey = [
  cache: typeof CACHE,
  api: EnvoyGoPluginsApi,
  part: 'list',
  question: string,
];

const CHANGED_BY: Record<PluginPart, readonly (PluginFactsPart | 'list')[]> = {
  summary: ['details', 'list'],
  repository: ['details', 'starred'],
  readme: ['readme'],
  releases: ['releases'],
  versions: ['versions'],
  discussions: ['discussions'],
  source: ['source'],
  activity: ['activity'],
};

function entityRefOf(plugin: PluginLocator): string {
  return stringifyEntityRef({ kind: ENVOY_GO_PLUGIN_KIND, ...plugin });
}

export function pluginFactsKey(
  api: EnvoyGoPluginsApi | EnvoyGoPluginsBuildsApi,
  plugin: PluginLocator,
  part: PluginFactsPart,
  ...more: string[]
): PluginFactsKey {
  return [CACHE, api, part, entityRefOf(plugin), ...more];
}

export function pluginListKey(
  api: EnvoyGoPluginsApi,
  question: string,
): PluginListKey {
  return [CACHE, api, 'list', question];
}

/** Whether what is kept at a key is no longer what the backend knows, after a signal. */
export function isOutdatedBy(
  key: unknown,
  signal: EnvoyGoPluginsSignal,
): boolean {
  if (!Array.isArray(key) || key[0] !== CACHE) {
    return false;
  }
  const [, , part, entityRef] = key;
  switch (signal.type) {
    case 'marketplace-changed':
      return part === 'list';
    case 'plugin-changed':
      return (
        (part === 'list' || entityRef === signal.entityRef) &&
        signal.parts.some(changed => CHANGED_BY[changed]?.includes(part))
      );
    default:
      return false;
  }
}
