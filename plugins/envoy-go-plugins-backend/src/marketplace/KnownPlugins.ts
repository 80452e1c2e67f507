import type { Knex } from 'knex';
import type { PluginRow } from './pluginRow';

/** Which plugins there are, for those who keep something of plugins that are gone, too. */
export interface KnownPlugins {
  /** @param entityRef - in lower case */
  isKnown(entityRef: string): Promise<boolean>;

  /** Their entity refs, in lower case: one column, for queries in the same database. */
  selectRefs(): Knex.QueryBuilder;
}

/** Answers from the read model. */
export class DatabaseKnownPlugins implements KnownPlugins {
  readonly #db: Knex;

  /** @param db - with the plugin's migrations run */
  constructor(db: Knex) {
    this.#db = db;
  }

  async isKnown(entityRef: string): Promise<boolean> {
    const row = await this.#db<PluginRow>('plugins')
      .where('entity_ref', entityRef)
      .first('entity_ref');
    return row !== undefined;
  }

  selectRefs(): Knex.QueryBuilder {
    return this.#db('plugins').select('entity_ref');
  }
}
