import {
  ENVOY_GO_PLUGIN_CATEGORIES,
  ENVOY_GO_PLUGIN_LIFECYCLES,
  ENVOY_GO_PLUGIN_RUNTIMES,
  type EnvoyGoPluginEntity,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { PluginProofs } from '../marketplace';

const SUBJECTS = [
  'token',
  'header',
  'body',
  'rate',
  'cors',
  'jwt',
  'tenant',
  'canary',
  'geo',
  'cache',
  'session',
  'audit',
  'quota',
  'trace',
  'schema',
];

const DEEDS = [
  'auth',
  'guard',
  'limit',
  'transform',
  'mirror',
  'inspect',
  'rewrite',
  'sign',
  'mask',
  'enrich',
];

const SENTENCES = [
  'Rejects requests that do not carry a valid one, and says why in the response.',
  'Limits how much each caller may send, with counters for each route.',
  'Rewrites what the upstream sees; streamed, so that large bodies pass.',
  'Asks another service before the request goes on, with a time-out and a choice of what happens then.',
  'Adds what later filters need. 100% of requests, no sampling_rate.',
];

const RANGES = [
  '>=1.36',
  '>=1.38',
  '1.38.x',
  '^1.39',
  '>=1.37 <1.39',
  '1.40.x',
];

/** A sequence of numbers from 0 to 1 that is the same for the same seed. */
export function seededRandom(seed: number): () => number {
  let state = seed;
  // mulberry32, https://gist.github.com/tommyettinger/46a874533244883189143505d203312c
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** One of the items. */
export function pick<T>(random: () => number, items: readonly T[]): T {
  return items[Math.floor(random() * items.length)];
}

/** How a plugin's latest release did, for about half of all plugins. */
export function generateProofs(random: () => number): PluginProofs | undefined {
  if (random() < 0.5) {
    return undefined;
  }
  const envoys = ['1.38.3', '1.39.3', '1.40.0']
    .filter(() => random() < 0.8)
    .map(envoy => ({
      envoy,
      outcome: random() < 0.9 ? ('passed' as const) : ('failed' as const),
    }));
  if (envoys.length === 0) {
    return undefined;
  }
  return {
    version: '1.0.0',
    tag: 'v1.0.0',
    verified: envoys.every(({ outcome }) => outcome === 'passed'),
    at: '2026-01-01T00:00:00.000Z',
    envoys,
  };
}

/**
 * Plugins as a company might have them: names, sentences, tags and facets that repeat.
 *
 * @param count - how many
 * @param owners - among how many teams
 */
export function generatePlugins(options: {
  count: number;
  owners: number;
  random: () => number;
}): EnvoyGoPluginEntity[] {
  const { count, owners, random } = options;
  return Array.from({ length: count }, (_, index) => {
    const subject = pick(random, SUBJECTS);
    const deed = pick(random, DEEDS);
    const name = `${subject}-${deed}-${index}`;
    return {
      apiVersion: 'envoygo.dev/v1alpha1',
      kind: 'EnvoyGoPlugin',
      metadata: {
        name,
        namespace: random() < 0.05 ? 'edge' : 'default',
        title:
          random() < 0.8
            ? `${subject[0].toLocaleUpperCase('en-US')}${subject.slice(
                1,
              )} ${deed}${random() < 0.1 ? ' Zürich' : ''}`
            : undefined,
        description: random() < 0.9 ? pick(random, SENTENCES) : undefined,
        tags: [pick(random, SUBJECTS), pick(random, DEEDS)],
      },
      spec: {
        type: 'http-filter',
        runtime:
          random() < 0.8
            ? 'dynamic-module'
            : pick(random, ENVOY_GO_PLUGIN_RUNTIMES),
        lifecycle: pick(random, ENVOY_GO_PLUGIN_LIFECYCLES),
        owner: `group:default/team-${Math.floor(random() * owners)}`,
        category: pick(random, ENVOY_GO_PLUGIN_CATEGORIES),
        filterName: name,
        package: '.',
        envoy: pick(random, RANGES),
        config: {
          schema: {
            type: 'object',
            properties: {
              [deed]: { type: 'string', description: pick(random, SENTENCES) },
            },
          },
        },
      },
    };
  });
}
