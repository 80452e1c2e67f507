import type { Knex } from 'knex';
import type { AuditRecordStore } from '../../audit';
import type { RepositoryKey } from '../../marketplace';
import type {
  StoredImage,
  StoredVersion,
  VersionKey,
  VersionState,
} from './StoredVersion';
import type { VersionRecord, VersionStore } from './VersionStore';

interface VersionRow {
  host: string;
  // PostgreSQL gives big integers as strings
  repository_id: number | string;
  release_id: number | string;
  commit: string;
  version: string;
  tag: string;
  prerelease: number;
  state: VersionState;
  // SQL's null rather than undefined, here and below: an update must be able to clear it
  reason: string | null;
  build_id: string;
  described: string | null;
  image: string | null;
  digest: string | null;
  go: string | null;
  libraries: string;
  proofs: string;
  vulnerabilities: string | null;
  pushed_at: string | null;
  yanked_at: string | null;
  yank_reason: string | null;
  followed: number;
}

/** In the plugin's own database, SQLite or PostgreSQL. */
export class DatabaseVersionStore implements VersionStore {
  readonly #db: Knex;
  readonly #recordIn: (transaction: Knex.Transaction) => AuditRecordStore;

  constructor(options: {
    db: Knex;
    /** The record, written in a transaction. */
    recordIn: (transaction: Knex.Transaction) => AuditRecordStore;
  }) {
    this.#db = options.db;
    this.#recordIn = options.recordIn;
  }

  async find(key: VersionKey): Promise<StoredVersion | undefined> {
    const row = await this.#db<VersionRow>('plugin_versions')
      .where(keyColumns(key))
      .first();
    return row && toVersion(row);
  }

  async list(repository: RepositoryKey): Promise<StoredVersion[]> {
    return this.#list(this.#db, repository);
  }

  async listLatest(range: {
    offset: number;
    limit: number;
  }): Promise<StoredVersion[]> {
    const rows = await this.#db<VersionRow>('plugin_versions')
      .whereIn('state', ['published', 'proven'])
      .whereNotNull('pushed_at')
      .orderBy([
        { column: 'pushed_at', order: 'desc' },
        { column: 'repository_id', order: 'desc' },
        { column: 'release_id', order: 'desc' },
      ])
      .offset(range.offset)
      .limit(range.limit);
    return rows.map(toVersion);
  }

  async change(
    key: VersionKey,
    change: (
      known: StoredVersion | undefined,
      others: StoredVersion[],
    ) => { versions: StoredVersion[]; record?: VersionRecord } | undefined,
  ): Promise<StoredVersion | undefined> {
    return this.#db.transaction(async tx => {
      await this.#lock(tx, key.repository);
      const all = await this.#list(tx, key.repository);
      const known = all.find(one => isSame(one, key));
      const changed = change(
        known,
        all.filter(one => one !== known),
      );
      for (const version of changed?.versions ?? []) {
        const row = toRow(version);
        await tx<VersionRow>('plugin_versions')
          .insert(row)
          .onConflict(['host', 'repository_id', 'release_id', 'commit'])
          .merge();
      }
      if (changed?.record) {
        await this.#recordIn(tx).add(changed.record);
      }
      return changed?.versions.find(one => isSame(one, key)) ?? known;
    });
  }

  async listUnfollowed(): Promise<RepositoryKey[]> {
    const rows = await this.#db<VersionRow>('plugin_versions')
      .where('followed', 0)
      .distinct('host', 'repository_id')
      .orderBy(['host', 'repository_id']);
    return rows.map(row => ({ host: row.host, id: Number(row.repository_id) }));
  }

  async #list(db: Knex, { host, id }: RepositoryKey): Promise<StoredVersion[]> {
    const rows = await db<VersionRow>('plugin_versions')
      .where({ host, repository_id: id })
      .orderBy([
        { column: 'pushed_at', order: 'desc', nulls: 'last' },
        { column: 'release_id', order: 'desc' },
      ]);
    return rows.map(toVersion);
  }

  /** SQLite has one writer at a time; PostgreSQL is told to. */
  async #lock(
    tx: Knex.Transaction,
    { host, id }: RepositoryKey,
  ): Promise<void> {
    if (this.#db.client.config.client === 'pg') {
      await tx.raw('select pg_advisory_xact_lock(hashtextextended(?, 0))', [
        `plugin_versions ${host}/${id}`,
      ]);
    }
  }
}

function isSame(one: VersionKey, other: VersionKey): boolean {
  return (
    one.repository.host === other.repository.host &&
    one.repository.id === other.repository.id &&
    one.releaseId === other.releaseId &&
    one.commit === other.commit
  );
}

function keyColumns({ repository, releaseId, commit }: VersionKey) {
  return {
    host: repository.host,
    repository_id: repository.id,
    release_id: releaseId,
    commit,
  };
}

function toRow(version: StoredVersion): VersionRow {
  const { digest, ...image } = version.image ?? {};
  return {
    ...keyColumns(version),
    version: version.version,
    tag: version.tag,
    prerelease: version.prerelease ? 1 : 0,
    state: version.state,
    reason: version.reason === undefined ? null : storable(version.reason),
    build_id: version.buildId,
    described: toJson(version.described),
    image: version.image ? toJson(image) : null,
    digest: digest ?? null,
    go: version.go ?? null,
    libraries: JSON.stringify(version.libraries),
    proofs: storable(JSON.stringify(version.proofs)),
    vulnerabilities: toJson(version.vulnerabilities),
    pushed_at: version.pushedAt ?? null,
    yanked_at: version.yanked?.at ?? null,
    yank_reason: version.yanked?.reason ?? null,
    followed: version.followed ? 1 : 0,
  };
}

function toVersion(row: VersionRow): StoredVersion {
  const image = fromJson<StoredImage>(row.image);
  return {
    repository: { host: row.host, id: Number(row.repository_id) },
    releaseId: Number(row.release_id),
    commit: row.commit,
    version: row.version,
    tag: row.tag,
    prerelease: row.prerelease === 1,
    state: row.state,
    reason: row.reason ?? undefined,
    buildId: row.build_id,
    described: fromJson(row.described),
    image:
      image && row.digest !== null
        ? { ...image, digest: row.digest }
        : undefined,
    go: row.go ?? undefined,
    libraries: JSON.parse(row.libraries),
    proofs: JSON.parse(row.proofs),
    vulnerabilities: fromJson(row.vulnerabilities),
    pushedAt: row.pushed_at ?? undefined,
    yanked:
      row.yanked_at === null
        ? undefined
        : { at: row.yanked_at, reason: row.yank_reason ?? undefined },
    followed: row.followed === 1,
  };
}

function toJson(value: unknown): string | null {
  return value === undefined ? null : storable(JSON.stringify(value));
}

function fromJson<T>(text: string | null): T | undefined {
  return text === null ? undefined : JSON.parse(text);
}

/** PostgreSQL takes no such characters; JSON has them escaped. */
function storable(text: string): string {
  return text.replaceAll('\0', '\uFFFD');
}
