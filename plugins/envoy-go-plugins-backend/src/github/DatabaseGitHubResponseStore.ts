import type { Knex } from 'knex';
import type {
  GitHubResponseStore,
  StoredGitHubResponse,
} from './GitHubResponseStore';

interface GitHubResponseRow {
  url: string;
  etag: string | null;
  status: 200 | 404;
  body: string | null;
  checked_at: string;
  invalidated_at: string | null;
}

/** GitHub's answers in the plugin's own database. */
export class DatabaseGitHubResponseStore implements GitHubResponseStore {
  readonly #db: Knex;

  /** @param db - with the plugin's migrations run */
  constructor(db: Knex) {
    this.#db = db;
  }

  async get<T>(url: string): Promise<StoredGitHubResponse<T> | undefined> {
    const row = await this.#rows().where({ url }).first();
    return (
      row && {
        url: row.url,
        etag: row.etag ?? undefined,
        status: row.status,
        body: row.body === null ? undefined : JSON.parse(row.body),
        checkedAt: row.checked_at,
        invalidatedAt: row.invalidated_at ?? undefined,
      }
    );
  }

  async put<T>(
    response: Omit<StoredGitHubResponse<T>, 'invalidatedAt'>,
  ): Promise<void> {
    await this.#rows()
      .insert({
        url: response.url,
        etag: response.etag ?? null,
        status: response.status,
        body:
          response.body === undefined ? null : JSON.stringify(response.body),
        checked_at: response.checkedAt,
      })
      .onConflict('url')
      .merge()
      .where('github_responses.checked_at', '<=', response.checkedAt);
  }

  async touch(url: string, checkedAt: string): Promise<void> {
    await this.#rows()
      .where({ url })
      .andWhere('checked_at', '<', checkedAt)
      .update({ checked_at: checkedAt });
  }

  async invalidate(urls: string[], at: string): Promise<void> {
    await this.#rows()
      .whereIn('url', urls)
      .andWhere(earlier =>
        earlier.whereNull('invalidated_at').orWhere('invalidated_at', '<', at),
      )
      .update({ invalidated_at: at });
  }

  async deleteCheckedBefore(time: string): Promise<void> {
    await this.#rows().where('checked_at', '<', time).delete();
  }

  #rows() {
    return this.#db<GitHubResponseRow>('github_responses');
  }
}
