import { createHash } from 'node:crypto';
import {
  DEFAULT_NAMESPACE,
  parseEntityRef,
  stringifyEntityRef,
} from '@backstage/catalog-model';
import {
  type EnvoyGoPluginCategory,
  type EnvoyGoPluginEntity,
  type EnvoyGoPluginLifecycle,
  type EnvoyGoPluginRuntime,
  type PluginSummary,
  envoyVersionsAdmittedBy,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { normalizeText, searchTextOf } from './searchText';

/** The columns of `plugins` that follow from the entity. */
export interface PluginEntityColumns {
  entity_ref: string;
  namespace: string;
  name: string;
  title: string;
  sort_name: string;
  // SQL's null rather than undefined: an upsert must be able to clear it
  description: string | null;
  tags: string;
  category: EnvoyGoPluginCategory;
  runtime: EnvoyGoPluginRuntime;
  lifecycle: EnvoyGoPluginLifecycle;
  owner: string;
  filter_name: string;
  envoy: string;
  envoy_versions: string;
  search_text: string;
  hash: string;
}

/** The columns of `plugins` of which a summary is made. */
export const SUMMARY_COLUMNS = [
  'entity_ref',
  'namespace',
  'name',
  'title',
  'description',
  'tags',
  'category',
  'runtime',
  'lifecycle',
  'owner',
  'filter_name',
  'envoy',
  'envoy_versions',
  'stars',
  'release_tag',
  'released_at',
  'facts_as_of',
] as const;

/** The columns of `plugins` that GitHub's answers fill in. */
export interface PluginFactsColumns {
  stars: number | null;
  release_tag: string | null;
  released_at: string | null;
  facts_as_of: string | null;
}

/** A row of `plugins`, as far as a summary needs it. */
export type PluginSummaryRow = Pick<
  PluginEntityColumns & PluginFactsColumns,
  (typeof SUMMARY_COLUMNS)[number]
>;

/**
 * Changes when rows must be derived anew from unchanged entities; raise it with every
 * change to {@link toEntityColumns}.
 */
const DERIVATION = 1;

/**
 * Derives a row from an entity.
 *
 * @param knownEnvoyVersions - minor versions, such as `1.38`
 * @throws InputError when the entity is not what the catalog would have let in
 */
export function toEntityColumns(
  entity: EnvoyGoPluginEntity,
  knownEnvoyVersions: string[],
): PluginEntityColumns {
  const { metadata, spec } = entity;
  const title = withoutNul(metadata.title ?? metadata.name);
  return {
    entity_ref: stringifyEntityRef(entity),
    namespace: metadata.namespace ?? DEFAULT_NAMESPACE,
    name: metadata.name,
    title,
    sort_name: normalizeText(title),
    description: withoutNul(metadata.description ?? '') || null,
    tags: JSON.stringify(metadata.tags ?? []),
    category: spec.category,
    runtime: spec.runtime,
    lifecycle: spec.lifecycle,
    owner: ownerRef(entity),
    filter_name: withoutNul(spec.filterName),
    envoy: spec.envoy,
    envoy_versions: joinEnvoyVersions(
      envoyVersionsAdmittedBy(spec.envoy, knownEnvoyVersions),
    ),
    search_text: searchTextOf(entity),
    hash: createHash('sha256')
      .update(JSON.stringify([DERIVATION, knownEnvoyVersions, entity]))
      .digest('base64'),
  };
}

/** Makes a summary of a row. */
export function toSummary(row: PluginSummaryRow): PluginSummary {
  return {
    entityRef: row.entity_ref,
    namespace: row.namespace,
    name: row.name,
    title: row.title,
    description: row.description ?? undefined,
    tags: JSON.parse(row.tags),
    category: row.category,
    runtime: row.runtime,
    lifecycle: row.lifecycle,
    owner: row.owner,
    filterName: row.filter_name,
    envoy: row.envoy,
    envoyVersions: splitEnvoyVersions(row.envoy_versions),
    stars: row.stars ?? undefined,
    latestRelease:
      row.release_tag !== null && row.released_at !== null
        ? { tag: row.release_tag, publishedAt: row.released_at }
        : undefined,
    factsAsOf: row.facts_as_of ?? undefined,
  };
}

function ownerRef(entity: EnvoyGoPluginEntity): string {
  return stringifyEntityRef(
    parseEntityRef(entity.spec.owner, {
      defaultKind: 'Group',
      defaultNamespace: entity.metadata.namespace ?? DEFAULT_NAMESPACE,
    }),
  );
}

/** PostgreSQL stores every character but this one. */
function withoutNul(text: string): string {
  return text.replaceAll('\0', '');
}

/** Each version stands between spaces, so that it can be found as a substring. */
function joinEnvoyVersions(versions: string[]): string {
  return (
    versions.map(version => ` ${version}`).join('') +
    (versions.length ? ' ' : '')
  );
}

/** The inverse of how `envoy_versions` is stored. */
export function splitEnvoyVersions(joined: string): string[] {
  return joined.split(' ').filter(Boolean);
}
