import {
  ENVOY_GO_PLUGIN_CATEGORIES,
  ENVOY_GO_PLUGIN_LIFECYCLES,
  ENVOY_GO_PLUGIN_RUNTIMES,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type {
  EnvoyGoPluginRuntime,
  PluginFacet,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';

/** The facets of the marketplace, in the order in which they are shown. */
export const PLUGIN_FACETS: readonly PluginFacet[] = [
  'category',
  'runtime',
  'envoy',
  'lifecycle',
  'owner',
];

const FACET_TITLES: Record<PluginFacet, string> = {
  category: 'Category',
  runtime: 'Runtime',
  envoy: 'Envoy',
  lifecycle: 'Lifecycle',
  owner: 'Owner',
};

const RUNTIME_LABELS: Record<EnvoyGoPluginRuntime, string> = {
  'dynamic-module': 'dynamic module',
  'golang-filter': 'golang filter',
  'mosn-stream-filter': 'MOSN stream filter',
};

function isRuntime(value: string): value is EnvoyGoPluginRuntime {
  return ENVOY_GO_PLUGIN_RUNTIMES.some(runtime => runtime === value);
}

export function facetTitle(facet: PluginFacet): string {
  return FACET_TITLES[facet];
}

/** A runtime in words: `dynamic-module` is "dynamic module". Unknown ones stay as they are. */
export function runtimeLabel(runtime: string): string {
  return isRuntime(runtime) ? RUNTIME_LABELS[runtime] : runtime;
}

/** The text of a facet's value. Owners are entity refs and are named by the catalog instead. */
export function facetValueLabel(facet: PluginFacet, value: string): string {
  switch (facet) {
    case 'runtime':
      return runtimeLabel(value);
    case 'envoy':
      return `Envoy ${value}`;
    default:
      return value;
  }
}

const FIXED_ORDER: Partial<Record<PluginFacet, readonly string[]>> = {
  category: ENVOY_GO_PLUGIN_CATEGORIES,
  runtime: ENVOY_GO_PLUGIN_RUNTIMES,
  lifecycle: ENVOY_GO_PLUGIN_LIFECYCLES,
};

/**
 * Compares two Envoy minor versions such as `1.9` and `1.38` by number, the newest first.
 */
export function compareEnvoyMinors(a: string, b: string): number {
  const [aMajor = 0, aMinor = 0] = a.split('.').map(Number);
  const [bMajor = 0, bMinor = 0] = b.split('.').map(Number);
  return bMajor - aMajor || bMinor - aMinor;
}

/**
 * Orders the values of a facet: phases, runtimes and lifecycles as the kind lists them, Envoy versions newest first.
 * Returns `undefined` where the backend's own order counts.
 */
export function facetValueOrder(
  facet: PluginFacet,
): ((a: string, b: string) => number) | undefined {
  if (facet === 'envoy') {
    return compareEnvoyMinors;
  }
  const order = FIXED_ORDER[facet];
  return order && ((a, b) => order.indexOf(a) - order.indexOf(b));
}
