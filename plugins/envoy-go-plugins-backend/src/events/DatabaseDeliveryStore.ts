import { NotFoundError } from '@backstage/errors';
import type { Knex } from 'knex';
import {
  DELIVERY_TRANSITIONS,
  type Delivery,
  type DeliveryState,
  type DeliveryTransition,
  type NewDelivery,
  refusedTransition,
} from './Delivery';
import type { DeliveryResult, DeliveryStore, Lease } from './DeliveryStore';

/** A row of `webhook_deliveries`. */
interface DeliveryRow {
  // PostgreSQL's driver gives big integers as strings
  id: number | string;
  delivery_id: string;
  hook_id: string | null;
  event: string;
  action: string | null;
  repository_id: number | string | null;
  repository: string | null;
  ordered_by: string;
  headers: string;
  body: string;
  received_at: string;
  state: DeliveryState;
  attempts: number;
  next_attempt_at: string | null;
  lease_owner: string | null;
  lease_until: string | null;
  error: string | null;
}

const TABLE = 'webhook_deliveries';

// Written as in the migration, and without bound values: only so databases know that the
// indexes of unfinished deliveries will do
const UNFINISHED = `state in ('received', 'processing', 'failed')`;
const PROCESSING = `state = 'processing'`;

/** Stays below SQLite's and PostgreSQL's limits of bound values in a statement. */
const ROWS_PER_STATEMENT = 500;

/** Deliveries in the plugin's own database, SQLite or PostgreSQL. */
export class DatabaseDeliveryStore implements DeliveryStore {
  readonly #db: Knex;
  readonly #isPostgres: boolean;

  /** @param db - with the plugin's migrations run */
  constructor(db: Knex) {
    this.#db = db;
    this.#isPostgres = db.client.config.client === 'pg';
  }

  async add(deliveries: NewDelivery[]): Promise<Set<string>> {
    const added = new Set<string>();
    const insert = async (db: Knex, chunk: NewDelivery[]) => {
      const rows = await db<DeliveryRow>(TABLE)
        .insert(chunk.map(toRow))
        .onConflict('delivery_id')
        .ignore()
        .returning('delivery_id');
      for (const row of rows) {
        added.add(row.delivery_id);
      }
    };
    if (deliveries.length <= ROWS_PER_STATEMENT) {
      await insert(this.#db, deliveries);
      return added;
    }
    await this.#db.transaction(async tx => {
      for (
        let start = 0;
        start < deliveries.length;
        start += ROWS_PER_STATEMENT
      ) {
        await insert(tx, deliveries.slice(start, start + ROWS_PER_STATEMENT));
      }
    });
    return added;
  }

  async claim(options: {
    lease: Lease;
    now: string;
    limit: number;
    orderedBy?: string;
  }): Promise<Delivery[]> {
    const { lease, now, limit, orderedBy } = options;
    const due = this.#db
      .select('candidate.id')
      .from({ candidate: TABLE })
      .whereRaw(`candidate.${UNFINISHED}`)
      .andWhere(anyOf =>
        anyOf
          .where('candidate.state', 'received')
          .orWhere(failed =>
            failed
              .where('candidate.state', 'failed')
              .andWhere('candidate.next_attempt_at', '<=', now),
          )
          .orWhere(abandoned =>
            abandoned
              .where('candidate.state', 'processing')
              .andWhere('candidate.lease_until', '<', now),
          ),
      )
      .whereNotExists(
        this.#db
          .select('older.id')
          .from({ older: TABLE })
          .whereRaw(`older.${UNFINISHED}`)
          .whereRaw('older.ordered_by = candidate.ordered_by')
          .whereRaw('older.id < candidate.id'),
      )
      // One that was replayed comes before those that were received after it
      .whereNotExists(
        this.#db
          .select('newer.id')
          .from({ newer: TABLE })
          .whereRaw(`newer.${PROCESSING}`)
          .whereRaw('newer.ordered_by = candidate.ordered_by')
          .whereRaw('newer.id > candidate.id')
          .where('newer.lease_until', '>=', now),
      )
      .orderBy('candidate.id')
      .limit(limit);
    if (orderedBy !== undefined) {
      due.where('candidate.ordered_by', orderedBy);
    }
    if (this.#isPostgres) {
      // SQLite has one writer at a time anyway
      due.forUpdate('candidate').skipLocked();
    }
    // Materialized, or PostgreSQL may find other rows for each that it updates
    const rows = await this.#db<DeliveryRow>(TABLE)
      .withMaterialized('due', due)
      .whereIn('id', this.#db.select('id').from('due'))
      .update({
        state: DELIVERY_TRANSITIONS.claim.to,
        attempts: this.#db.raw('attempts + 1'),
        next_attempt_at: null,
        lease_owner: lease.owner,
        lease_until: lease.until,
      })
      .returning('*');
    return rows.map(toDelivery).sort((a, b) => a.id - b.id);
  }

  async renew(ids: number[], lease: Lease): Promise<void> {
    await this.#db<DeliveryRow>(TABLE)
      .whereIn('id', ids)
      .andWhere({ state: 'processing', lease_owner: lease.owner })
      .update({ lease_until: lease.until });
  }

  async settle(
    delivery: Delivery,
    owner: string,
    result: DeliveryResult,
  ): Promise<boolean> {
    const failed = result.transition === 'fail' || result.transition === 'bury';
    const settled = await this.#transition(
      result.transition,
      // The same owner may have taken it over from itself
      { id: delivery.id, lease_owner: owner, attempts: delivery.attempts },
      {
        next_attempt_at:
          result.transition === 'fail' ? result.nextAttemptAt : null,
        error: failed ? withoutNul(result.error) : null,
      },
    );
    return settled !== undefined;
  }

  async replay(deliveryId: string): Promise<Delivery> {
    const replayed = await this.#transition(
      'replay',
      { delivery_id: deliveryId },
      { attempts: 0, next_attempt_at: null },
    );
    if (replayed) {
      return replayed;
    }
    const delivery = await this.get(deliveryId);
    if (!delivery) {
      throw new NotFoundError(`There is no delivery ${deliveryId}`);
    }
    throw refusedTransition(deliveryId, 'replay', delivery.state);
  }

  async get(deliveryId: string): Promise<Delivery | undefined> {
    const row = await this.#db<DeliveryRow>(TABLE)
      .where('delivery_id', deliveryId)
      .first();
    return row && toDelivery(row);
  }

  async countByState(): Promise<Partial<Record<DeliveryState, number>>> {
    const rows: { state: DeliveryState; deliveries: number | string }[] =
      await this.#db(TABLE)
        .select('state')
        .count({ deliveries: '*' })
        .groupBy('state');
    return Object.fromEntries(
      rows.map(({ state, deliveries }) => [state, Number(deliveries)]),
    );
  }

  async #transition(
    transition: DeliveryTransition,
    where: Partial<DeliveryRow>,
    changes: Partial<DeliveryRow>,
  ): Promise<Delivery | undefined> {
    const { from, to } = DELIVERY_TRANSITIONS[transition];
    const [row] = await this.#db<DeliveryRow>(TABLE)
      .where(where)
      .whereIn('state', [...from])
      .update({ ...changes, state: to, lease_owner: null, lease_until: null })
      .returning('*');
    return row && toDelivery(row);
  }
}

function toRow(delivery: NewDelivery): Omit<DeliveryRow, 'id'> {
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
    state: 'received',
    attempts: 0,
    next_attempt_at: null,
    lease_owner: null,
    lease_until: null,
    error: null,
  };
}

function toDelivery(row: DeliveryRow): Delivery {
  return {
    id: Number(row.id),
    deliveryId: row.delivery_id,
    hookId: row.hook_id ?? undefined,
    event: row.event,
    action: row.action ?? undefined,
    repository:
      row.repository_id !== null && row.repository !== null
        ? { id: Number(row.repository_id), fullName: row.repository }
        : undefined,
    orderedBy: row.ordered_by,
    headers: JSON.parse(row.headers),
    body: row.body,
    receivedAt: row.received_at,
    state: row.state,
    attempts: row.attempts,
    nextAttemptAt: row.next_attempt_at ?? undefined,
    leaseOwner: row.lease_owner ?? undefined,
    leaseUntil: row.lease_until ?? undefined,
    error: row.error ?? undefined,
  };
}

/** PostgreSQL stores every character but this one. */
function withoutNul(text: string): string {
  return text.replaceAll('\0', '');
}
