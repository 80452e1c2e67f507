import type { EnvoyGoPluginEntity } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';

/** A plugin that the catalog would let in. */
export function testPlugin(
  name: string,
  changes: {
    spec?: Partial<EnvoyGoPluginEntity['spec']>;
    metadata?: Partial<EnvoyGoPluginEntity['metadata']>;
  } = {},
): EnvoyGoPluginEntity {
  return {
    apiVersion: 'envoygo.dev/v1alpha1',
    kind: 'EnvoyGoPlugin',
    metadata: { name, ...changes.metadata },
    spec: {
      type: 'http-filter',
      runtime: 'dynamic-module',
      lifecycle: 'production',
      owner: 'gateway',
      category: 'authn',
      filterName: name,
      package: '.',
      envoy: '>=1.38',
      ...changes.spec,
    },
  };
}

/** The ref of {@link testPlugin}. */
export function testRef(name: string): string {
  return `envoygoplugin:default/${name}`;
}
