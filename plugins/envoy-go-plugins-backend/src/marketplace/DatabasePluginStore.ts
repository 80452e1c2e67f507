import {
  type DatabaseService,
  resolvePackagePath,
} from '@backstage/backend-plugin-api';
import { stringifyEntityRef } from '@backstage/catalog-model';
import { toError } from '@backstage/errors';
import {
  ENVOY_GO_PLUGIN_KIND,
  type EnvoyGoPluginEntity,
  type PluginFacet,
  type PluginList,
  type PluginLocator,
  type PluginQuery,
  type PluginSummary,
  envoyVersionsAdmittedBy,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { Knex } from 'knex';
import {
  type CountRow,
  GROUPINGS,
  GROUP_FACETS,
  type GroupFacet,
  type Grouping,
  summarizeCounts,
} from './pluginCounts';
import {
  PAGE_COLUMNS,
  type PluginDetailsRow,
  type PluginEntityRows,
  type PluginGroup,
  type PluginGroupRow,
  type PluginRow,
  type PluginSummaryRow,
  SUMMARY_COLUMNS,
  toEntityRows,
  provenColumns,
  toGroup,
  toProofs,
  toSummary,
} from './pluginRow';
import type {
  MissedPlugin,
  PluginCounts,
  PluginFactsUpdate,
  PluginSelection,
  PluginStore,
  UpsertResult,
} from './PluginStore';
import type { PluginProofs } from './ReleaseFollower';
import { searchWords } from './searchText';
import { VersionedCache } from './VersionedCache';
import type { Viewer } from './Viewer';

/** Items on a page when the query does not say. */
export const DEFAULT_PAGE_SIZE = 24;

const MIGRATIONS_DIRECTORY = resolvePackagePath(
  '@envoy-go/backstage-plugin-envoy-go-plugins-backend',
  'migrations',
);

/** Stays below SQLite's and PostgreSQL's limits of bound values in a statement. */
const ROWS_PER_STATEMENT = 200;

/** Letters that SQLite's index of the text needs at least. */
const TRIGRAM = 3;

/** Below so many plugins a page is quicker found by its text than by its order. */
const FEW_PLUGINS = 300;

/** How many selections' counts are remembered, each some kilobytes. */
const REMEMBERED_COUNTS = 1000;

/** How many groupings, of which counts are made, are remembered. */
const REMEMBERED_GROUPINGS = 200;

/** Of how many ranges it is remembered what they admit. */
const REMEMBERED_RANGES = 1000;

/** Of how many people it is remembered what they may see. */
const REMEMBERED_VIEWERS = 200;

/** The read model in the plugin's own database, SQLite or PostgreSQL. */
export class DatabasePluginStore implements PluginStore {
  readonly #db: Knex;
  readonly #knownEnvoyVersions: string[];
  readonly #integrates: (host: string) => boolean;
  readonly #isPostgres: boolean;
  readonly #groups = new Map<number, PluginGroup>();
  readonly #claimed = new Map<string, string[]>();
  readonly #counts = new VersionedCache<PluginCounts>(REMEMBERED_COUNTS);
  readonly #groupings = new VersionedCache<CountRow[]>(REMEMBERED_GROUPINGS);
  readonly #reads = new VersionedCache<boolean>(REMEMBERED_VIEWERS);
  readonly #hidden = new VersionedCache<string[]>(REMEMBERED_VIEWERS);

  /** Runs the migrations, unless the database's owner does that otherwise. */
  static async create(options: {
    database: DatabaseService;
    knownEnvoyVersions: string[];
    /** Whether a host is a GitHub that the portal integrates. */
    integrates: (host: string) => boolean;
  }): Promise<DatabasePluginStore> {
    const db = await options.database.getClient();
    if (!options.database.migrations?.skip) {
      await db.migrate.latest({ directory: MIGRATIONS_DIRECTORY });
    }
    return new DatabasePluginStore(db, options);
  }

  private constructor(
    db: Knex,
    options: {
      knownEnvoyVersions: string[];
      integrates: (host: string) => boolean;
    },
  ) {
    this.#db = db;
    this.#knownEnvoyVersions = options.knownEnvoyVersions;
    this.#integrates = options.integrates;
    this.#isPostgres = db.client.config.client === 'pg';
  }

  async listPlugins(query: PluginQuery, viewer?: Viewer): Promise<PluginList> {
    const version = await this.#dataVersion();
    const reader = await this.#readerOf(viewer, version);
    const counts = await this.#countPlugins(query, reader, version);
    const offset = query.offset ?? 0;
    const items =
      offset < counts.totalItems
        ? await this.#listPage(query, reader, counts.totalItems)
        : [];
    return { items, ...counts };
  }

  /** @param expected - how many plugins all pages have together */
  async #listPage(
    query: PluginQuery,
    reader: Viewer | undefined,
    expected: number,
  ): Promise<PluginSummary[]> {
    // Which plugins are on the page is found in an index that holds all that is filtered
    // and sorted by; the rest is read for those few only. Only where few plugins have the
    // text it is quicker to begin with them.
    const page = this.#db('plugins')
      .select(PAGE_COLUMNS)
      .limit(query.limit ?? DEFAULT_PAGE_SIZE)
      .offset(query.offset ?? 0)
      .as('page');
    this.#whereVisible(page, reader);
    this.#whereText(page, query.text, expected <= FEW_PLUGINS);
    this.#whereGroup(page, GROUP_FACETS, query);
    this.#whereOwner(page, query);
    this.#orderBy(page, query.sort, 'plugins');

    const select = this.#db.from(page);
    this.#orderBy(select, query.sort, 'page');
    return this.#selectSummaries(select);
  }

  async #countPlugins(
    selection: PluginSelection,
    reader: Viewer | undefined,
    version: string,
  ): Promise<PluginCounts> {
    const words = searchWords(selection.text);
    const facetKey = (facet: PluginFacet) => [
      ...(selection[facet] ?? []).toSorted(),
    ];
    const owners = JSON.stringify([words, facetKey('owner')]);
    const groups = JSON.stringify([
      words,
      GROUP_FACETS.map(facetKey),
      selection.verified === true,
    ]);
    // What one person may see is not remembered for another
    const key = `${nameOf(reader)} ${owners}${groups}`;
    const remembered = this.#counts.get(key, version);
    if (remembered) {
      return remembered;
    }
    // What everybody sees is counted once for all; to it comes the little that only some do
    const rows: CountRow[] = [];
    for (const seenBy of reader ? [undefined, reader] : [undefined]) {
      const name = nameOf(seenBy);
      rows.push(
        ...(await this.#countGroupings(selection, seenBy, version, {
          // Counted by group whatever the groups that are asked for, and so for owners: that
          // one changes what is ticked in one facet leaves the other grouping as it was
          group: `${name} group ${owners}`,
          owner: `${name} owner ${groups}`,
          all: `${name} all`,
        })),
      );
    }
    await this.#knowGroups(rows);
    const counts = summarizeCounts({
      counts: rows,
      groups: this.#groups,
      selection,
    });
    this.#counts.set(key, version, counts);
    return counts;
  }

  async getPlugin(
    plugin: PluginLocator,
    viewer?: Viewer,
  ): Promise<
    { summary: PluginSummary; entity: EnvoyGoPluginEntity } | undefined
  > {
    const entityRef = stringifyEntityRef({
      kind: ENVOY_GO_PLUGIN_KIND,
      ...plugin,
    });
    const page = this.#db('plugins')
      .select(PAGE_COLUMNS)
      .where('entity_ref', entityRef)
      .as('page');
    this.#whereVisible(page, viewer);
    const [summary] = await this.#selectSummaries(this.#db.from(page));
    const details = await this.#db<PluginDetailsRow>('plugin_details')
      .where('entity_ref', entityRef)
      .first('entity');
    return (
      summary && details && { summary, entity: JSON.parse(details.entity) }
    );
  }

  async findEntity(
    entityRef: string,
  ): Promise<EnvoyGoPluginEntity | undefined> {
    const details = await this.#db<PluginDetailsRow>('plugin_details')
      .where('entity_ref', entityRef)
      .first('entity');
    return details && JSON.parse(details.entity);
  }

  async listHidden(viewer?: Viewer): Promise<string[]> {
    const version = await this.#dataVersion();
    const key = nameOf(viewer);
    const remembered = this.#hidden.get(key, version);
    if (remembered) {
      return remembered;
    }
    const select = this.#db<PluginRow>('plugins')
      .whereNot('restricted_to', '')
      .orderBy('entity_ref')
      .select('entity_ref');
    if (viewer) {
      select.whereNotExists(this.#readersLike(viewer));
    }
    const refs = (await select).map(row => row.entity_ref);
    this.#hidden.set(key, version, refs);
    return refs;
  }

  async upsert(entities: EnvoyGoPluginEntity[]): Promise<UpsertResult> {
    const result: UpsertResult = {
      added: [],
      changed: [],
      unchanged: [],
      refused: [],
    };
    const byRef = new Map<string, PluginEntityRows>();
    for (const entity of entities) {
      try {
        const rows = toEntityRows(entity, {
          knownEnvoyVersions: this.#knownEnvoyVersions,
          integrates: this.#integrates,
        });
        byRef.set(rows.plugin.entity_ref, rows);
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
        const existing = await tx<PluginDetailsRow>('plugin_details')
          .select('entity_ref', 'hash')
          .whereIn('entity_ref', chunk);
        const hashes = new Map(existing.map(row => [row.entity_ref, row.hash]));
        const stale: PluginEntityRows[] = [];
        for (const ref of chunk) {
          const rows = byRef.get(ref);
          if (!rows || hashes.get(ref) === rows.details.hash) {
            result.unchanged.push(ref);
          } else {
            stale.push(rows);
            (hashes.has(ref) ? result.changed : result.added).push(ref);
          }
        }
        if (stale.length > 0) {
          await this.#write(tx, stale);
        }
      });
    }
    return result;
  }

  async recordPass(seen: Set<string>): Promise<MissedPlugin[]> {
    return this.#db.transaction(async tx => {
      const rows = await tx<PluginDetailsRow>('plugin_details').select(
        'entity_ref',
        'missed_passes',
      );
      const missed = rows.filter(row => !seen.has(row.entity_ref));
      const seenAgain = rows.filter(
        row => seen.has(row.entity_ref) && row.missed_passes > 0,
      );
      for (const chunk of chunksOf(missed, ROWS_PER_STATEMENT)) {
        await tx<PluginDetailsRow>('plugin_details')
          .whereIn(
            'entity_ref',
            chunk.map(row => row.entity_ref),
          )
          .increment('missed_passes', 1);
      }
      for (const chunk of chunksOf(seenAgain, ROWS_PER_STATEMENT)) {
        await tx<PluginDetailsRow>('plugin_details')
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
        await tx('plugins').whereIn('entity_ref', chunk).delete();
        // SQLite cascades only where foreign keys are switched on
        await tx('plugin_details').whereIn('entity_ref', chunk).delete();
        await tx('plugin_repositories').whereIn('entity_ref', chunk).delete();
        await this.#bumpDataVersion(tx);
      });
    }
  }

  async setFacts(
    entityRef: string,
    facts: PluginFactsUpdate,
  ): Promise<boolean> {
    return this.#db.transaction(async tx => {
      const updated = await tx<PluginDetailsRow>('plugin_details')
        .where('entity_ref', entityRef)
        .andWhere(older =>
          older
            .whereNull('facts_as_of')
            .orWhere('facts_as_of', '<=', facts.asOf),
        )
        .update({
          release_tag: facts.latestRelease?.tag ?? null,
          facts_as_of: facts.asOf,
        });
      if (updated === 0) {
        return false;
      }
      const details = await tx<PluginDetailsRow>('plugin_details')
        .where('entity_ref', entityRef)
        .first('envoy', 'proofs');
      const proofs = facts.proofs ? JSON.stringify(facts.proofs) : null;
      const proven = details !== undefined && details.proofs !== proofs;
      if (proven) {
        await tx<PluginDetailsRow>('plugin_details')
          .where('entity_ref', entityRef)
          .update({ proofs });
        await this.#regroup(tx, entityRef, {
          proofs: facts.proofs,
          claimed: this.#claimedBy(details.envoy),
        });
      }
      const before = await tx<PluginRow>('plugins')
        .where('entity_ref', entityRef)
        .first('stars', 'released_at', 'restricted_to');
      const after = {
        stars: facts.stars,
        released_at: facts.latestRelease?.publishedAt ?? null,
        restricted_to: facts.restrictedTo ?? '',
      };
      const differs =
        before?.stars !== after.stars ||
        before.released_at !== after.released_at ||
        before.restricted_to !== after.restricted_to;
      if (differs) {
        await tx<PluginRow>('plugins')
          .where('entity_ref', entityRef)
          .update(after);
      }
      if (proven || before?.restricted_to !== after.restricted_to) {
        await this.#bumpDataVersion(tx);
      }
      return differs || proven;
    });
  }

  async readersChanged(): Promise<void> {
    await this.#db.transaction(tx => this.#bumpDataVersion(tx));
  }

  async #write(tx: Knex.Transaction, stale: PluginEntityRows[]): Promise<void> {
    const known = await tx<PluginDetailsRow>('plugin_details')
      .whereIn(
        'entity_ref',
        stale.map(({ plugin }) => plugin.entity_ref),
      )
      .whereNotNull('proofs')
      .select('entity_ref', 'proofs');
    const proofs = new Map(
      known.map(row => [row.entity_ref, toProofs(row.proofs)]),
    );
    const grouped = stale.map(({ group, claimed, plugin }) => ({
      plugin,
      group: {
        ...group,
        ...provenColumns(proofs.get(plugin.entity_ref), claimed),
      },
    }));
    const groupIds = await this.#provideGroups(
      tx,
      grouped.map(({ group }) => group),
    );
    await tx<PluginRow>('plugins')
      .insert(
        grouped.map(({ group, plugin }) => ({
          ...plugin,
          group_id: groupIds.get(groupKey(group)),
        })),
      )
      .onConflict('entity_ref')
      .merge();
    await tx<PluginDetailsRow>('plugin_details')
      .insert(stale.map(rows => rows.details))
      .onConflict('entity_ref')
      .merge();
    await this.#bumpDataVersion(tx);
  }

  /** Puts a plugin among those that were proven in the same way. */
  async #regroup(
    tx: Knex.Transaction,
    entityRef: string,
    proven: { proofs: PluginProofs | undefined; claimed: string[] },
  ): Promise<void> {
    const before = await tx<PluginGroupRow>('plugin_groups')
      .where(
        'id',
        tx<PluginRow>('plugins')
          .where('entity_ref', entityRef)
          .select('group_id'),
      )
      .first('category', 'runtime', 'lifecycle');
    if (before) {
      const group = {
        ...before,
        ...provenColumns(proven.proofs, proven.claimed),
      };
      const ids = await this.#provideGroups(tx, [group]);
      await tx<PluginRow>('plugins')
        .where('entity_ref', entityRef)
        .update({ group_id: ids.get(groupKey(group)) });
    }
  }

  /** The minor versions of Envoy that a range admits. */
  #claimedBy(range: string): string[] {
    let claimed = this.#claimed.get(range);
    if (!claimed) {
      claimed = envoyVersionsAdmittedBy(range, this.#knownEnvoyVersions);
      if (this.#claimed.size < REMEMBERED_RANGES) {
        this.#claimed.set(range, claimed);
      }
    }
    return claimed;
  }

  /** @returns the ids of groups, which are added where there are none yet, by their key */
  async #provideGroups(
    tx: Knex.Transaction,
    groups: Omit<PluginGroupRow, 'id'>[],
  ): Promise<Map<string, number>> {
    const wanted = new Map(groups.map(group => [groupKey(group), group]));
    await tx<PluginGroupRow>('plugin_groups')
      .insert([...wanted.keys()].sort().flatMap(key => wanted.get(key) ?? []))
      .onConflict([
        'category',
        'runtime',
        'lifecycle',
        'envoy_versions',
        'verified',
      ])
      .ignore();
    const rows = await tx<PluginGroupRow>('plugin_groups').select();
    return new Map(rows.map(row => [groupKey(row), row.id]));
  }

  /**
   * Counts by group, of which there are few, so that they can be added up for each facet;
   * by owner; and all there are.
   *
   * @param keys - under which they are remembered
   */
  async #countGroupings(
    selection: PluginSelection,
    reader: Viewer | undefined,
    version: string,
    keys: Record<Grouping, string>,
  ): Promise<CountRow[]> {
    const missing = GROUPINGS.filter(
      grouping => !this.#groupings.get(keys[grouping], version),
    );
    if (missing.length > 0) {
      const found = await this.#queryGroupings(selection, reader, missing);
      for (const grouping of missing) {
        this.#groupings.set(
          keys[grouping],
          version,
          found.filter(row => row.grouping === grouping),
        );
      }
    }
    return GROUPINGS.flatMap(
      grouping => this.#groupings.get(keys[grouping], version) ?? [],
    );
  }

  async #queryGroupings(
    selection: PluginSelection,
    reader: Viewer | undefined,
    groupings: Grouping[],
  ): Promise<CountRow[]> {
    const hasText = searchWords(selection.text).length > 0;
    const source = hasText ? 'matching' : 'plugins';
    const count = (
      grouping: Grouping,
      table: string,
      column?: 'group_id' | 'owner',
    ) => {
      const counts = this.#db(table)
        .select(
          this.#db.raw('? as ??', [grouping, 'grouping']),
          column === 'group_id' ? 'group_id' : this.#db.raw('null as group_id'),
          column === 'owner' ? 'owner' : this.#db.raw('null as owner'),
        )
        .count({ plugins: '*' });
      if (!hasText) {
        this.#whereSeenBy(counts, reader);
      }
      return column ? counts.groupBy(column) : counts;
    };
    const queries: Record<Grouping, () => Knex.QueryBuilder> = {
      group: () => {
        const counts = count('group', source, 'group_id');
        this.#whereOwner(counts, selection);
        return counts;
      },
      owner: () => {
        const counts = count('owner', source, 'owner');
        this.#whereGroup(counts, GROUP_FACETS, selection);
        return counts;
      },
      all: () => {
        const counts = this.#db('plugins')
          .select(
            this.#db.raw('? as ??', ['all', 'grouping']),
            this.#db.raw('null as group_id'),
            this.#db.raw('null as owner'),
          )
          .count({ plugins: '*' });
        this.#whereSeenBy(counts, reader);
        return counts;
      },
    };
    const query = this.#db.unionAll(
      groupings.map(grouping => queries[grouping]()),
    );
    if (hasText) {
      const matching = this.#db('plugins').select('group_id', 'owner');
      this.#whereSeenBy(matching, reader);
      this.#whereText(matching, selection.text, true);
      query.withMaterialized('matching', matching);
    }
    return query;
  }

  /** Reads the groups, which never change, when there are some that it has not read yet. */
  async #knowGroups(rows: { group_id: number | null }[]): Promise<void> {
    if (rows.every(({ group_id: id }) => id === null || this.#groups.has(id))) {
      return;
    }
    const groups = await this.#db<PluginGroupRow>('plugin_groups').select();
    for (const group of groups) {
      this.#groups.set(group.id, toGroup(group));
    }
  }

  /** @param page - rows with the {@link PAGE_COLUMNS}, under the name `page` */
  async #selectSummaries(page: Knex.QueryBuilder): Promise<PluginSummary[]> {
    const rows: PluginSummaryRow[] = await page
      .join('plugin_details', 'plugin_details.entity_ref', 'page.entity_ref')
      .select('page.*', ...SUMMARY_COLUMNS);
    await this.#knowGroups(rows);
    return rows.flatMap(row => {
      const group = this.#groups.get(row.group_id);
      return group ? [toSummary(row, group, this.#claimedBy(row.envoy))] : [];
    });
  }

  /**
   * Whoever is in no list of readers sees the same as everybody.
   *
   * @returns `undefined` then
   */
  async #readerOf(
    viewer: Viewer | undefined,
    version: string,
  ): Promise<Viewer | undefined> {
    if (!viewer) {
      return undefined;
    }
    const key = nameOf(viewer);
    let reads = this.#reads.get(key, version);
    if (reads === undefined) {
      const row = await this.#db('plugins')
        .whereNot('restricted_to', '')
        .whereExists(this.#readersLike(viewer))
        .first('entity_ref');
      reads = row !== undefined;
      this.#reads.set(key, version, reads);
    }
    return reads ? viewer : undefined;
  }

  #whereVisible(select: Knex.QueryBuilder, viewer: Viewer | undefined): void {
    select.where(visible => {
      visible.where('restricted_to', '');
      if (viewer) {
        visible.orWhereExists(this.#readersLike(viewer));
      }
    });
  }

  /** What everybody sees; or, of somebody, only what not everybody sees. */
  #whereSeenBy(select: Knex.QueryBuilder, reader: Viewer | undefined): void {
    if (reader) {
      select
        .whereNot('restricted_to', '')
        .whereExists(this.#readersLike(reader));
    } else {
      select.where('restricted_to', '');
    }
  }

  /** Somebody among the readers of a plugin's repository. */
  #readersLike({ host, login }: Viewer): Knex.QueryBuilder {
    return this.#db('repository_readers')
      .whereRaw('repository_readers.repository = plugins.restricted_to')
      .where('repository_readers.host', host)
      .where('repository_readers.login', login)
      .select(this.#db.raw('1'));
  }

  /** @param textFirst - whether to begin with what has the text, where there is a choice */
  #whereText(
    select: Knex.QueryBuilder,
    text: string | undefined,
    textFirst: boolean,
  ): void {
    const words = searchWords(text);
    for (const word of words) {
      select.whereRaw(`search_text like ? escape '\\'`, [
        `%${word.replace(/[\\%_]/g, '\\$&')}%`,
      ]);
    }
    // PostgreSQL chooses by itself
    const indexed = words.filter(word => [...word].length >= TRIGRAM);
    if (!this.#isPostgres && textFirst && indexed.length > 0) {
      select.whereRaw(
        'plugins.id in (select rowid from plugins_search where plugins_search match ?)',
        [indexed.map(word => `"${word.replaceAll('"', '""')}"`).join(' ')],
      );
    }
  }

  #whereGroup(
    select: Knex.QueryBuilder,
    facets: readonly GroupFacet[],
    selection: PluginSelection,
  ): void {
    const groups = this.#db('plugin_groups').select('id');
    for (const facet of facets) {
      const values = selection[facet] ?? [];
      if (values.length > 0 && facet === 'envoy') {
        groups.where(anyOf => {
          for (const version of values) {
            anyOf.orWhereLike('envoy_versions', `% ${version} %`);
          }
        });
      } else if (values.length > 0) {
        groups.whereIn(facet, values);
      } else if (facet === 'lifecycle') {
        groups.whereNot('lifecycle', 'deprecated');
      }
    }
    if (selection.verified) {
      groups.where('verified', 1);
    }
    // SQLite would begin with the groups, and then have to sort or group what it found;
    // the plus keeps it to the index that has the order already.
    const column = this.#isPostgres ? 'group_id' : '+group_id';
    select.whereRaw(`${column} in (?)`, [groups]);
  }

  #whereOwner(select: Knex.QueryBuilder, selection: PluginSelection): void {
    if (selection.owner?.length) {
      select.whereIn('owner', selection.owner);
    }
  }

  #orderBy(
    select: Knex.QueryBuilder,
    sort: PluginQuery['sort'],
    table: 'plugins' | 'page',
  ): void {
    // Where a value is missing it comes last, in PostgreSQL because it is said here, in
    // SQLite because it takes nulls for the smallest; saying it would lose the index.
    const nullsLast = this.#isPostgres ? ' nulls last' : '';
    if (sort === 'stars') {
      select.orderByRaw(`stars desc${nullsLast}`);
    } else if (sort === 'released') {
      select.orderByRaw(`released_at desc${nullsLast}`);
    }
    select.orderBy(['sort_name', `${table}.entity_ref`]);
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

function nameOf(viewer: Viewer | undefined): string {
  return viewer ? JSON.stringify([viewer.host, viewer.login]) : 'everybody';
}

/** Which group it is. */
function groupKey(group: Omit<PluginGroupRow, 'id'>): string {
  return [
    group.category,
    group.runtime,
    group.lifecycle,
    group.envoy_versions,
    group.verified,
  ].join('|');
}

function chunksOf<T>(items: T[], size: number): T[][] {
  const chunks: T[][] = [];
  for (let start = 0; start < items.length; start += size) {
    chunks.push(items.slice(start, start + size));
  }
  return chunks;
}
