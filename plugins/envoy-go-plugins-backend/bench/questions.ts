import {
  ENVOY_GO_PLUGIN_CATEGORIES,
  ENVOY_GO_PLUGIN_LIFECYCLES,
  KNOWN_ENVOY_MINORS,
  type PluginQuery,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { pick } from '../src/testing/generatePlugins';

const WORDS = [
  'token',
  'header',
  'rate',
  'jwt',
  'canary',
  'session',
  'quota',
  'guard',
  'limit',
  'transform',
  'rewrite',
  'counters',
  'upstream',
  'zürich',
];

/** What somebody has typed so far: one or two words, the last one rarely complete. */
function typed(random: () => number): string {
  const last = pick(random, WORDS);
  const prefix = last.slice(0, 2 + Math.floor(random() * (last.length - 1)));
  const number = random() < 0.3 ? ` ${Math.floor(random() * 1000)}` : '';
  return random() < 0.5 ? `${pick(random, WORDS)} ${prefix}` : prefix + number;
}

/**
 * What a reader asks next, as they come in practice: the first page, facets ticked, text
 * being typed, both, and pages further on.
 */
export function nextQuestion(options: {
  random: () => number;
  plugins: number;
  owners: number;
}): PluginQuery {
  const { random, plugins, owners } = options;
  const query: PluginQuery = {
    sort: pick(random, ['name', 'name', 'stars', 'released'] as const),
    limit: 24,
    offset: 0,
  };
  const kind = random();
  const hasFacets = kind < 0.25 || (kind >= 0.5 && kind < 0.65);
  const hasText = kind >= 0.25 && kind < 0.65;
  if (hasFacets) {
    if (random() < 0.6) {
      query.category = [pick(random, ENVOY_GO_PLUGIN_CATEGORIES)];
    }
    if (random() < 0.3) {
      query.envoy = [pick(random, KNOWN_ENVOY_MINORS)];
    }
    if (random() < 0.3) {
      query.owner = [
        `group:default/team-${Math.floor(random() * owners)}`,
        `group:default/team-${Math.floor(random() * owners)}`,
      ];
    }
    if (random() < 0.3) {
      query.verified = true;
    }
    if (random() < 0.2) {
      query.lifecycle = [pick(random, ENVOY_GO_PLUGIN_LIFECYCLES)];
    }
  }
  if (hasText) {
    query.text = typed(random);
  }
  if (kind >= 0.8) {
    // Mostly one of the next pages, now and then one far away
    const pages = random() < 0.8 ? 8 : plugins / 24 / 2;
    query.offset = 24 * (1 + Math.floor(random() * pages));
  }
  return query;
}

/** The question to our backend. */
export function marketplacePath(query: PluginQuery): string {
  const search = new URLSearchParams({
    sort: query.sort ?? 'name',
    offset: String(query.offset),
    limit: String(query.limit),
  });
  if (query.text) {
    search.set('q', query.text);
  }
  for (const facet of ['category', 'lifecycle', 'owner', 'envoy'] as const) {
    query[facet]?.forEach(value => search.append(facet, value));
  }
  if (query.verified) {
    search.set('verified', 'true');
  }
  return `/api/envoy-go-plugins/plugins?${search}`;
}

/**
 * The question to the catalog that comes closest. It knows neither stars nor releases nor
 * semver ranges, and counts no facets: it has less to do.
 */
export function catalogPath(query: PluginQuery): string {
  const lifecycles = query.lifecycle ?? ['production', 'experimental'];
  const filter = [
    'kind=envoygoplugin',
    ...lifecycles.map(value => `spec.lifecycle=${value}`),
    ...(query.category ?? []).map(value => `spec.category=${value}`),
    ...(query.owner ?? []).map(value => `relations.ownedby=${value}`),
  ].join(',');
  const search = new URLSearchParams({
    filter,
    limit: String(query.limit),
    offset: String(query.offset),
    orderField: 'metadata.name,asc',
  });
  if (query.text) {
    search.set('fullTextFilterTerm', query.text);
    search.set(
      'fullTextFilterFields',
      'metadata.name,metadata.title,metadata.description',
    );
  }
  return `/api/catalog/entities/by-query?${search}`;
}
