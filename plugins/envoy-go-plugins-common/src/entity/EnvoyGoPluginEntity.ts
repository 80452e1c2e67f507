import type { Entity } from '@backstage/catalog-model';
import type { JsonObject, JsonValue } from '@backstage/types';

/**
 * The `apiVersion` of the {@link EnvoyGoPluginEntity} kind.
 *
 * @public
 */
export const ENVOY_GO_PLUGIN_API_VERSION = 'envoygo.dev/v1alpha1';

/**
 * The `kind` of {@link EnvoyGoPluginEntity}; entity refs carry it in lower case.
 *
 * @public
 */
export const ENVOY_GO_PLUGIN_KIND = 'EnvoyGoPlugin';

/**
 * How Envoy runs a plugin: as a dynamic module (stock Envoy 1.38 and later), through
 * the contrib `golang` filter, or as a MOSN stream filter.
 *
 * @public
 */
export const ENVOY_GO_PLUGIN_RUNTIMES = [
  'dynamic-module',
  'golang-filter',
  'mosn-stream-filter',
] as const;

/** @public */
export type EnvoyGoPluginRuntime = (typeof ENVOY_GO_PLUGIN_RUNTIMES)[number];

/** @public */
export const ENVOY_GO_PLUGIN_LIFECYCLES = [
  'experimental',
  'production',
  'deprecated',
] as const;

/** @public */
export type EnvoyGoPluginLifecycle =
  (typeof ENVOY_GO_PLUGIN_LIFECYCLES)[number];

/**
 * What a plugin is for. The list is also the order of the phases in which plugins of a
 * chain run: an access filter comes before an authn filter, and so on.
 *
 * @public
 */
export const ENVOY_GO_PLUGIN_CATEGORIES = [
  'access',
  'authn',
  'authz',
  'traffic',
  'transform',
  'observability',
  'other',
] as const;

/** @public */
export type EnvoyGoPluginCategory = (typeof ENVOY_GO_PLUGIN_CATEGORIES)[number];

/**
 * Where a plugin must stand in a chain. Each entry is the name of another plugin
 * (its `metadata.name`, or an entity ref).
 *
 * @public
 */
export type EnvoyGoPluginOrder = {
  before?: string[];
  after?: string[];
  conflictsWith?: string[];
};

/**
 * Why nobody should begin to use a plugin, and what to use in its place.
 *
 * @public
 */
export type EnvoyGoPluginDeprecation = {
  reason?: string;
  /** Entity ref of a plugin. */
  successor?: string;
};

/**
 * The relation of a deprecated plugin to the one to use in its place.
 *
 * @public
 */
export const RELATION_SUPERSEDED_BY = 'supersededBy';

/**
 * The relation of a plugin to a deprecated one whose place it takes.
 *
 * @public
 */
export const RELATION_SUPERSEDES = 'supersedes';

/** @public */
export type EnvoyGoPluginConfigExample = {
  title: string;
  description?: string;
  value: JsonValue;
};

/** @public */
export type EnvoyGoPluginConfig = {
  /** JSON Schema 2020-12 of the plugin's configuration. */
  schema: JsonObject;
  /** Configurations that the schema accepts. */
  examples?: EnvoyGoPluginConfigExample[];
};

/**
 * An Envoy filter written in Go: the catalog kind "Envoy Go Plugins".
 *
 * @public
 */
export interface EnvoyGoPluginEntity extends Entity {
  apiVersion: typeof ENVOY_GO_PLUGIN_API_VERSION;
  kind: typeof ENVOY_GO_PLUGIN_KIND;
  spec: {
    type: 'http-filter';
    runtime: EnvoyGoPluginRuntime;
    lifecycle: EnvoyGoPluginLifecycle;
    /** Says something where `lifecycle` is `deprecated`. */
    deprecation?: EnvoyGoPluginDeprecation;
    /** Entity ref of the owning group or user. */
    owner: string;
    /** Entity ref of the system it is part of. */
    system?: string;
    /** Entity refs of what it depends on. */
    dependsOn?: string[];
    category: EnvoyGoPluginCategory;
    /** The name under which the plugin registers itself with the SDK. */
    filterName: string;
    /** Go package, relative to the repository's root, whose `init()` registers the filter. */
    package: string;
    /** Semver range of the Envoy versions that the author claims to support. */
    envoy: string;
    order?: EnvoyGoPluginOrder;
    config?: EnvoyGoPluginConfig;
    /** Path of the proof, relative to the repository's root. */
    proof?: string;
  };
}

/**
 * Whether an entity is an {@link EnvoyGoPluginEntity}. The kind is compared without
 * regard to case, as the catalog does.
 *
 * @public
 */
export function isEnvoyGoPluginEntity(
  entity: Entity,
): entity is EnvoyGoPluginEntity {
  return (
    entity.apiVersion === ENVOY_GO_PLUGIN_API_VERSION &&
    entity.kind.toLocaleLowerCase('en-US') ===
      ENVOY_GO_PLUGIN_KIND.toLocaleLowerCase('en-US')
  );
}
