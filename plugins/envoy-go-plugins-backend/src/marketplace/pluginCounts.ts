import {
  ENVOY_GO_PLUGIN_CATEGORIES,
  ENVOY_GO_PLUGIN_LIFECYCLES,
  ENVOY_GO_PLUGIN_RUNTIMES,
  type PluginFacet,
  type PluginFacetValue,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { compare } from 'semver';
import type { PluginGroup } from './pluginRow';
import type { PluginCounts, PluginSelection } from './PluginStore';

/** The facets that have few values, and of whose combinations there are few. */
export const GROUP_FACETS = [
  'category',
  'runtime',
  'lifecycle',
  'envoy',
] as const;

/** One of {@link GROUP_FACETS}. */
export type GroupFacet = (typeof GROUP_FACETS)[number];

/** Those, and whether a plugin is verified. */
const GROUP_CONDITIONS = [...GROUP_FACETS, 'verified'] as const;

/** By what plugins are counted. */
export const GROUPINGS = ['group', 'owner', 'all'] as const;

/** One of {@link GROUPINGS}. */
export type Grouping = (typeof GROUPINGS)[number];

/** How many plugins there are of a group, of an owner, or in all. */
export interface CountRow {
  grouping: Grouping;
  group_id: number | null;
  owner: string | null;
  // PostgreSQL gives counts as strings
  plugins: number | string;
}

/**
 * Makes facets of what was counted in the database.
 *
 * @param counts - of each group with the text and the owners of the selection, and of each
 *   owner with its text and its other facets
 */
export function summarizeCounts(options: {
  counts: CountRow[];
  groups: Map<number, PluginGroup>;
  selection: PluginSelection;
}): PluginCounts {
  const { counts, groups, selection } = options;
  const byFacet: Record<PluginFacet, Map<string, number>> = {
    category: new Map(),
    runtime: new Map(),
    lifecycle: new Map(),
    owner: new Map(),
    envoy: new Map(),
  };
  const add = (facet: PluginFacet, value: string, count: number) =>
    byFacet[facet].set(value, (byFacet[facet].get(value) ?? 0) + count);
  let totalItems = 0;
  let marketplaceItems = 0;
  let verifiedItems = 0;
  for (const row of counts) {
    const count = Number(row.plugins);
    const group = row.group_id === null ? undefined : groups.get(row.group_id);
    if (group) {
      const unmet = GROUP_CONDITIONS.filter(condition =>
        condition === 'verified'
          ? selection.verified && !group.verified
          : !isSelected(condition, valuesOf(group, condition), selection),
      );
      if (unmet.length === 0) {
        totalItems += count;
        verifiedItems += group.verified ? count : 0;
      }
      // What one would get with a facet changed: all others are as they are
      const changeable = unmet.length === 0 ? GROUP_FACETS : unmet;
      if (unmet.length <= 1) {
        for (const facet of changeable) {
          if (facet === 'verified') {
            continue;
          }
          for (const value of valuesOf(group, facet)) {
            add(facet, value, count);
          }
        }
      }
    } else if (row.owner !== null) {
      add('owner', row.owner, count);
    } else if (row.grouping === 'all') {
      marketplaceItems += count;
    }
  }
  const valuesInOrder = (facet: PluginFacet) => {
    // What is ticked stays to be seen, so that it can be taken back
    selection[facet]?.forEach(value => add(facet, value, 0));
    return inFacetOrder(
      facet,
      [...byFacet[facet]].map(([value, count]) => ({ value, count })),
    );
  };
  return {
    totalItems,
    marketplaceItems,
    verifiedItems,
    facets: {
      category: valuesInOrder('category'),
      runtime: valuesInOrder('runtime'),
      lifecycle: valuesInOrder('lifecycle'),
      owner: valuesInOrder('owner'),
      envoy: valuesInOrder('envoy'),
    },
  };
}

function valuesOf(group: PluginGroup, facet: GroupFacet): string[] {
  return facet === 'envoy' ? group.envoyVersions : [group[facet]];
}

/** The same condition as the one that is put into SQL. */
function isSelected(
  facet: GroupFacet,
  values: string[],
  selection: PluginSelection,
): boolean {
  const ticked = selection[facet];
  if (!ticked || ticked.length === 0) {
    return facet !== 'lifecycle' || !values.includes('deprecated');
  }
  return values.some(value => ticked.includes(value));
}

/** The kind's own order where it has one; owners by number of plugins. */
function inFacetOrder(
  facet: PluginFacet,
  values: PluginFacetValue[],
): PluginFacetValue[] {
  const byIndexIn = (order: readonly string[]) => (a: string, b: string) =>
    order.indexOf(a) - order.indexOf(b);
  switch (facet) {
    case 'category':
      return sortValues(values, byIndexIn(ENVOY_GO_PLUGIN_CATEGORIES));
    case 'runtime':
      return sortValues(values, byIndexIn(ENVOY_GO_PLUGIN_RUNTIMES));
    case 'lifecycle':
      return sortValues(values, byIndexIn(ENVOY_GO_PLUGIN_LIFECYCLES));
    case 'envoy':
      return sortValues(values, (a, b) => compare(`${a}.0`, `${b}.0`));
    default:
      return values.sort(
        (a, b) => b.count - a.count || (a.value < b.value ? -1 : 1),
      );
  }
}

function sortValues(
  values: PluginFacetValue[],
  byValue: (a: string, b: string) => number,
): PluginFacetValue[] {
  return values.sort((a, b) => byValue(a.value, b.value));
}
