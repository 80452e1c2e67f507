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
import { foundBy, toShownProofs } from './envoyProofs';
import type { PluginProofs } from './ReleaseFollower';
import { locationKey, repositoryOf } from './repositoryOf';
import { normalizeText, searchTextOf } from './searchText';

/** A row of `plugin_groups`: what many plugins have in common. */
export interface PluginGroupRow {
  id: number;
  category: EnvoyGoPluginCategory;
  runtime: EnvoyGoPluginRuntime;
  lifecycle: EnvoyGoPluginLifecycle;
  envoy_versions: string;
  /** 0 or 1. */
  verified: number;
}

/** A row of `plugins`: what lists are searched, filtered and sorted by. */
export interface PluginRow {
  id: number;
  entity_ref: string;
  search_text: string;
  group_id: number;
  owner: string;
  sort_name: string;
  // SQL's null rather than undefined, here and below: an update must be able to clear it
  stars: number | null;
  released_at: string | null;
  /** Of which repository one must be a reader to see it; empty where everybody may. */
  restricted_to: string;
}

/** A row of `plugin_details`: what is shown of a plugin, and what its upkeep needs. */
export interface PluginDetailsRow {
  entity_ref: string;
  namespace: string;
  name: string;
  title: string;
  description: string | null;
  tags: string;
  filter_name: string;
  envoy: string;
  release_tag: string | null;
  facts_as_of: string | null;
  proofs: string | null;
  entity: string;
  repository: string | null;
  hash: string;
  missed_passes: number;
}

/** The columns of `plugins` that a summary has something of; indexes hold all of them. */
export const PAGE_COLUMNS = [
  'entity_ref',
  'owner',
  'stars',
  'released_at',
  'group_id',
  'sort_name',
] as const;

/** The columns of `plugin_details` that a summary has something of. */
export const SUMMARY_COLUMNS = [
  'namespace',
  'name',
  'title',
  'description',
  'tags',
  'filter_name',
  'envoy',
  'release_tag',
  'facts_as_of',
  'proofs',
] as const;

/** What {@link PAGE_COLUMNS} and {@link SUMMARY_COLUMNS} select. */
export type PluginSummaryRow = Pick<PluginRow, (typeof PAGE_COLUMNS)[number]> &
  Pick<PluginDetailsRow, (typeof SUMMARY_COLUMNS)[number]>;

/** What many plugins have in common. */
export interface PluginGroup {
  category: EnvoyGoPluginCategory;
  runtime: EnvoyGoPluginRuntime;
  lifecycle: EnvoyGoPluginLifecycle;
  envoyVersions: string[];
  verified: boolean;
}

/** Makes a group of a row. */
export function toGroup(row: PluginGroupRow): PluginGroup {
  return {
    category: row.category,
    runtime: row.runtime,
    lifecycle: row.lifecycle,
    envoyVersions: row.envoy_versions.split(' ').filter(Boolean),
    verified: row.verified === 1,
  };
}

/** The rows that follow from an entity. What GitHub says and what was proven is not of them. */
export interface PluginEntityRows {
  group: Pick<PluginGroupRow, 'category' | 'runtime' | 'lifecycle'>;
  /** The minor versions of Envoy that its range admits. */
  claimed: string[];
  plugin: Omit<
    PluginRow,
    'id' | 'group_id' | 'stars' | 'released_at' | 'restricted_to'
  >;
  details: Omit<PluginDetailsRow, 'release_tag' | 'facts_as_of' | 'proofs'>;
}

/**
 * Changes when rows must be derived anew from unchanged entities; raise it with every
 * change to {@link toEntityRows}.
 */
const DERIVATION = 2;

/**
 * Derives the rows of a plugin from its entity.
 *
 * @param options.knownEnvoyVersions - minor versions, such as `1.38`
 * @param options.integrates - whether a host is a GitHub that the portal integrates
 * @throws InputError when the entity is not what the catalog would have let in
 */
export function toEntityRows(
  entity: EnvoyGoPluginEntity,
  options: {
    knownEnvoyVersions: string[];
    integrates: (host: string) => boolean;
  },
): PluginEntityRows {
  const { metadata, spec } = entity;
  const { knownEnvoyVersions, integrates } = options;
  const location = repositoryOf(entity, integrates);
  const repository = location ? withoutNul(locationKey(location)) : null;
  const entityRef = stringifyEntityRef(entity);
  const title = withoutNul(metadata.title ?? metadata.name);
  return {
    group: {
      category: spec.category,
      runtime: spec.runtime,
      lifecycle: spec.lifecycle,
    },
    claimed: envoyVersionsAdmittedBy(spec.envoy, knownEnvoyVersions),
    plugin: {
      entity_ref: entityRef,
      search_text: searchTextOf(entity),
      owner: ownerRef(entity),
      sort_name: normalizeText(title),
    },
    details: {
      entity_ref: entityRef,
      namespace: metadata.namespace ?? DEFAULT_NAMESPACE,
      name: metadata.name,
      title,
      description: withoutNul(metadata.description ?? '') || null,
      tags: JSON.stringify(metadata.tags ?? []),
      filter_name: withoutNul(spec.filterName),
      envoy: spec.envoy,
      entity: JSON.stringify(entity),
      repository,
      hash: createHash('sha256')
        .update(
          JSON.stringify([DERIVATION, knownEnvoyVersions, repository, entity]),
        )
        .digest('base64'),
      missed_passes: 0,
    },
  };
}

/** The columns of a group that follow from what a plugin claims and what was proven of it. */
export function provenColumns(
  proofs: PluginProofs | undefined,
  claimed: string[],
): Pick<PluginGroupRow, 'envoy_versions' | 'verified'> {
  return {
    envoy_versions: joinEnvoyVersions(foundBy(proofs, claimed)),
    verified: proofs?.verified ? 1 : 0,
  };
}

/** Reads the column `proofs`. */
export function toProofs(text: string | null): PluginProofs | undefined {
  return text === null ? undefined : JSON.parse(text);
}

/**
 * Makes a summary of a row and its group.
 *
 * @param claimed - the minor versions of Envoy that its range admits
 */
export function toSummary(
  row: PluginSummaryRow,
  group: PluginGroup,
  claimed: string[],
): PluginSummary {
  return {
    entityRef: row.entity_ref,
    namespace: row.namespace,
    name: row.name,
    title: row.title,
    description: row.description ?? undefined,
    tags: JSON.parse(row.tags),
    category: group.category,
    runtime: group.runtime,
    lifecycle: group.lifecycle,
    owner: row.owner,
    filterName: row.filter_name,
    envoy: row.envoy,
    envoyVersions: group.envoyVersions,
    ...toShownProofs(toProofs(row.proofs), claimed),
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
