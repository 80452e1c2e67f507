import {
  type DatabaseService,
  resolvePackagePath,
} from '@backstage/backend-plugin-api';
import { stringifyEntityRef } from '@backstage/catalog-model';
import { toError } from '@backstage/errors';
import {
  ENVOY_GO_PLUGIN_CATEGORIES,
  ENVOY_GO_PLUGIN_KIND,
  ENVOY_GO_PLUGIN_LIFECYCLES,
  ENVOY_GO_PLUGIN_RUNTIMES,
  type EnvoyGoPluginEntity,
  type PluginFacet,
  type PluginFacetValue,
  type PluginLocator,
  type PluginQuery,
  type PluginSummary,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { Knex } from 'knex';
import { compare } from 'semver';
import type {
  MissedPlugin,
  PluginCounts,
  PluginFactsUpdate,
  PluginSelection,
  PluginStore,
  UpsertResult,
} from './PluginStore';
import {
  type PluginEntityColumns,
  type PluginFactsColumns,
  type PluginSummaryRow,
  SUMMARY_COLUMNS,
  splitEnvoyVersions,
  toEntityColumns,
  toSummary,
} from './pluginRow';
import { searchWords } from './searchText';

/** Items on a page when the query does not say. */
export const DEFAULT_PAGE_SIZE = 24;

const MIGRATIONS_DIRECTORY = resolvePackagePath(
  '@envoy-go/backstage-plugin-envoy-go-plugins-backend',
  'migrations',
);

/** Stays below SQLite's and PostgreSQL's limits of bound values in a statement. */
const ROWS_PER_STATEMENT = 200;

/** How many selections' counts are remembered. */
const CACHED_COUNTS = 500;

interface PluginRow extends PluginEntityColumns, PluginFactsColumns {
  facts_attempted_at: string | null;
  missed_passes: number;
}

interface PluginEntityRow {
  entity_ref: string;
  entity: string;
}

interface CountRow
  extends Record<(typeof GROUP_COLUMNS)[number], string | null> {
  /** Which of the statements it is of. */
  source: 'group' | 'owner' | 'marketplace';
  owner: string | null;
  // PostgreSQL gives counts as strings
  plugins: number | string;
}

const FACET_COLUMNS: Record<PluginFacet, keyof PluginEntityColumns> = {
  category: 'category',
  runtime: 'runtime',
  lifecycle: 'lifecycle',
  owner: 'owner',
  envoy: 'envoy_versions',
};

/** The facets that have few values. */
const GROUP_FACETS = ['category', 'runtime', 'lifecycle', 'envoy'] as const;

const GROUP_COLUMNS = [
  'category',
  'runtime',
  'lifecycle',
  'envoy_versions',
] as const;

const FACETS: PluginFacet[] = [...GROUP_FACETS, 'owner'];

/** The read model in the plugin's own database, SQLite or PostgreSQL. */
export class DatabasePluginStore implements PluginStore {
  readonly #db: Knex;
  readonly #knownEnvoyVersions: string[];
  readonly #isPostgres: boolean;
  readonly #cachedCounts = new Map<
    string,
    { dataVersion: string; counts: PluginCounts }
  >();

  /** Runs the migrations, unless the database's owner does that otherwise. */
  static async create(options: {
    database: DatabaseService;
    knownEnvoyVersions: string[];
  }): Promise<DatabasePluginStore> {
    const db = await options.database.getClient();
    if (!options.database.migrations?.skip) {
      await db.migrate.latest({ directory: MIGRATIONS_DIRECTORY });
    }
    return new DatabasePluginStore(db, options.knownEnvoyVersions);
  }

  private constructor(db: Knex, knownEnvoyVersions: string[]) {
    this.#db = db;
    this.#knownEnvoyVersions = knownEnvoyVersions;
    this.#isPostgres = db.client.config.client === 'pg';
  }

  async listPlugins(query: PluginQuery): Promise<PluginSummary[]> {
    // Which plugins are on the page is found in an index that holds all that is filtered
    // and sorted by; only for those few the rows are read.
    const page = this.#db<PluginRow>('plugins')
      .select('entity_ref')
      .limit(query.limit ?? DEFAULT_PAGE_SIZE)
      .offset(query.offset ?? 0);
    this.#whereText(page, query.text);
    for (const facet of FACETS) {
      this.#whereFacet(page, facet, query);
    }
    this.#orderBy(page, query);
    const select = this.#db<PluginRow>('plugins')
      .select(...SUMMARY_COLUMNS)
      .whereIn('entity_ref', page);
    this.#orderBy(select, { sort: query.sort });
    const rows: PluginSummaryRow[] = await select;
    return rows.map(toSummary);
  }

  async countPlugins(selection: PluginSelection): Promise<PluginCounts> {
    const dataVersion = await this.#dataVersion();
    const key = selectionKey(selection);
    const cached = this.#cachedCounts.get(key);
    if (cached?.dataVersion === dataVersion) {
      // The map's order is that of use, oldest first
      this.#cachedCounts.delete(key);
      this.#cachedCounts.set(key, cached);
      return cached.counts;
    }
    const counts = await this.#countPluginsUncached(selection);
    this.#cachedCounts.delete(key);
    this.#cachedCounts.set(key, { dataVersion, counts });
    if (this.#cachedCounts.size > CACHED_COUNTS) {
      const [oldest] = this.#cachedCounts.keys();
      this.#cachedCounts.delete(oldest);
    }
    return counts;
  }

  async getPlugin(
    plugin: PluginLocator,
  ): Promise<
    { summary: PluginSummary; entity: EnvoyGoPluginEntity } | undefined
  > {
    const row = await this.#db<PluginRow>('plugins')
      .join(
        'plugin_entities',
        'plugin_entities.entity_ref',
        'plugins.entity_ref',
      )
      .where(
        'plugins.entity_ref',
        stringifyEntityRef({ kind: ENVOY_GO_PLUGIN_KIND, ...plugin }),
      )
      .first<(PluginSummaryRow & PluginEntityRow) | undefined>([
        ...SUMMARY_COLUMNS.map(column => `plugins.${column}`),
        'plugin_entities.entity',
      ]);
    return row && { summary: toSummary(row), entity: JSON.parse(row.entity) };
  }

  async upsert(entities: EnvoyGoPluginEntity[]): Promise<UpsertResult> {
    const result: UpsertResult = {
      added: [],
      changed: [],
      unchanged: [],
      refused: [],
    };
    const byRef = new Map<
      string,
      { columns: PluginEntityColumns; entity: EnvoyGoPluginEntity }
    >();
    for (const entity of entities) {
      try {
        const columns = toEntityColumns(entity, this.#knownEnvoyVersions);
        byRef.set(columns.entity_ref, { columns, entity });
      } catch (error) {
        result.refused.push({
          entityRef: stringifyEntityRef(entity),
          reason: toError(error).message,
        });
      }
    }
    // In one order everywhere, so that two backends cannot lock each other out
    const refs = [...byRef.keys()].sort();
    for (const chunk of chunksOf(refs, ROWS_PER_STATEMENT)) {
      await this.#db.transaction(async tx => {
        const existing = await tx<PluginRow>('plugins')
          .select('entity_ref', 'hash')
          .whereIn('entity_ref', chunk);
        const hashes = new Map(existing.map(row => [row.entity_ref, row.hash]));
        const stale = [];
        for (const ref of chunk) {
          const plugin = byRef.get(ref);
          if (!plugin || hashes.get(ref) === plugin.columns.hash) {
            result.unchanged.push(ref);
          } else {
            stale.push(plugin);
            (hashes.has(ref) ? result.changed : result.added).push(ref);
          }
        }
        if (stale.length > 0) {
          await tx<PluginRow>('plugins')
            .insert(
              stale.map(({ columns }) => ({
                ...columns,
                missed_passes: 0,
                // The repository may be another one now
                facts_attempted_at: null,
              })),
            )
            .onConflict('entity_ref')
            .merge();
          await tx<PluginEntityRow>('plugin_entities')
            .insert(
              stale.map(({ columns, entity }) => ({
                entity_ref: columns.entity_ref,
                entity: JSON.stringify(entity),
              })),
            )
            .onConflict('entity_ref')
            .merge();
          await this.#bumpDataVersion(tx);
        }
      });
    }
    return result;
  }

  async recordPass(seen: Set<string>): Promise<MissedPlugin[]> {
    return this.#db.transaction(async tx => {
      const rows = await tx<PluginRow>('plugins').select(
        'entity_ref',
        'missed_passes',
      );
      const missed = rows.filter(row => !seen.has(row.entity_ref));
      const seenAgain = rows.filter(
        row => seen.has(row.entity_ref) && row.missed_passes > 0,
      );
      for (const chunk of chunksOf(missed, ROWS_PER_STATEMENT)) {
        await tx<PluginRow>('plugins')
          .whereIn(
            'entity_ref',
            chunk.map(row => row.entity_ref),
          )
          .increment('missed_passes', 1);
      }
      for (const chunk of chunksOf(seenAgain, ROWS_PER_STATEMENT)) {
        await tx<PluginRow>('plugins')
          .whereIn(
            'entity_ref',
            chunk.map(row => row.entity_ref),
          )
          .update({ missed_passes: 0 });
      }
      return missed.map(row => ({
        entityRef: row.entity_ref,
        missedPasses: row.missed_passes + 1,
      }));
    });
  }

  async countAll(): Promise<number> {
    const row = await this.#db<PluginRow>('plugins')
      .count({ plugins: '*' })
      .first();
    return Number(row?.plugins ?? 0);
  }

  async delete(entityRefs: string[]): Promise<void> {
    for (const chunk of chunksOf(entityRefs, ROWS_PER_STATEMENT)) {
      await this.#db.transaction(async tx => {
        // SQLite cascades only where foreign keys are switched on
        await tx('plugin_entities').whereIn('entity_ref', chunk).delete();
        await tx('plugins').whereIn('entity_ref', chunk).delete();
        await this.#bumpDataVersion(tx);
      });
    }
  }

  async setFacts(entityRef: string, facts: PluginFactsUpdate): Promise<void> {
    await this.#db<PluginRow>('plugins')
      .where('entity_ref', entityRef)
      .andWhere(older =>
        older.whereNull('facts_as_of').orWhere('facts_as_of', '<', facts.asOf),
      )
      .update({
        stars: facts.stars,
        release_tag: facts.latestRelease?.tag ?? null,
        released_at: facts.latestRelease?.publishedAt ?? null,
        facts_as_of: facts.asOf,
      });
  }

  async setFactsAttempted(entityRefs: string[], at: string): Promise<void> {
    await this.#db<PluginRow>('plugins')
      .whereIn('entity_ref', entityRefs)
      .update({ facts_attempted_at: at });
  }

  async getStalestFacts(options: {
    before: string;
    limit: number;
  }): Promise<EnvoyGoPluginEntity[]> {
    const rows = await this.#db('plugins')
      .join(
        'plugin_entities',
        'plugin_entities.entity_ref',
        'plugins.entity_ref',
      )
      .whereNull('plugins.facts_attempted_at')
      .orWhere('plugins.facts_attempted_at', '<', options.before)
      .orderBy('plugins.facts_attempted_at', 'asc', 'first')
      .limit(options.limit)
      .select<Pick<PluginEntityRow, 'entity'>[]>('plugin_entities.entity');
    return rows.map(row => JSON.parse(row.entity));
  }

  async #countPluginsUncached(
    selection: PluginSelection,
  ): Promise<PluginCounts> {
    // Two groupings say it all. One by everything but the owner: there are few values of
    // each, and so few groups, which are then added up here. And one by owner.
    const hasText = searchWords(selection.text).length > 0;
    const source = hasText ? 'matching' : 'plugins';
    const groups = this.#db(source)
      .select({ source: this.#db.raw(`'group'`), owner: this.#db.raw('null') })
      .select(GROUP_COLUMNS)
      .count({ plugins: '*' })
      .groupBy(GROUP_COLUMNS);
    this.#whereFacet(groups, 'owner', selection);

    const owners = this.#db(source)
      .select({ source: this.#db.raw(`'owner'`), owner: 'owner' })
      .select(GROUP_COLUMNS.map(column => this.#db.raw('null as ??', column)))
      .count({ plugins: '*' })
      .groupBy('owner');
    for (const facet of GROUP_FACETS) {
      this.#whereFacet(owners, facet, selection);
    }

    const marketplace = this.#db('plugins')
      .select({
        source: this.#db.raw(`'marketplace'`),
        owner: this.#db.raw('null'),
      })
      .select(GROUP_COLUMNS.map(column => this.#db.raw('null as ??', column)))
      .count({ plugins: '*' });

    const query = this.#db.unionAll([groups, owners, marketplace]);
    if (hasText) {
      const matching = this.#db<PluginRow>('plugins').select(
        'owner',
        ...GROUP_COLUMNS,
      );
      this.#whereText(matching, selection.text);
      query.withMaterialized('matching', matching);
    }
    const rows: CountRow[] = await query;
    return summarizeCounts(rows, selection);
  }

  #whereText(select: Knex.QueryBuilder, text: string | undefined) {
    for (const word of searchWords(text)) {
      select.whereRaw(`search_text like ? escape '\\'`, [
        `%${word.replace(/[\\%_]/g, '\\$&')}%`,
      ]);
    }
  }

  #whereFacet(
    select: Knex.QueryBuilder,
    facet: PluginFacet,
    selection: PluginSelection,
  ) {
    const values = selection[facet] ?? [];
    const column = FACET_COLUMNS[facet];
    if (facet === 'envoy' && values.length > 0) {
      select.where(anyOf => {
        for (const version of values) {
          anyOf.orWhereLike(column, `% ${version} %`);
        }
      });
    } else if (values.length > 0) {
      select.whereIn(column, values);
    } else if (facet === 'lifecycle') {
      select.whereNot(column, 'deprecated');
    }
  }

  #orderBy(
    select: Knex.QueryBuilder,
    query: Pick<PluginQuery, 'sort' | 'text'>,
  ) {
    // Where a value is missing it comes last, in PostgreSQL because it is said here, in
    // SQLite because it takes nulls for the smallest; saying it would lose the index.
    const nullsLast = this.#isPostgres ? ' nulls last' : '';
    // Going through an index in order of names, only to look into each row's text, is
    // slower than reading the table as it lies; PostgreSQL finds that out by itself, and
    // SQLite is told by the plus.
    const unindexed =
      !this.#isPostgres && searchWords(query.text).length > 0 ? '+' : '';
    if (query.sort === 'stars') {
      select.orderByRaw(`${unindexed}stars desc${nullsLast}`);
    } else if (query.sort === 'released') {
      select.orderByRaw(`${unindexed}released_at desc${nullsLast}`);
    }
    select.orderByRaw(`${unindexed}sort_name, entity_ref`);
  }

  async #dataVersion(): Promise<string> {
    const row = await this.#db('marketplace_state')
      .where('id', 1)
      .first<{ data_version: string | number } | undefined>('data_version');
    return String(row?.data_version);
  }

  async #bumpDataVersion(tx: Knex.Transaction): Promise<void> {
    await tx('marketplace_state').where('id', 1).increment('data_version', 1);
  }
}

/** Adds up what was counted in the database. */
function summarizeCounts(
  rows: CountRow[],
  selection: PluginSelection,
): PluginCounts {
  const counts: Record<PluginFacet, Map<string, number>> = {
    category: new Map(),
    runtime: new Map(),
    lifecycle: new Map(),
    owner: new Map(),
    envoy: new Map(),
  };
  const add = (facet: PluginFacet, value: string, count: number) =>
    counts[facet].set(value, (counts[facet].get(value) ?? 0) + count);
  let totalItems = 0;
  let marketplaceItems = 0;
  for (const row of rows) {
    const count = Number(row.plugins);
    if (row.source === 'marketplace') {
      marketplaceItems = count;
    } else if (row.source === 'owner') {
      add('owner', row.owner ?? '', count);
    } else {
      const unmet = GROUP_FACETS.filter(
        facet => !isSelected(facet, groupValues(row, facet), selection),
      );
      if (unmet.length === 0) {
        totalItems += count;
      }
      for (const facet of GROUP_FACETS) {
        if (unmet.every(other => other === facet)) {
          groupValues(row, facet).forEach(value => add(facet, value, count));
        }
      }
    }
  }
  const valuesOf = (facet: PluginFacet) => {
    // What is ticked stays to be seen, so that it can be taken back
    selection[facet]?.forEach(value => add(facet, value, 0));
    return inFacetOrder(
      facet,
      [...counts[facet]].map(([value, count]) => ({ value, count })),
    );
  };
  return {
    totalItems,
    marketplaceItems,
    facets: {
      category: valuesOf('category'),
      runtime: valuesOf('runtime'),
      lifecycle: valuesOf('lifecycle'),
      owner: valuesOf('owner'),
      envoy: valuesOf('envoy'),
    },
  };
}

function groupValues(
  row: CountRow,
  facet: (typeof GROUP_FACETS)[number],
): string[] {
  return facet === 'envoy'
    ? splitEnvoyVersions(row.envoy_versions ?? '')
    : [row[facet] ?? ''];
}

/** The same condition as the one that is put into SQL. */
function isSelected(
  facet: PluginFacet,
  values: string[],
  selection: PluginSelection,
): boolean {
  const ticked = selection[facet] ?? [];
  if (ticked.length === 0) {
    return facet !== 'lifecycle' || !values.includes('deprecated');
  }
  return values.some(value => ticked.includes(value));
}

/** The same for all queries that select the same plugins. */
function selectionKey(selection: PluginSelection): string {
  return JSON.stringify([
    searchWords(selection.text),
    ...FACETS.map(facet => [...(selection[facet] ?? [])].sort()),
  ]);
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

function chunksOf<T>(items: T[], size: number): T[][] {
  const chunks: T[][] = [];
  for (let start = 0; start < items.length; start += size) {
    chunks.push(items.slice(start, start + size));
  }
  return chunks;
}
