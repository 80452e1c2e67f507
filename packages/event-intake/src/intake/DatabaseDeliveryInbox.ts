import { ServiceUnavailableError, isError } from '@backstage/errors';
import type { Knex } from 'knex';
import type { AddedDeliveries, DeliveryInbox } from './DeliveryInbox';
import type { NewDelivery } from './NewDelivery';

const DELIVERIES = 'webhook_deliveries';
const HOOKS = 'delivery_hooks';

/** Stays below SQLite's and PostgreSQL's limits of bound values in a statement. */
const ROWS_PER_STATEMENT = 500;

/**
 * PostgreSQL's codes of what is not there: a database, a schema, a table, a column. Its
 * messages are in the language of the server.
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const POSTGRES_MISSING = new Set(['3D000', '3F000', '42P01', '42703']);

/**
 * Deliveries in the database of the backend plugin, SQLite or PostgreSQL. The tables are
 * made by the migrations of the plugin, never here.
 */
export class DatabaseDeliveryInbox implements DeliveryInbox {
  readonly #db: Knex;

  constructor(db: Knex) {
    this.#db = db;
  }

  async add(deliveries: NewDelivery[]): Promise<AddedDeliveries> {
    if (deliveries.length <= ROWS_PER_STATEMENT) {
      return this.#add(this.#db, deliveries);
    }
    return this.#db.transaction(async tx => {
      const all: AddedDeliveries = { stored: new Set(), revived: new Set() };
      for (
        let start = 0;
        start < deliveries.length;
        start += ROWS_PER_STATEMENT
      ) {
        const chunk = deliveries.slice(start, start + ROWS_PER_STATEMENT);
        const { stored, revived } = await this.#add(tx, chunk);
        stored.forEach(id => all.stored.add(id));
        revived.forEach(id => all.revived.add(id));
      }
      return all;
    });
  }

  async recordMismatch(hookId: string, at: string): Promise<void> {
    await this.#db(HOOKS).where('hook_id', hookId).update({ mismatch_at: at });
  }

  async check(): Promise<void> {
    try {
      await this.#db(DELIVERIES).select('origin').limit(1);
    } catch (error) {
      throw new ServiceUnavailableError(
        saysMissing(error)
          ? `The database has no table ${DELIVERIES} yet, or an old one; start a portal with this release of the plugin once, which makes it`
          : 'The database does not answer',
        error,
      );
    }
  }

  async #add(db: Knex, deliveries: NewDelivery[]): Promise<AddedDeliveries> {
    const inserted: { delivery_id: string }[] = await db(DELIVERIES)
      .insert(deliveries.map(toRow))
      .onConflict('delivery_id')
      .ignore()
      .returning('delivery_id');
    const stored = new Set(inserted.map(row => row.delivery_id));
    const known = deliveries
      .map(({ deliveryId }) => deliveryId)
      .filter(id => !stored.has(id));
    if (known.length === 0) {
      return { stored, revived: new Set() };
    }
    const updated: { delivery_id: string }[] = await db(DELIVERIES)
      .whereIn('delivery_id', known)
      .andWhere('state', 'dead')
      .update({
        state: 'received',
        attempts: 0,
        next_attempt_at: null,
        settled_at: null,
      })
      .returning('delivery_id');
    return { stored, revived: new Set(updated.map(row => row.delivery_id)) };
  }
}

/**
 * Whether a database says that it, its schema, a table or a column is not there. Errors of
 * a driver may be of another realm, so they are told by what they have, not by their class.
 */
function saysMissing(error: unknown): boolean {
  return (
    isError(error) &&
    (POSTGRES_MISSING.has(`${error.code}`) ||
      /\bno such (?:table|column)\b/.test(error.message))
  );
}

function toRow(delivery: NewDelivery) {
  return {
    delivery_id: delivery.deliveryId,
    hook_id: delivery.hookId ?? null,
    event: delivery.event,
    action: delivery.action ?? null,
    repository_id: delivery.repository?.id ?? null,
    repository: delivery.repository?.fullName ?? null,
    ordered_by: delivery.orderedBy,
    headers: JSON.stringify(delivery.headers),
    body: delivery.body,
    received_at: delivery.receivedAt,
    origin: delivery.origin,
    state: 'received',
    attempts: 0,
  };
}
