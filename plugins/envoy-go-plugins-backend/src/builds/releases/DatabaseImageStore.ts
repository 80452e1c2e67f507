import { ConflictError } from '@backstage/errors';
import type { Knex } from 'knex';
import type { PushedContent } from '../../artifacts';
import type { RepositoryKey } from '../../marketplace';
import type { AbandonedContent, ContentKind, ImageStore } from './ImageStore';

interface ImageRow {
  name: string;
  host: string;
  repository_id: number | string;
  holder: string | null;
  held_until: string | null;
}

interface ContentRow {
  name: string;
  digest: string;
  root: string;
  kind: ContentKind;
  pushed_at: string;
}

/** In which order content is removed: what names something goes before it. */
const REMOVAL_ORDER: ContentKind[] = ['referrer', 'index', 'image', 'blob'];

/** In the plugin's own database, SQLite or PostgreSQL. */
export class DatabaseImageStore implements ImageStore {
  readonly #db: Knex;
  readonly #belongs: (repository: RepositoryKey) => Promise<boolean>;
  readonly #now: () => Date;

  constructor(options: {
    db: Knex;
    /** Whether there is a plugin in a repository. */
    belongs: (repository: RepositoryKey) => Promise<boolean>;
    now: () => Date;
  }) {
    this.#db = options.db;
    this.#belongs = options.belongs;
    this.#now = options.now;
  }

  async hold(
    image: { name: string; repository: RepositoryKey },
    holder: string,
    until: Date,
  ): Promise<boolean> {
    const { name, repository } = image;
    const owner = { host: repository.host, repository_id: repository.id };
    await this.#db<ImageRow>('registry_images')
      .insert({ name, ...owner })
      .onConflict('name')
      .ignore();
    const row = await this.#db<ImageRow>('registry_images')
      .where({ name })
      .first();
    if (
      row &&
      (row.host !== owner.host || Number(row.repository_id) !== repository.id)
    ) {
      const first = { host: row.host, id: Number(row.repository_id) };
      if (await this.#belongs(first)) {
        throw new ConflictError(
          `The image ${name} belongs to the plugin in the repository ${first.id} of ${first.host}, which has the same name; call one of them something else`,
        );
      }
      // Its plugin is gone, and the name free for another one
      await this.#db<ImageRow>('registry_images')
        .where({
          name,
          host: row.host,
          repository_id: row.repository_id,
        })
        .update(owner);
    }
    const held = await this.#db<ImageRow>('registry_images')
      .where({ name })
      .where(free =>
        free
          .whereNull('holder')
          .orWhere('holder', holder)
          .orWhere('held_until', '<', this.#now().toISOString()),
      )
      .update({ holder, held_until: until.toISOString() });
    return held > 0;
  }

  async renew(name: string, holder: string, until: Date): Promise<boolean> {
    const held = await this.#db<ImageRow>('registry_images')
      .where({ name, holder })
      .update({ held_until: until.toISOString() });
    return held > 0;
  }

  async release(name: string, holder: string): Promise<void> {
    await this.#db<ImageRow>('registry_images')
      .where({ name, holder })
      .update({ holder: null, held_until: null });
  }

  async pushing(name: string, content: PushedContent, at: Date): Promise<void> {
    const { root, release, manifests, blobs } = content;
    const row = (digest: string, kind: ContentKind): ContentRow => ({
      name,
      digest,
      root: release,
      kind,
      pushed_at: at.toISOString(),
    });
    const isIndex = root === release;
    await this.#db<ContentRow>('registry_content')
      .insert([
        ...manifests.map(digest => {
          if (digest !== root) {
            return row(digest, 'image');
          }
          return row(digest, isIndex ? 'index' : 'referrer');
        }),
        ...blobs.map(digest => row(digest, 'blob')),
      ])
      .onConflict(['name', 'root', 'digest'])
      .merge(['pushed_at']);
  }

  async listAbandoned(before: Date): Promise<AbandonedContent[]> {
    const rows = await this.#db<ContentRow>('registry_content')
      .whereNotExists(
        this.#db('plugin_versions').whereRaw(
          'plugin_versions.digest = registry_content.root',
        ),
      )
      .whereNotExists(
        // One that is being published still
        this.#db({ newer: 'registry_content' })
          .whereRaw('newer.name = registry_content.name')
          .whereRaw('newer.root = registry_content.root')
          .where('newer.pushed_at', '>=', before.toISOString()),
      )
      .orderBy(['name', 'root', 'digest']);
    const found = new Map<string, AbandonedContent>();
    for (const { name, root, digest, kind } of rows) {
      const key = `${name}@${root}`;
      const abandoned = found.get(key) ?? { name, root, content: [] };
      abandoned.content.push({ digest, kind });
      found.set(key, abandoned);
    }
    return [...found.values()].map(abandoned => ({
      ...abandoned,
      content: abandoned.content.toSorted(
        (a, b) => REMOVAL_ORDER.indexOf(a.kind) - REMOVAL_ORDER.indexOf(b.kind),
      ),
    }));
  }

  async listShared(digests: string[], root: string): Promise<Set<string>> {
    const rows = await this.#db<ContentRow>('registry_content')
      .whereIn('digest', digests)
      .whereNot('root', root)
      .distinct('digest');
    return new Set(rows.map(row => row.digest));
  }

  async removed(name: string, root: string): Promise<void> {
    await this.#db<ContentRow>('registry_content')
      .where({ name, root })
      .delete();
  }
}
