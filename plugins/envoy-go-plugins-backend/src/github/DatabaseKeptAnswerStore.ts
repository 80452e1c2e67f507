import type { Knex } from 'knex';
import type { KeptAnswerStore } from './KeptAnswerStore';

interface AnswerRow {
  url: string;
  etag: string | null;
  status: number;
  headers: string | null;
  body: string | null;
  checked_at: string;
}

/** GitHub's answers in the plugin's own database. */
export class DatabaseKeptAnswerStore implements KeptAnswerStore {
  readonly #db: Knex;

  /** @param db - with the plugin's migrations run */
  constructor(db: Knex) {
    this.#db = db;
  }

  get: KeptAnswerStore['get'] = async key => {
    const row = await this.#rows().where({ url: key }).first();
    // Those of earlier versions have no headers, and so no pages after the first
    if (!row?.etag || row.headers === null || row.body === null) {
      return undefined;
    }
    return {
      etag: row.etag,
      headers: JSON.parse(row.headers),
      body: row.body,
      checkedAt: new Date(row.checked_at),
    };
  };

  put: KeptAnswerStore['put'] = async (key, answer) => {
    await this.#rows()
      .insert({
        url: key,
        etag: answer.etag,
        status: 200,
        headers: JSON.stringify(answer.headers),
        body: answer.body,
        checked_at: answer.checkedAt.toISOString(),
      })
      .onConflict('url')
      .merge()
      .where(
        'github_responses.checked_at',
        '<=',
        answer.checkedAt.toISOString(),
      );
  };

  touch: KeptAnswerStore['touch'] = async (key, checkedAt) => {
    await this.#rows()
      .where({ url: key })
      .andWhere('checked_at', '<', checkedAt.toISOString())
      .update({ checked_at: checkedAt.toISOString() });
  };

  delete: KeptAnswerStore['delete'] = async key => {
    await this.#rows().where({ url: key }).delete();
  };

  deleteCheckedBefore: KeptAnswerStore['deleteCheckedBefore'] = async time => {
    await this.#rows().where('checked_at', '<', time.toISOString()).delete();
  };

  #rows() {
    return this.#db<AnswerRow>('github_responses');
  }
}
