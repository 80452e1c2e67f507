import {
  ENVOY_GO_PLUGIN_CATEGORIES,
  ENVOY_GO_PLUGIN_LIFECYCLES,
  ENVOY_GO_PLUGIN_RUNTIMES,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type {
  PluginFacet,
  PluginQuery,
  PluginSortField,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { PLUGIN_FACETS } from '../vocabulary';

/** How many plugins stand on one page of the marketplace. */
export const PLUGINS_PER_PAGE = 24;

const MAX_TEXT_LENGTH = 200;
const MAX_VALUES_OF_A_FACET = 50;
const MAX_PAGE = 100_000;

/** @internal */
export const MARKETPLACE_SORTS: readonly PluginSortField[] = [
  'stars',
  'released',
  'name',
];

/** The two ways of looking at the same list. */
export type MarketplaceView = 'cards' | 'table';

/**
 * What the reader of the marketplace has chosen. It lives in the address of the page and nowhere else, so that it can
 * be sent to somebody and survives going back.
 */
export interface MarketplaceState {
  text: string;
  facets: Record<PluginFacet, string[]>;
  /** Whether only those show whose latest release was proven in real Envoys. */
  verified: boolean;
  sort: PluginSortField;
  /** One-based. */
  page: number;
  view: MarketplaceView;
}

const OWNER = /^([a-z]+:)?([a-z0-9_.-]+\/)?[a-z0-9_.-]+$/i;
const ENVOY_MINOR = /^\d{1,3}\.\d{1,3}$/;

const isFacetValue: Record<PluginFacet, (value: string) => boolean> = {
  category: value => ENVOY_GO_PLUGIN_CATEGORIES.some(one => one === value),
  runtime: value => ENVOY_GO_PLUGIN_RUNTIMES.some(one => one === value),
  lifecycle: value => ENVOY_GO_PLUGIN_LIFECYCLES.some(one => one === value),
  owner: value => OWNER.test(value),
  envoy: value => ENVOY_MINOR.test(value),
};

function readFacet(params: URLSearchParams, facet: PluginFacet): string[] {
  const known = params.getAll(facet).filter(isFacetValue[facet]);
  return [...new Set(known)].slice(0, MAX_VALUES_OF_A_FACET);
}

function readPage(params: URLSearchParams): number {
  const page = Number(params.get('page') ?? 1);
  return Number.isInteger(page) && page >= 1 && page <= MAX_PAGE ? page : 1;
}

/** Reads the state out of an address. What makes no sense there is as if it were absent. */
export function parseMarketplaceState(
  params: URLSearchParams,
): MarketplaceState {
  const sort = params.get('sort');
  return {
    text: (params.get('q') ?? '').trim().slice(0, MAX_TEXT_LENGTH),
    facets: {
      category: readFacet(params, 'category'),
      runtime: readFacet(params, 'runtime'),
      lifecycle: readFacet(params, 'lifecycle'),
      owner: readFacet(params, 'owner'),
      envoy: readFacet(params, 'envoy'),
    },
    verified: params.get('verified') === 'true',
    sort: MARKETPLACE_SORTS.find(one => one === sort) ?? 'stars',
    page: readPage(params),
    view: params.get('view') === 'table' ? 'table' : 'cards',
  };
}

/** Writes the state into an address: the shortest that reads back as the same. */
export function formatMarketplaceState(
  state: MarketplaceState,
): URLSearchParams {
  const params = new URLSearchParams();
  if (state.text) {
    params.set('q', state.text);
  }
  for (const facet of PLUGIN_FACETS) {
    for (const value of state.facets[facet]) {
      params.append(facet, value);
    }
  }
  if (state.verified) {
    params.set('verified', 'true');
  }
  if (state.sort !== 'stars') {
    params.set('sort', state.sort);
  }
  if (state.page > 1) {
    params.set('page', String(state.page));
  }
  if (state.view !== 'cards') {
    params.set('view', state.view);
  }
  return params;
}

/** The question to the backend that answers a state. */
export function toPluginQuery(state: MarketplaceState): PluginQuery {
  return {
    ...(state.text && { text: state.text }),
    ...state.facets,
    ...(state.verified && { verified: true }),
    sort: state.sort,
    offset: (state.page - 1) * PLUGINS_PER_PAGE,
    limit: PLUGINS_PER_PAGE,
  };
}

/** How many values are ticked in all facets together, and "verified" with them. */
export function countTicked(state: MarketplaceState): number {
  return PLUGIN_FACETS.reduce(
    (sum, facet) => sum + state.facets[facet].length,
    state.verified ? 1 : 0,
  );
}

/** Ticks or unticks one value of a facet. The page begins anew. */
export function toggleFacetValue(
  state: MarketplaceState,
  facet: PluginFacet,
  value: string,
): MarketplaceState {
  const ticked = state.facets[facet];
  return {
    ...state,
    page: 1,
    facets: {
      ...state.facets,
      [facet]: ticked.includes(value)
        ? ticked.filter(one => one !== value)
        : [...ticked, value],
    },
  };
}

/** Ticks or unticks "verified". The page begins anew. */
export function toggleVerified(state: MarketplaceState): MarketplaceState {
  return { ...state, page: 1, verified: !state.verified };
}

/** Takes away the search text and every tick; order and view stay. */
export function clearFilters(state: MarketplaceState): MarketplaceState {
  return {
    ...state,
    text: '',
    page: 1,
    verified: false,
    facets: { category: [], runtime: [], lifecycle: [], owner: [], envoy: [] },
  };
}
