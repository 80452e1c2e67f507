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

const GATEWAY = 'eg';

const TARGET = {
  group: 'gateway.networking.k8s.io',
  kind: 'Gateway',
  name: GATEWAY,
};

/**
 * Registers the module with the proxies and attaches it to a Gateway, as Envoy Gateway 1.8
 * and later want it: https://gateway.envoyproxy.io/docs/tasks/extensibility/dynamic-modules/
 */
function dynamicModule(
  entity: EnvoyGoPluginEntity,
  config: JsonValue | undefined,
): string {
  const name = kubernetesName(entity);
  const proxy = snippetYaml(
    {
      apiVersion: 'gateway.envoyproxy.io/v1alpha1',
      kind: 'EnvoyProxy',
      metadata: { name: 'my-proxy' },
      spec: {
        provider: {
          type: 'Kubernetes',
          kubernetes: {
            envoyDeployment: {
              container: {
                env: [{ name: 'GODEBUG', value: 'cgocheck=0' }],
              },
            },
          },
        },
        dynamicModules: [
          {
            name,
            source: {
              type: 'Local',
              local: { path: `${LIBRARY_FOLDER}/${libraryFile(entity)}` },
            },
            doNotClose: true,
          },
        ],
      },
    },
    [
      heading(entity),
      'For Envoy Gateway 1.8 and later. First the module is registered with your proxies: join this with the',
      'EnvoyProxy that your GatewayClass or Gateway refers to. The library has to be in the container of Envoy at that',
      'path: in an image of your own, or in a volume that an image or an init container fills.',
      'Without GODEBUG=cgocheck=0 Go ends Envoy ("unpinned Go pointer").',
    ],
  );
  const policy = snippetYaml(
    {
      apiVersion: 'gateway.envoyproxy.io/v1alpha1',
      kind: 'EnvoyExtensionPolicy',
      metadata: { name },
      spec: {
        targetRefs: [TARGET],
        dynamicModule: [
          {
            name,
            filterName: entity.spec.filterName,
            ...(config === undefined ? {} : { config }),
          },
        ],
      },
    },
    [
      'Then it is attached to a Gateway, or to an HTTPRoute in the same namespace.',
    ],
  );
  return `${proxy}---\n${policy}`;
}

/** EnvoyExtensionPolicy knows nothing of the golang filter, so the listener is patched. */
function patchPolicy(
  entity: EnvoyGoPluginEntity,
  config: JsonValue | undefined,
): string {
  return snippetYaml(
    {
      apiVersion: 'gateway.envoyproxy.io/v1alpha1',
      kind: 'EnvoyPatchPolicy',
      metadata: { name: kubernetesName(entity) },
      spec: {
        targetRef: TARGET,
        type: 'JSONPatch',
        jsonPatches: [
          {
            type: 'type.googleapis.com/envoy.config.listener.v3.Listener',
            name: `default/${GATEWAY}/http`,
            operation: {
              op: 'add',
              path: '/default_filter_chain/filters/0/typed_config/http_filters/0',
              value: httpFilter(entity, config, 'xds'),
            },
          },
        ],
      },
    },
    [
      heading(entity),
      'EnvoyExtensionPolicy has no field for the golang filter; this EnvoyPatchPolicy adds it to a listener, as the',
      'first filter. It needs extensionApis.enableEnvoyPatchPolicy in the configuration of Envoy Gateway.',
      'The name of the listener is NAMESPACE/GATEWAY/LISTENER. Your EnvoyProxy must use a contrib image of Envoy that',
      'has the library at library_path.',
    ],
  );
}

/**
 * What to apply to a cluster with Envoy Gateway so that its proxies run a plugin.
 *
 * @param entity - the plugin, valid
 * @param config - its configuration; `undefined` for none
 * @returns YAML with one or more documents, with comments that say what else it takes; nothing
 * but a comment for what Envoy Gateway cannot run
 * @public
 */
export function renderEnvoyGatewayExtensionPolicy(
  entity: EnvoyGoPluginEntity,
  config: JsonValue | undefined,
): string {
  switch (entity.spec.runtime) {
    case 'dynamic-module':
      return dynamicModule(entity, config);
    case 'golang-filter':
      return patchPolicy(entity, config);
    default:
      return snippetComment([
        heading(entity),
        'A stream filter of MOSN does not run in Envoy, and so not behind Envoy Gateway.',
      ]);
  }
}
