import type { Knex } from 'knex';
import type { KeptManifests, LostManifest, Manifest } from './KeptManifests';

interface ManifestRow {
  repository: string;
  digest: string;
  media_type: string;
  content: string;
  kept_at: string;
  // SQL's null: an update must be able to clear it
  missing: string | null;
}

interface TagRow {
  repository: string;
  tag: string;
  digest: string;
}

const MANIFESTS = 'registry_manifests';
const TAGS = 'registry_tags';

/** Manifests in the plugin's own database. */
export class DatabaseKeptManifests implements KeptManifests {
  readonly #db: Knex;
  readonly #now: () => Date;

  /** @param options - `db`: with the plugin's migrations run */
  constructor(options: { db: Knex; now: () => Date }) {
    this.#db = options.db;
    this.#now = options.now;
  }

  async repositories(): Promise<string[]> {
    const rows = await this.#db<ManifestRow>(MANIFESTS)
      .distinct('repository')
      .orderBy('repository');
    return rows.map(row => row.repository);
  }

  async latestRepository(): Promise<string | undefined> {
    const row = await this.#db<ManifestRow>(MANIFESTS)
      .orderBy('kept_at', 'desc')
      .first('repository');
    return row?.repository;
  }

  async manifests(repository: string): Promise<Manifest[]> {
    const rows = await this.#db<ManifestRow>(MANIFESTS)
      .where({ repository })
      .orderBy('digest')
      .select('digest', 'media_type', 'content');
    return rows.map(row => ({
      digest: row.digest,
      mediaType: row.media_type,
      content: row.content,
    }));
  }

  async tags(repository: string): Promise<Map<string, string>> {
    const rows = await this.#db<TagRow>(TAGS)
      .where({ repository })
      .orderBy('tag')
      .select('tag', 'digest');
    return new Map(rows.map(row => [row.tag, row.digest]));
  }

  async keepManifests(
    repository: string,
    manifests: Manifest[],
  ): Promise<void> {
    const keptAt = this.#now().toISOString();
    for (const manifest of manifests) {
      await this.#db<ManifestRow>(MANIFESTS)
        .insert({
          repository,
          digest: manifest.digest,
          media_type: manifest.mediaType,
          content: manifest.content,
          kept_at: keptAt,
          missing: null,
        })
        .onConflict(['repository', 'digest'])
        // It has just been pushed, or seen
        .merge({ kept_at: keptAt, missing: null });
    }
  }

  async keepTag(
    repository: string,
    tag: string,
    digest: string,
  ): Promise<void> {
    await this.#db<TagRow>(TAGS)
      .insert({ repository, tag, digest })
      .onConflict(['repository', 'tag'])
      .merge();
  }

  async forgetTag(repository: string, tag: string): Promise<void> {
    await this.#db<TagRow>(TAGS).where({ repository, tag }).delete();
  }

  async forgetManifest(repository: string, digest: string): Promise<void> {
    await this.#db.transaction(async tx => {
      await tx<TagRow>(TAGS).where({ repository, digest }).delete();
      await tx<ManifestRow>(MANIFESTS).where({ repository, digest }).delete();
    });
  }

  async setLost(repository: string, lost: LostManifest[]): Promise<void> {
    await this.#db.transaction(async tx => {
      await tx<ManifestRow>(MANIFESTS)
        .where({ repository })
        .whereNotNull('missing')
        .update({ missing: null });
      for (const { digest, missing } of lost) {
        await tx<ManifestRow>(MANIFESTS)
          .where({ repository, digest })
          .update({ missing: JSON.stringify(missing) });
      }
    });
  }

  async lost(): Promise<LostManifest[]> {
    const rows = await this.#db<ManifestRow>(MANIFESTS)
      .whereNotNull('missing')
      .orderBy(['repository', 'digest'])
      .select('repository', 'digest', 'missing');
    return rows.map(row => ({
      repository: row.repository,
      digest: row.digest,
      missing: JSON.parse(row.missing ?? '[]'),
    }));
  }
}
