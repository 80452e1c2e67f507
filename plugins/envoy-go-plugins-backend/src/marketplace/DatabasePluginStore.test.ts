import {
  type TestDatabaseId,
  TestDatabases,
  mockServices,
} from '@backstage/backend-test-utils';
import { stringifyEntityRef } from '@backstage/catalog-model';
import {
  ENVOY_GO_PLUGIN_CATEGORIES,
  ENVOY_GO_PLUGIN_LIFECYCLES,
  ENVOY_GO_PLUGIN_RUNTIMES,
  type EnvoyGoPluginEntity,
  KNOWN_ENVOY_MINORS,
  type PluginFacet,
  type PluginQuery,
  envoyVersionsAdmittedBy,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { Knex } from 'knex';
import {
  generatePlugins,
  generateProofs,
  pick,
  seededRandom,
} from '../testing/generatePlugins';
import { testPlugin, testRef } from '../testing/testPlugin';
import { DatabasePluginStore } from './DatabasePluginStore';
import type { PluginProofs } from './ReleaseFollower';
import { normalizeText } from './searchText';

jest.setTimeout(60_000);

const FACETS: PluginFacet[] = [
  'category',
  'runtime',
  'lifecycle',
  'owner',
  'envoy',
];

interface Facts {
  stars: number;
  publishedAt?: string;
  proofs?: PluginProofs;
}

/** The marketplace as one would write it without a database. */
class NaiveMarketplace {
  readonly #entities: EnvoyGoPluginEntity[];
  readonly #facts: Map<string, Facts>;

  constructor(entities: EnvoyGoPluginEntity[], facts: Map<string, Facts>) {
    this.#entities = entities;
    this.#facts = facts;
  }

  list(query: PluginQuery): string[] {
    const matching = this.#entities.filter(
      entity =>
        this.#hasText(entity, query) &&
        this.#isVerified(entity, query) &&
        FACETS.every(facet => this.#hasFacet(entity, facet, query)),
    );
    const descending =
      (value: (facts: Facts | undefined) => number | string) =>
      (a: EnvoyGoPluginEntity, b: EnvoyGoPluginEntity) => {
        const [x, y] = [a, b].map(entity =>
          value(this.#facts.get(stringifyEntityRef(entity))),
        );
        return Number(x < y) - Number(x > y);
      };
    const bySort = {
      name: () => 0,
      stars: descending(facts => facts?.stars ?? -1),
      released: descending(facts => facts?.publishedAt ?? ''),
    }[query.sort ?? 'name'];
    return matching
      .sort(
        (a, b) =>
          bySort(a, b) ||
          byBytes(sortName(a), sortName(b)) ||
          byBytes(stringifyEntityRef(a), stringifyEntityRef(b)),
      )
      .map(entity => stringifyEntityRef(entity));
  }

  count(query: PluginQuery, facet: PluginFacet): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const entity of this.#entities) {
      if (
        this.#hasText(entity, query) &&
        this.#isVerified(entity, query) &&
        FACETS.every(
          other => other === facet || this.#hasFacet(entity, other, query),
        )
      ) {
        for (const value of this.#facetValues(entity, facet)) {
          counts[value] = (counts[value] ?? 0) + 1;
        }
      }
    }
    for (const value of query[facet] ?? []) {
      counts[value] ??= 0;
    }
    return counts;
  }

  #hasText({ metadata, spec }: EnvoyGoPluginEntity, query: PluginQuery) {
    const fields = [
      metadata.name,
      metadata.title ?? '',
      metadata.description ?? '',
      ...(metadata.tags ?? []),
      spec.category,
      spec.filterName,
    ].map(normalizeText);
    return (query.text ?? '')
      .split(' ')
      .every(word => fields.some(field => field.includes(normalizeText(word))));
  }

  #hasFacet(
    entity: EnvoyGoPluginEntity,
    facet: PluginFacet,
    query: PluginQuery,
  ) {
    const ticked = query[facet] ?? [];
    if (ticked.length === 0) {
      return facet !== 'lifecycle' || entity.spec.lifecycle !== 'deprecated';
    }
    return this.#facetValues(entity, facet).some(value =>
      ticked.includes(value),
    );
  }

  #isVerified(entity: EnvoyGoPluginEntity, { verified }: PluginQuery) {
    return (
      !verified || this.#facts.get(stringifyEntityRef(entity))?.proofs?.verified
    );
  }

  #facetValues(entity: EnvoyGoPluginEntity, facet: PluginFacet): string[] {
    if (facet !== 'envoy') {
      return [entity.spec[facet]];
    }
    const { proofs } = this.#facts.get(stringifyEntityRef(entity)) ?? {};
    return proofs
      ? proofs.envoys
          .filter(({ outcome }) => outcome === 'passed')
          .map(({ envoy }) => envoy.replace(/\.\d+$/, ''))
      : envoyVersionsAdmittedBy(entity.spec.envoy);
  }
}

function sortName(entity: EnvoyGoPluginEntity): string {
  return normalizeText(entity.metadata.title ?? entity.metadata.name);
}

function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function randomQuery(random: () => number): PluginQuery {
  const some = (values: readonly string[]) =>
    random() < 0.6
      ? undefined
      : [...new Set([pick(random, values), pick(random, values)])];
  return {
    text: pick(random, [
      undefined,
      '',
      'token',
      'AUTH  guard',
      'limit 7',
      'zurich',
      'ZÜRICH auth',
      '100%',
      '%',
      '_',
      'sampling_rate',
      `it's "quoted" \\`,
      'nothing-has-this',
      'authn',
    ]),
    category: some(ENVOY_GO_PLUGIN_CATEGORIES),
    runtime: some(ENVOY_GO_PLUGIN_RUNTIMES),
    lifecycle: some(ENVOY_GO_PLUGIN_LIFECYCLES),
    owner: some([
      'group:default/team-1',
      'group:default/team-2',
      'user:default/x',
    ]),
    envoy: some([...KNOWN_ENVOY_MINORS, '9.9']),
    verified: pick(random, [undefined, undefined, false, true]),
    sort: pick(random, [undefined, 'name', 'stars', 'released'] as const),
    offset: pick(random, [undefined, 0, 3, 50]),
    limit: pick(random, [undefined, 1, 7, 100]),
  };
}

describe('DatabasePluginStore', () => {
  const databases = TestDatabases.create({ ids: ['SQLITE_3', 'POSTGRES_18'] });

  async function createStore(databaseId: TestDatabaseId) {
    const knex: Knex = await databases.init(databaseId);
    const store = await DatabasePluginStore.create({
      database: mockServices.database({ knex }),
      knownEnvoyVersions: [...KNOWN_ENVOY_MINORS],
      integrates: () => true,
    });
    return { store, knex };
  }

  const plugin = (
    name: string,
    spec: Partial<EnvoyGoPluginEntity['spec']> = {},
    metadata: Partial<EnvoyGoPluginEntity['metadata']> = {},
  ) => testPlugin(name, { spec, metadata });

  describe.each(databases.eachSupportedId())('%p', databaseId => {
    it('answers every query as one would without a database', async () => {
      const { store } = await createStore(databaseId);
      const random = seededRandom(42);
      const entities = generatePlugins({ count: 300, owners: 4, random });
      await store.upsert(entities);
      const facts = new Map<string, Facts>();
      for (const entity of entities) {
        if (random() < 0.7) {
          const stars = Math.floor(random() * 20);
          const publishedAt =
            random() < 0.7
              ? new Date(1.7e12 + Math.floor(random() * 30) * 1e9).toISOString()
              : undefined;
          const proofs = generateProofs(random);
          facts.set(stringifyEntityRef(entity), { stars, publishedAt, proofs });
          await store.setFacts(stringifyEntityRef(entity), {
            stars,
            latestRelease: publishedAt
              ? { tag: 'v1.0.0', publishedAt }
              : undefined,
            proofs,
            asOf: '2026-01-01T00:00:00.000Z',
          });
        }
      }
      // What was proven outlasts a change of what is described
      entities[0].metadata.title = 'Another title';
      await store.upsert(entities);
      const naive = new NaiveMarketplace(entities, facts);

      for (let round = 0; round < 150; round++) {
        const query = randomQuery(random);
        const { items, ...counts } = await store.listPlugins(query);
        const expected = naive.list(query);
        const offset = query.offset ?? 0;
        expect({ query, refs: items.map(item => item.entityRef) }).toEqual({
          query,
          refs: expected.slice(offset, offset + (query.limit ?? 24)),
        });
        expect({ query, totalItems: counts.totalItems }).toEqual({
          query,
          totalItems: expected.length,
        });
        expect(counts.marketplaceItems).toBe(300);
        expect({ query, verifiedItems: counts.verifiedItems }).toEqual({
          query,
          verifiedItems: naive.list({ ...query, verified: true }).length,
        });
        for (const facet of FACETS) {
          expect({
            query,
            facet,
            counts: Object.fromEntries(
              counts.facets[facet].map(({ value, count }) => [value, count]),
            ),
          }).toEqual({ query, facet, counts: naive.count(query, facet) });
        }
      }
    });

    it('gives the values of a facet in the order of the kind, owners by number', async () => {
      const { store } = await createStore(databaseId);
      await store.upsert([
        plugin('a', { category: 'other', lifecycle: 'deprecated' }),
        plugin('b', { category: 'traffic', envoy: '1.40.x' }),
        plugin('c', { category: 'access', lifecycle: 'experimental' }),
        plugin('d', { category: 'access', owner: 'user:default/jo' }),
      ]);
      const { facets } = await store.listPlugins({});
      expect(facets).toEqual({
        category: [
          { value: 'access', count: 2 },
          { value: 'traffic', count: 1 },
        ],
        runtime: [{ value: 'dynamic-module', count: 3 }],
        lifecycle: [
          { value: 'experimental', count: 1 },
          { value: 'production', count: 2 },
          { value: 'deprecated', count: 1 },
        ],
        owner: [
          { value: 'group:default/gateway', count: 2 },
          { value: 'user:default/jo', count: 1 },
        ],
        envoy: [
          { value: '1.38', count: 2 },
          { value: '1.39', count: 2 },
          { value: '1.40', count: 3 },
        ],
      });
    });

    it('adds, replaces and leaves alone', async () => {
      const { store } = await createStore(databaseId);
      await expect(store.upsert([plugin('a'), plugin('b')])).resolves.toEqual({
        added: [testRef('a'), testRef('b')],
        changed: [],
        unchanged: [],
        refused: [],
      });
      await store.setFacts(testRef('b'), {
        stars: 3,
        asOf: '2026-01-01T00:00:00.000Z',
      });
      await expect(
        store.upsert([
          plugin('a', {}, { description: 'first' }),
          plugin('b'),
          plugin('c', { envoy: 'newest' }),
        ]),
      ).resolves.toEqual({
        added: [],
        changed: [testRef('a')],
        unchanged: [testRef('b')],
        refused: [
          {
            entityRef: testRef('c'),
            reason: expect.stringContaining('newest'),
          },
        ],
      });
      await store.upsert([plugin('a'), plugin('b', { category: 'authz' })]);
      const { items } = await store.listPlugins({});
      expect(items).toMatchObject([
        { name: 'a', category: 'authn' },
        { name: 'b', category: 'authz', stars: 3 },
      ]);
      expect(items[0].description).toBeUndefined();
    });

    it('searches in what a plugin is now, not in what it was', async () => {
      const { store } = await createStore(databaseId);
      await store.upsert([plugin('a', {}, { description: 'old words' })]);
      await store.upsert([plugin('a', {}, { description: 'new words' })]);
      const search = async (text: string) =>
        (await store.listPlugins({ text })).items.map(item => item.name);
      await expect(search('old')).resolves.toEqual([]);
      await expect(search('new words')).resolves.toEqual(['a']);
      await store.delete([testRef('a')]);
      await expect(search('new')).resolves.toEqual([]);
      await store.upsert([plugin('b', {}, { description: 'new plugin' })]);
      await expect(search('new')).resolves.toEqual(['b']);
    });

    it('survives two backends that write the same plugins at once', async () => {
      const { store } = await createStore(databaseId);
      const entities = generatePlugins({
        count: 450,
        owners: 3,
        random: seededRandom(1),
      });
      await Promise.all([
        store.upsert(entities),
        store.upsert([...entities].reverse()),
      ]);
      await expect(store.countAll()).resolves.toBe(450);
    });

    it('finds a plugin without regard to case, with its entity', async () => {
      const { store } = await createStore(databaseId);
      const entity = plugin('Token-Auth', {}, { namespace: 'edge' });
      await store.upsert([entity]);
      await expect(
        store.getPlugin({ namespace: 'EDGE', name: 'token-auth' }),
      ).resolves.toEqual({
        summary: expect.objectContaining({ name: 'Token-Auth' }),
        entity,
      });
      await expect(
        store.getPlugin({ namespace: 'default', name: 'token-auth' }),
      ).resolves.toBeUndefined();
    });

    it('stores characters that a database may refuse', async () => {
      const { store } = await createStore(databaseId);
      const description = "nul \0, quote ', \\, 😀, \u2028";
      await store.upsert([plugin('a', {}, { description, title: 'T\0' })]);
      await expect(store.listPlugins({ text: '😀' })).resolves.toMatchObject({
        items: [{ title: 'T', description: description.replace('\0', '') }],
      });
      await expect(store.listPlugins({ text: 'nul\0' })).resolves.toMatchObject(
        { totalItems: 1 },
      );
    });

    it('counts anew after each change, not before', async () => {
      const { store, knex } = await createStore(databaseId);
      await store.upsert([plugin('a'), plugin('b')]);
      await expect(store.listPlugins({})).resolves.toMatchObject({
        totalItems: 2,
      });
      const queries: string[] = [];
      knex.on('query', ({ sql }) => queries.push(sql));
      await store.listPlugins({ text: ' ' });
      expect(queries.filter(sql => /count\(/.test(sql))).toEqual([]);
      await store.upsert([plugin('c')]);
      await expect(store.listPlugins({})).resolves.toMatchObject({
        totalItems: 3,
        marketplaceItems: 3,
      });
      await store.delete([testRef('a'), testRef('unknown')]);
      await expect(store.listPlugins({})).resolves.toMatchObject({
        totalItems: 2,
      });
    });

    it('counts in a row how often a plugin was missed', async () => {
      const { store } = await createStore(databaseId);
      await store.upsert([plugin('a'), plugin('b')]);
      const seen = (...names: string[]) => new Set(names.map(testRef));
      await expect(store.recordPass(seen('a', 'b'))).resolves.toEqual([]);
      await expect(store.recordPass(seen('a'))).resolves.toEqual([
        { entityRef: testRef('b'), missedPasses: 1 },
      ]);
      await expect(store.recordPass(seen('a'))).resolves.toEqual([
        { entityRef: testRef('b'), missedPasses: 2 },
      ]);
      await store.recordPass(seen('b', 'a'));
      await expect(store.recordPass(seen('a'))).resolves.toEqual([
        { entityRef: testRef('b'), missedPasses: 1 },
      ]);
    });

    it('keeps newer facts when older ones come late', async () => {
      const { store } = await createStore(databaseId);
      await store.upsert([plugin('a')]);
      const latestRelease = {
        tag: 'v2',
        publishedAt: '2026-01-01T00:00:00.000Z',
      };
      await store.setFacts(testRef('a'), {
        stars: 2,
        latestRelease,
        asOf: '2026-01-02T00:00:00.000Z',
      });
      await store.setFacts(testRef('a'), {
        stars: 1,
        asOf: '2026-01-01T00:00:00.000Z',
      });
      await expect(store.listPlugins({})).resolves.toMatchObject({
        items: [
          { stars: 2, latestRelease, factsAsOf: '2026-01-02T00:00:00.000Z' },
        ],
      });
    });
  });
});
