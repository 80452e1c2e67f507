import type { JsonValue } from '@backstage/types';
import type { EnvoyGoPluginEntity } from '../entity';
import {
  heading,
  httpFilter,
  kubernetesName,
  libraryFile,
  LIBRARY_FOLDER,
} from './httpFilter';
import { snippetComment, snippetYaml } from './snippetYaml';

/**
 * What to apply to a cluster with Istio so that its gateways run a plugin:
 * https://istio.io/latest/docs/reference/config/networking/envoy-filter/
 *
 * @param entity - the plugin, valid
 * @param config - its configuration; `undefined` for none
 * @returns YAML, with comments that say what else it takes; nothing but a comment for what Istio's
 * proxies cannot run
 * @public
 */
export function renderIstioEnvoyFilter(
  entity: EnvoyGoPluginEntity,
  config: JsonValue | undefined,
): string {
  const filter = httpFilter(entity, config, 'xds');
  if (!filter) {
    return snippetComment([
      heading(entity),
      'A stream filter of MOSN does not run in the proxies of Istio, which are Envoys.',
    ]);
  }
  const file = libraryFile(entity);
  const needs =
    entity.spec.runtime === 'dynamic-module'
      ? [
          `The proxies need an Envoy with envoy.filters.http.dynamic_modules, ${file} in a folder of the container,`,
          'and two variables in their environment:',
          `  ENVOY_DYNAMIC_MODULES_SEARCH_PATH=${LIBRARY_FOLDER}`,
          '  GODEBUG=cgocheck=0   (without it Go ends Envoy: "unpinned Go pointer")',
        ]
      : [
          'The proxies need an Envoy with envoy.filters.http.golang (a contrib build of the same version that the',
          `library was built for), and ${file} where library_path says.`,
        ];
  return snippetYaml(
    {
      apiVersion: 'networking.istio.io/v1alpha3',
      kind: 'EnvoyFilter',
      metadata: { name: kubernetesName(entity), namespace: 'istio-system' },
      spec: {
        workloadSelector: { labels: { istio: 'ingressgateway' } },
        configPatches: [
          {
            applyTo: 'HTTP_FILTER',
            match: {
              context: 'GATEWAY',
              listener: {
                filterChain: {
                  filter: {
                    name: 'envoy.filters.network.http_connection_manager',
                    subFilter: { name: 'envoy.filters.http.router' },
                  },
                },
              },
            },
            patch: { operation: 'INSERT_BEFORE', value: filter },
          },
        ],
      },
    },
    [
      heading(entity),
      'For the ingress gateway; for sidecars, choose their labels and the context SIDECAR_INBOUND.',
      ...needs,
    ],
  );
}
