import type {
  PluginActivity,
  PluginReadme,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { Knex } from 'knex';
import type { RepositorySnapshot } from '../github';
import {
  type RepositoryLocation,
  locationKey,
  locationOfKey,
} from './repositoryOf';
import { stargazersVersion } from './partVersions';
import {
  type KnownStargazers,
  type NewActivity,
  type PluginLink,
  type ReadFailure,
  type RepositoryKey,
  type RepositoryPart,
  type RepositoryStore,
  type StarChange,
  type StoredPart,
  type StoredRelease,
  type StoredRepository,
  readersKey,
} from './RepositoryStore';

/** Stays below SQLite's and PostgreSQL's limits of bound values in a statement. */
const ROWS_PER_STATEMENT = 100;

const LISTED_ACTIVITIES = 200;

/**
 * So long before it was known that something was different it may have happened, however
 * exact the clocks are, in milliseconds.
 */
const CLOCK_SKEW_MS = 60_000;

interface RepositoryRow {
  host: string;
  // PostgreSQL gives big integers as strings
  repository_id: number | string;
  node_id: string;
  location: string;
  snapshot: string;
  as_of: string;
  parts_due: number;
  // SQL's null rather than undefined, here and below: an update must be able to clear it
  failure: string | null;
  failed_at: string | null;
  deleted_at: string | null;
}

interface PartRow {
  host: string;
  repository_id: number | string;
  part: RepositoryPart;
  value: string;
  version: string;
  as_of: string;
}

interface ReleaseRow {
  host: string;
  repository_id: number | string;
  release_id: number | string;
  published_at: string;
  release: string;
  readme: string | null;
}

interface ActivityRow {
  id: number | string;
  host: string;
  repository_id: number | string;
  subject: string;
  observed: number;
  at: string;
  activity: string;
}

interface StarRow {
  host: string;
  repository_id: number | string;
  login: string;
  starred: number;
  as_of: string;
}

interface ReaderRow {
  repository: string;
  host: string;
  login: string;
}

interface LinkRow {
  entity_ref: string;
  location: string;
  host: string;
  repository_id: number | string | null;
  due_at: string | null;
  failure: string | null;
  failed_at: string | null;
}

/** What is selected of a plugin, what is known of its link, and the repository. */
type LinkedRow = { plugin: string; place: string } & {
  [Key in 'due_at' | 'link_failure' | 'link_failed_at']: string | null;
} & { [Key in keyof RepositoryRow]: RepositoryRow[Key] | null };

/** In the plugin's own database, SQLite or PostgreSQL. */
export class DatabaseRepositoryStore implements RepositoryStore {
  readonly #db: Knex;
  readonly #isPostgres: boolean;

  constructor(db: Knex) {
    this.#db = db;
    this.#isPostgres = db.client.config.client === 'pg';
  }

  async findLink(entityRef: string): Promise<PluginLink | undefined> {
    const [link] = await this.#selectLinks(select =>
      select.where('plugin_details.entity_ref', entityRef),
    );
    return link;
  }

  async listPluginsOf({ host, id }: RepositoryKey): Promise<string[]> {
    const rows: { entity_ref: string }[] = await this.#db('plugin_repositories')
      .join('plugin_details', described =>
        described
          .on('plugin_details.entity_ref', 'plugin_repositories.entity_ref')
          .andOn('plugin_details.repository', 'plugin_repositories.location'),
      )
      .where({ host, repository_id: id })
      .orderBy('plugin_repositories.entity_ref')
      .select('plugin_repositories.entity_ref');
    return rows.map(row => row.entity_ref);
  }

  async listLinksAt(location: RepositoryLocation): Promise<PluginLink[]> {
    return this.#selectLinks(select =>
      select
        .where('plugin_details.repository', locationKey(location))
        .orderBy('plugin_details.entity_ref'),
    );
  }

  async listLinksDue(options: {
    before?: string;
    limit: number;
  }): Promise<PluginLink[]> {
    return this.#selectLinks(select => {
      select.where(due => {
        due.whereNull('plugin_repositories.due_at');
        if (options.before) {
          due.orWhere('plugin_repositories.due_at', '<=', options.before);
        }
      });
      select
        .orderBy('plugin_repositories.due_at', 'asc', 'first')
        .limit(options.limit);
    });
  }

  async listLinksOf(options: {
    host: string;
    owner: string;
    after?: string;
    limit: number;
  }): Promise<PluginLink[]> {
    const { host, owner, after = '', limit } = options;
    const prefix = `${host}/${owner}/`.toLocaleLowerCase('en-US');
    return this.#selectLinks(select =>
      select
        .whereRaw(`repositories.location like ? escape '\\'`, [
          `${prefix.replace(/[\\%_]/g, '\\$&')}%`,
        ])
        .whereNull('repositories.deleted_at')
        .where('plugin_details.entity_ref', '>', after)
        .orderBy('plugin_details.entity_ref')
        .limit(limit),
    );
  }

  async countLinks(): Promise<number> {
    const row = await this.#db('plugin_details')
      .whereNotNull('repository')
      .count({ plugins: '*' })
      .first();
    return Number(row?.plugins ?? 0);
  }

  async setDue(dues: { link: PluginLink; at: string }[]): Promise<void> {
    await this.#db.transaction(tx =>
      this.#writeLinks(
        tx,
        dues.map(({ link, at }) => ({ link, row: { due_at: at } })),
      ),
    );
  }

  async setLinkFailure(link: PluginLink, failure: ReadFailure): Promise<void> {
    await this.#db.transaction(tx =>
      this.#writeLinks(tx, [
        { link, row: { failure: failure.reason, failed_at: failure.at } },
      ]),
    );
  }

  async link(link: PluginLink, repository: RepositoryKey): Promise<void> {
    await this.#db.transaction(tx =>
      this.#writeLinks(tx, [
        {
          link,
          row: { repository_id: repository.id, failure: null, failed_at: null },
        },
      ]),
    );
  }

  async get(key: RepositoryKey): Promise<StoredRepository | undefined> {
    const row = await this.#repository(key).first();
    return row && toRepository(row);
  }

  async saveSnapshot(
    snapshot: RepositorySnapshot,
  ): Promise<{ before?: StoredRepository; stored: boolean }> {
    return this.#db.transaction(async tx => {
      const row = await this.#repository(snapshot, tx).first();
      const before = row && toRepository(row);
      if (before && before.snapshot.asOf > snapshot.asOf) {
        return { before, stored: false };
      }
      const written = {
        node_id: snapshot.nodeId,
        location: locationKey(snapshot),
        snapshot: JSON.stringify(snapshot),
        as_of: snapshot.asOf,
        failure: null,
        failed_at: null,
        deleted_at: null,
      };
      await tx<RepositoryRow>('repositories')
        .insert({
          host: snapshot.host,
          repository_id: snapshot.id,
          parts_due: 1,
          ...written,
        })
        .onConflict(['host', 'repository_id'])
        .merge(written);
      return { before, stored: true };
    });
  }

  async setFailure(key: RepositoryKey, failure: ReadFailure): Promise<void> {
    await this.#repository(key).update({
      failure: failure.reason,
      failed_at: failure.at,
    });
  }

  async setDeleted(key: RepositoryKey, at: string): Promise<void> {
    await this.#repository(key)
      .whereNull('deleted_at')
      .update({ deleted_at: at, parts_due: 0 });
  }

  async setPartsDue(key: RepositoryKey, due: boolean): Promise<void> {
    await this.#repository(key).update({ parts_due: due ? 1 : 0 });
  }

  async listPartsDue(limit: number): Promise<StoredRepository[]> {
    const rows = await this.#db<RepositoryRow>('repositories')
      .where('parts_due', 1)
      .whereNull('deleted_at')
      .orderBy('as_of')
      .limit(limit);
    return rows.map(toRepository);
  }

  async listRestricted(
    host: string,
    owner?: string,
  ): Promise<StoredRepository[]> {
    const rows: RepositoryRow[] = await this.#db('repositories')
      .where('host', host)
      .whereExists(
        this.#db('plugin_repositories')
          .join(
            'plugins',
            'plugins.entity_ref',
            'plugin_repositories.entity_ref',
          )
          .whereNot('plugins.restricted_to', '')
          .whereRaw('plugin_repositories.host = repositories.host')
          .whereRaw(
            'plugin_repositories.repository_id = repositories.repository_id',
          ),
      );
    return rows
      .map(toRepository)
      .filter(
        ({ snapshot }) =>
          owner === undefined || lower(snapshot.owner) === lower(owner),
      );
  }

  async getPart<Part extends RepositoryPart>(
    { host, id }: RepositoryKey,
    part: Part,
  ): Promise<StoredPart<Part> | undefined> {
    const row = await this.#db<PartRow>('repository_parts')
      .where({ host, repository_id: id, part })
      .first();
    return (
      row && {
        value: JSON.parse(row.value),
        version: row.version,
        asOf: row.as_of,
      }
    );
  }

  async listPartVersions({
    host,
    id,
  }: RepositoryKey): Promise<
    Map<RepositoryPart, { version: string; asOf: string }>
  > {
    const rows = await this.#db<PartRow>('repository_parts')
      .where({ host, repository_id: id })
      .select('part', 'version', 'as_of');
    return new Map(
      rows.map(({ part, version, as_of: asOf }) => [part, { version, asOf }]),
    );
  }

  async savePart<Part extends RepositoryPart>(
    key: RepositoryKey,
    part: Part,
    { value, version, asOf }: StoredPart<Part>,
  ): Promise<boolean> {
    const id = { host: key.host, repository_id: key.id, part };
    const written = {
      value: JSON.stringify(value),
      version,
      as_of: asOf,
    };
    return this.#db.transaction(async tx => {
      const before = await tx<PartRow>('repository_parts').where(id).first();
      if (before && before.as_of > asOf) {
        return false;
      }
      await tx<PartRow>('repository_parts')
        .insert({ ...id, ...written })
        .onConflict(['host', 'repository_id', 'part'])
        .merge(written);
      return before?.value !== written.value;
    });
  }

  async listReleases({ host, id }: RepositoryKey): Promise<StoredRelease[]> {
    const rows = await this.#db<ReleaseRow>('repository_releases')
      .where({ host, repository_id: id })
      .orderBy([
        { column: 'published_at', order: 'desc' },
        { column: 'release_id', order: 'desc' },
      ])
      .select('release');
    return rows.map(row => JSON.parse(row.release));
  }

  async changeReleases(
    key: RepositoryKey,
    change: (known: StoredRelease[]) => {
      releases: StoredRelease[];
      activities: NewActivity[];
    },
  ): Promise<boolean> {
    const id = { host: key.host, repository_id: key.id };
    return this.#db.transaction(async tx => {
      // One caller at a time
      await this.#repository(key, tx).first('as_of');
      const rows = await tx<ReleaseRow>('repository_releases').where(id);
      const before = new Map(
        rows.map(row => [Number(row.release_id), row.release]),
      );
      const { releases, activities } = change(
        [...before.values()].map(text => JSON.parse(text)),
      );
      const different = releases
        .map(release => ({
          ...id,
          release_id: release.id,
          published_at: release.publishedAt,
          release: JSON.stringify(release),
        }))
        .filter(row => before.get(row.release_id) !== row.release);
      for (const chunk of chunksOf(different, ROWS_PER_STATEMENT)) {
        await tx<ReleaseRow>('repository_releases')
          .insert(chunk)
          .onConflict(['host', 'repository_id', 'release_id'])
          .merge(['published_at', 'release']);
      }
      await this.#addActivity(tx, key, activities);
      return different.length > 0;
    });
  }

  async getReleaseReadme(
    { host, id }: RepositoryKey,
    releaseId: number,
  ): Promise<{ value: PluginReadme | null; asOf: string } | undefined> {
    const row = await this.#db<ReleaseRow>('repository_releases')
      .where({ host, repository_id: id, release_id: releaseId })
      .first('readme');
    return row?.readme ? JSON.parse(row.readme) : undefined;
  }

  async saveReleaseReadme(
    { host, id }: RepositoryKey,
    releaseId: number,
    readme: { value: PluginReadme | null; asOf: string },
  ): Promise<void> {
    await this.#db<ReleaseRow>('repository_releases')
      .where({ host, repository_id: id, release_id: releaseId })
      .update({ readme: JSON.stringify(readme) });
  }

  async listReleasesWithoutReadme({
    host,
    id,
  }: RepositoryKey): Promise<StoredRelease[]> {
    const rows = await this.#db<ReleaseRow>('repository_releases')
      .where({ host, repository_id: id })
      .whereNull('readme')
      .orderBy('published_at', 'desc')
      .select('release');
    return rows
      .map((row): StoredRelease => JSON.parse(row.release))
      .filter(release => release.commit && !release.deletedAt);
  }

  async addActivity(
    key: RepositoryKey,
    activities: NewActivity[],
  ): Promise<boolean> {
    if (activities.length === 0) {
      return false;
    }
    return this.#db.transaction(async tx => {
      await this.#repository(key, tx).first('as_of');
      return this.#addActivity(tx, key, activities);
    });
  }

  async listActivity({ host, id }: RepositoryKey): Promise<PluginActivity[]> {
    const rows = await this.#db<ActivityRow>('repository_activity')
      .where({ host, repository_id: id })
      .orderBy([
        { column: 'at', order: 'desc' },
        { column: 'id', order: 'desc' },
      ])
      .limit(LISTED_ACTIVITIES)
      .select('activity');
    return rows.map(row => JSON.parse(row.activity));
  }

  async setReaders(key: RepositoryKey, logins: string[]): Promise<boolean> {
    const wanted = new Set(logins.map(lower));
    const repository = readersKey(key);
    return this.#db.transaction(async tx => {
      const rows = await tx<ReaderRow>('repository_readers')
        .where({ repository })
        .select('login');
      const before = new Set(rows.map(row => row.login));
      const gone = [...before].filter(login => !wanted.has(login));
      const come = [...wanted].filter(login => !before.has(login));
      for (const chunk of chunksOf(gone, ROWS_PER_STATEMENT)) {
        await tx<ReaderRow>('repository_readers')
          .where({ repository })
          .whereIn('login', chunk)
          .delete();
      }
      for (const chunk of chunksOf(come, ROWS_PER_STATEMENT)) {
        await tx<ReaderRow>('repository_readers')
          .insert(chunk.map(login => ({ repository, host: key.host, login })))
          .onConflict(['repository', 'host', 'login'])
          .ignore();
      }
      return gone.length + come.length > 0;
    });
  }

  async listReaders(key: RepositoryKey): Promise<string[]> {
    const rows = await this.#db<ReaderRow>('repository_readers')
      .where({ repository: readersKey(key) })
      .orderBy('login')
      .select('login');
    return rows.map(row => row.login);
  }

  async setStargazers(
    key: RepositoryKey,
    list: KnownStargazers & { logins: string[]; asOf: string },
  ): Promise<boolean> {
    const { complete, stars, asOf } = list;
    const id = { host: key.host, repository_id: key.id };
    const logins = new Set(list.logins.map(lower));
    return this.#db.transaction(async tx => {
      await this.#repository(key, tx).first('as_of');
      const part = await this.#stargazersPart(tx, key);
      if (part && part.asOf > asOf) {
        return false;
      }
      const known = await tx<StarRow>('repository_stargazers')
        .where(id)
        .select('login', 'starred', 'as_of');
      const newer = new Set(
        known.filter(row => row.as_of > asOf).map(row => row.login),
      );
      const older = known.filter(row => !newer.has(row.login));
      const before = new Set(
        older.filter(row => row.starred === 1).map(row => row.login),
      );
      const come = [...logins].filter(
        login => !before.has(login) && !newer.has(login),
      );
      const gone = older
        .map(row => row.login)
        .filter(login => !(logins.has(login) && before.has(login)));
      for (const chunk of chunksOf(gone, ROWS_PER_STATEMENT)) {
        await tx<StarRow>('repository_stargazers')
          .where(id)
          .whereIn('login', chunk)
          .delete();
      }
      for (const chunk of chunksOf(come, ROWS_PER_STATEMENT)) {
        await tx<StarRow>('repository_stargazers').insert(
          chunk.map(login => ({ ...id, login, starred: 1, as_of: asOf })),
        );
      }
      await this.#saveStargazersPart(tx, key, { complete, stars }, asOf);
      return come.length > 0 || [...before].some(login => !logins.has(login));
    });
  }

  async setStar(
    key: RepositoryKey,
    { login, starred, at }: StarChange,
  ): Promise<boolean> {
    const id = {
      host: key.host,
      repository_id: key.id,
      login: lower(login),
    };
    return this.#db.transaction(async tx => {
      await this.#repository(key, tx).first('as_of');
      const part = await this.#stargazersPart(tx, key);
      const row = await tx<StarRow>('repository_stargazers').where(id).first();
      if ([row?.as_of, part?.asOf].some(known => known && known > at)) {
        return false;
      }
      const written = { starred: starred ? 1 : 0, as_of: at };
      await tx<StarRow>('repository_stargazers')
        .insert({ ...id, ...written })
        .onConflict(['host', 'repository_id', 'login'])
        .merge(written);
      const wasStarred = row?.starred === 1;
      const isKnown = row !== undefined || part?.value.complete === true;
      if (isKnown && wasStarred === starred) {
        return false;
      }
      if (part) {
        await this.#saveStargazersPart(
          tx,
          key,
          {
            ...part.value,
            stars: part.value.stars + (starred ? 1 : -1),
          },
          part.asOf,
        );
      }
      return true;
    });
  }

  async findStar(
    { host, id }: RepositoryKey,
    login: string,
  ): Promise<boolean | undefined> {
    const row = await this.#db<StarRow>('repository_stargazers')
      .where({ host, repository_id: id, login: lower(login) })
      .first('starred');
    return row && row.starred === 1;
  }

  async #stargazersPart(
    tx: Knex.Transaction,
    { host, id }: RepositoryKey,
  ): Promise<{ value: KnownStargazers; asOf: string } | undefined> {
    const row = await tx<PartRow>('repository_parts')
      .where({ host, repository_id: id, part: 'stargazers' })
      .first('value', 'as_of');
    return row && { value: JSON.parse(row.value), asOf: row.as_of };
  }

  async #saveStargazersPart(
    tx: Knex.Transaction,
    { host, id }: RepositoryKey,
    value: KnownStargazers,
    asOf: string,
  ): Promise<void> {
    const written = {
      value: JSON.stringify(value),
      version: stargazersVersion(value.stars),
      as_of: asOf,
    };
    await tx<PartRow>('repository_parts')
      .insert({ host, repository_id: id, part: 'stargazers', ...written })
      .onConflict(['host', 'repository_id', 'part'])
      .merge(written);
  }

  async #addActivity(
    tx: Knex.Transaction,
    { host, id }: RepositoryKey,
    activities: NewActivity[],
  ): Promise<boolean> {
    const repository = { host, repository_id: id };
    let added = false;
    for (const { subject, observedSince, ...activity } of activities) {
      const written = {
        observed: observedSince ? 1 : 0,
        at: activity.at,
        activity: JSON.stringify(activity),
      };
      const near = tx<ActivityRow>('repository_activity')
        .where({ ...repository, subject })
        .orderBy('at');
      const from = new Date(
        Date.parse(observedSince ?? activity.at) - CLOCK_SKEW_MS,
      ).toISOString();
      // Told of it, or noticed: whichever comes first, it is one
      const same = observedSince
        ? await near.where('at', '>=', from).first('id', 'observed', 'activity')
        : await near
            .where('at', '>=', from)
            .where(known =>
              known.where('at', activity.at).orWhere('observed', 1),
            )
            .first('id', 'observed', 'activity');
      if (same && !observedSince) {
        // Told of it once more says nothing new
        if (same.observed || same.activity !== written.activity) {
          await tx<ActivityRow>('repository_activity')
            .where('id', same.id)
            .update(written);
          added = true;
        }
      } else if (!same) {
        await tx<ActivityRow>('repository_activity')
          .insert({ ...repository, subject, ...written })
          .onConflict(['host', 'repository_id', 'subject', 'at'])
          .ignore();
        added = true;
      }
    }
    return added;
  }

  async #writeLinks(
    tx: Knex.Transaction,
    changes: { link: PluginLink; row: Partial<LinkRow> }[],
  ): Promise<void> {
    const places = changes.map(({ link, row }) => ({
      row,
      entity_ref: link.entityRef,
      location: locationKey(link.location),
      host: link.location.host,
    }));
    if (places.length === 0) {
      return;
    }
    // What was found out about another location does not hold for this one
    for (const { entity_ref, location } of places) {
      await tx<LinkRow>('plugin_repositories')
        .where({ entity_ref })
        .whereNot({ location })
        .delete();
    }
    for (const { row, ...place } of places) {
      await tx<LinkRow>('plugin_repositories')
        .insert({ ...place, ...row })
        .onConflict('entity_ref')
        .merge(row);
    }
  }

  async #selectLinks(
    refine: (select: Knex.QueryBuilder) => void,
  ): Promise<PluginLink[]> {
    const select = this.#db('plugin_details')
      .leftJoin('plugin_repositories', link =>
        link
          .on('plugin_repositories.entity_ref', 'plugin_details.entity_ref')
          .andOn('plugin_repositories.location', 'plugin_details.repository'),
      )
      .leftJoin('repositories', repository =>
        repository
          .on('repositories.host', 'plugin_repositories.host')
          .andOn(
            'repositories.repository_id',
            'plugin_repositories.repository_id',
          ),
      )
      .whereNotNull('plugin_details.repository')
      .select('repositories.*', 'plugin_repositories.due_at', {
        plugin: 'plugin_details.entity_ref',
        place: 'plugin_details.repository',
        link_failure: 'plugin_repositories.failure',
        link_failed_at: 'plugin_repositories.failed_at',
      });
    refine(select);
    const rows: LinkedRow[] = await select;
    return rows.map(row => ({
      entityRef: row.plugin,
      location: locationOfKey(row.place),
      repository: isRepository(row) ? toRepository(row) : undefined,
      failure: toFailure(row.link_failure, row.link_failed_at),
      dueAt: row.due_at ?? undefined,
    }));
  }

  /** In a transaction nobody else changes it meanwhile. */
  #repository(
    { host, id }: RepositoryKey,
    tx?: Knex.Transaction,
  ): Knex.QueryBuilder<RepositoryRow> {
    const select = (tx ?? this.#db)<RepositoryRow>('repositories').where({
      host,
      repository_id: id,
    });
    return tx && this.#isPostgres ? select.forUpdate() : select;
  }
}

function isRepository(row: LinkedRow): row is LinkedRow & RepositoryRow {
  return row.repository_id !== null;
}

function toRepository(row: RepositoryRow): StoredRepository {
  return {
    host: row.host,
    id: Number(row.repository_id),
    snapshot: JSON.parse(row.snapshot),
    partsDue: Boolean(row.parts_due),
    failure: toFailure(row.failure, row.failed_at),
    deletedAt: row.deleted_at ?? undefined,
  };
}

function toFailure(
  reason: string | null,
  at: string | null,
): ReadFailure | undefined {
  return reason !== null && at !== null ? { reason, at } : undefined;
}

/** GitHub tells logins that differ in case only not apart. */
function lower(login: string): string {
  return login.toLocaleLowerCase('en-US');
}

function chunksOf<T>(items: T[], size: number): T[][] {
  const chunks: T[][] = [];
  for (let start = 0; start < items.length; start += size) {
    chunks.push(items.slice(start, start + size));
  }
  return chunks;
}
