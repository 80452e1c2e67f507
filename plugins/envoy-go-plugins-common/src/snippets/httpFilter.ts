import type { JsonObject, JsonValue } from '@backstage/types';
import type { EnvoyGoPluginEntity } from '../entity';

/** Where the snippets expect the libraries of plugins in a container. */
export const LIBRARY_FOLDER = '/etc/envoy/dynamic-modules';

/** The file name of a plugin's library, as its Makefile builds it. */
export function libraryFile(entity: EnvoyGoPluginEntity): string {
  return `lib${entity.metadata.name}.so`;
}

/** How Envoy gets the snippet: from a file that it reads itself, or over xDS from a control plane. */
export type Delivery = 'file' | 'xds';

function isObject(config: JsonValue | undefined): config is JsonObject {
  return (
    typeof config === 'object' && config !== null && !Array.isArray(config)
  );
}

/**
 * Whether all numbers of a configuration come through a YAML file. Envoy takes those that
 * are no 32-bit integers for text (`parseYamlNode` in source/common/protobuf/yaml_utility.cc),
 * which a field of a message of its own forgives, but a Struct keeps.
 */
export function survivesFile(config: JsonValue | undefined): boolean {
  if (typeof config === 'number') {
    return Number.isInteger(config) && Math.abs(config) < 2 ** 31;
  }
  if (typeof config === 'object' && config !== null) {
    return Object.values(config).every(survivesFile);
  }
  return true;
}

/**
 * A configuration as a message that Envoy hands to the filter: a Struct reaches Go as JSON,
 * a StringValue as it is. What is not fit for a Struct goes as the text of its JSON.
 */
function messageOf(config: JsonValue, delivery: Delivery): JsonObject {
  if (isObject(config) && (delivery === 'xds' || survivesFile(config))) {
    return {
      '@type': 'type.googleapis.com/google.protobuf.Struct',
      value: config,
    };
  }
  return {
    '@type': 'type.googleapis.com/google.protobuf.StringValue',
    value:
      typeof config === 'string'
        ? config
        : JSON.stringify(config, undefined, 2),
  };
}

/**
 * The filter for a stock Envoy, see
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/filters/http/dynamic_modules/v3/dynamic_modules.proto
 */
function dynamicModuleFilter(
  entity: EnvoyGoPluginEntity,
  config: JsonValue | undefined,
  delivery: Delivery,
): JsonObject {
  return {
    name: entity.spec.filterName,
    typed_config: {
      '@type':
        'type.googleapis.com/envoy.extensions.filters.http.dynamic_modules.v3.DynamicModuleFilter',
      dynamic_module_config: {
        name: entity.metadata.name,
        do_not_close: true,
      },
      filter_name: entity.spec.filterName,
      ...(config === undefined
        ? {}
        : { filter_config: messageOf(config, delivery) }),
    },
  };
}

/**
 * The filter for a contrib Envoy, see
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/filters/http/golang/v3alpha/golang.proto
 */
function golangFilter(
  entity: EnvoyGoPluginEntity,
  config: JsonValue | undefined,
): JsonObject {
  let pluginConfig: JsonObject | undefined;
  if (isObject(config)) {
    pluginConfig = {
      '@type': 'type.googleapis.com/xds.type.v3.TypedStruct',
      value: config,
    };
  } else if (config !== undefined) {
    pluginConfig = messageOf(config, 'xds');
  }
  return {
    name: 'envoy.filters.http.golang',
    typed_config: {
      '@type':
        'type.googleapis.com/envoy.extensions.filters.http.golang.v3alpha.Config',
      library_id: entity.metadata.name,
      library_path: `${LIBRARY_FOLDER}/${libraryFile(entity)}`,
      plugin_name: entity.spec.filterName,
      ...(pluginConfig ? { plugin_config: pluginConfig } : {}),
    },
  };
}

/** The entry of Envoy's `http_filters` for a plugin; `undefined` for what Envoy cannot run. */
export function httpFilter(
  entity: EnvoyGoPluginEntity,
  config: JsonValue | undefined,
  delivery: Delivery,
): JsonObject | undefined {
  switch (entity.spec.runtime) {
    case 'dynamic-module':
      return dynamicModuleFilter(entity, config, delivery);
    case 'golang-filter':
      return golangFilter(entity, config);
    default:
      return undefined;
  }
}

/** A name that Kubernetes accepts (RFC 1123), as close to the plugin's as can be. */
export function kubernetesName(entity: EnvoyGoPluginEntity): string {
  return entity.metadata.name
    .toLocaleLowerCase('en-US')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
}

/** The first line of every snippet. */
export function heading(entity: EnvoyGoPluginEntity): string {
  const { title, name } = entity.metadata;
  return `${title ?? name}, made for Envoy ${entity.spec.envoy}`;
}
