import type { Knex } from 'knex';
import { createTokenKey, readTokenKey, type TokenKey } from './TokenKey';

interface TokenKeyRow {
  name: string;
  private_key: string;
  certificate: string;
  created_at: string;
}

const TABLE = 'registry_token_keys';

/** The key that all backends of a portal share, in their database. */
export class DatabaseTokenKeys {
  readonly #db: Knex;
  readonly #now: () => Date;

  /** @param options - `db`: with the plugin's migrations run */
  constructor(options: { db: Knex; now: () => Date }) {
    this.#db = options.db;
    this.#now = options.now;
  }

  /**
   * Gives the key of a name, which is made first where there is none. Of backends that do
   * so at the same time all get the same.
   */
  async get(name: string): Promise<TokenKey> {
    const known = await this.#find(name);
    if (known) {
      return known;
    }
    const now = this.#now();
    const fresh = await createTokenKey(name, now);
    await this.#db<TokenKeyRow>(TABLE)
      .insert({
        name,
        private_key: fresh.privateKey,
        certificate: fresh.certificate,
        created_at: now.toISOString(),
      })
      .onConflict('name')
      .ignore();
    return (await this.#find(name)) ?? readTokenKey(fresh);
  }

  async #find(name: string): Promise<TokenKey | undefined> {
    const row = await this.#db<TokenKeyRow>(TABLE).where({ name }).first();
    return (
      row &&
      readTokenKey({
        privateKey: row.private_key,
        certificate: row.certificate,
      })
    );
  }
}
