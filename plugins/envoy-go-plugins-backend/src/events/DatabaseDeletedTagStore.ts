import type { Knex } from 'knex';
import type { DeletedTagStore, TagName } from './DeletedTagStore';

interface DeletedTagRow {
  host: string;
  repository_id: number;
  tag: string;
  commit: string;
  deleted_at: string;
}

const TABLE = 'delivery_deleted_tags';

/** Deleted tags in the plugin's own database. */
export class DatabaseDeletedTagStore implements DeletedTagStore {
  readonly #db: Knex;

  /** @param db - with the plugin's migrations run */
  constructor(db: Knex) {
    this.#db = db;
  }

  async add(
    deleted: TagName & { commit: string; deletedAt: string },
  ): Promise<void> {
    await this.#db<DeletedTagRow>(TABLE)
      .insert({
        host: deleted.host,
        repository_id: deleted.repositoryId,
        tag: deleted.tag,
        commit: deleted.commit,
        deleted_at: deleted.deletedAt,
      })
      .onConflict(['host', 'repository_id', 'tag'])
      .merge();
  }

  async get(tag: TagName): Promise<string | undefined> {
    const row = await this.#db<DeletedTagRow>(TABLE)
      .where({ host: tag.host, repository_id: tag.repositoryId, tag: tag.tag })
      .first();
    return row?.commit;
  }

  async clean(before: string): Promise<void> {
    await this.#db<DeletedTagRow>(TABLE)
      .where('deleted_at', '<', before)
      .delete();
  }
}
