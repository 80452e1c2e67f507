import { NotFoundError } from '@backstage/errors';
import type {
  DeliveryDetails,
  DeliveryList,
  DeliveryQuery,
  DeliveryState,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { DatabaseDeliveryInbox } from '@envoy-go/event-intake';
import type { Knex } from 'knex';
import type { ChangeEffect } from '../marketplace';
import {
  DELIVERY_TRANSITIONS,
  type Delivery,
  type DeliveryTransition,
  refusedTransition,
} from './Delivery';
import type { DeliveryResult, DeliveryStore, Lease } from './DeliveryStore';
import {
  DELIVERIES_TABLE as TABLE,
  type DeliveryRow,
  SUMMARY_COLUMNS,
  type SummaryRow,
  toDelivery,
  toDetails,
  toSummary,
} from './deliveryRow';
import { matchDeliveries } from './matchDeliveries';

const EFFECTS = 'delivery_effects';

interface EffectRow {
  delivery: number | string;
  at: string;
  text: string;
  entity_ref: string | null;
}

// Written as in the migration, and without bound values: only so databases know that the
// indexes of unfinished deliveries will do
const UNFINISHED = `state in ('received', 'processing', 'failed')`;
const PROCESSING = `state = 'processing'`;

/** Stays below SQLite's and PostgreSQL's limits of bound values in a statement. */
const IDS_PER_STATEMENT = 500;

const DEFAULT_LIMIT = 25;

/** How many that could not be replayed are named. */
const REFUSED_LIMIT = 100;

/** Deliveries in the plugin's own database, SQLite or PostgreSQL. */
export class DatabaseDeliveryStore
  extends DatabaseDeliveryInbox
  implements DeliveryStore
{
  readonly #db: Knex;
  readonly #isPostgres: boolean;
  /** The order with which the last claim ended; the next one goes on behind it. */
  #claimedUpTo = '';

  /** @param db - with the plugin's migrations run */
  constructor(db: Knex) {
    super(db);
    this.#db = db;
    this.#isPostgres = db.client.config.client === 'pg';
  }

  async claim(options: {
    lease: Lease;
    now: string;
    limit: number;
    orderedBy?: string;
  }): Promise<Delivery[]> {
    const { limit, orderedBy } = options;
    if (orderedBy !== undefined) {
      return this.#claim(options, () =>
        this.#db.raw('select ? as ordered_by', [orderedBy]),
      );
    }
    const start = this.#claimedUpTo;
    const claimed = await this.#claim(options, () => this.#orders(start));
    // The column is ordered by bytes, and has nothing but ASCII
    const last = claimed
      .map(delivery => delivery.orderedBy)
      .sort()
      .at(-1);
    if (claimed.length === limit && last !== undefined) {
      this.#claimedUpTo = last;
      return claimed;
    }
    this.#claimedUpTo = '';
    if (start === '') {
      return claimed;
    }
    // Round again, to those before
    const more = await this.#claim(
      { ...options, limit: limit - claimed.length },
      () => this.#orders('', start),
    );
    return [...claimed, ...more];
  }

  /**
   * Goes from one order to the next through the index, so that it makes no difference how
   * much waits of each.
   *
   * @param after - those that come after it
   * @param upTo - the last one
   */
  #orders(after: string, upTo?: string): Knex.Raw {
    const next = (than: string) =>
      `(select ordered_by from ${TABLE} where ${UNFINISHED} and ordered_by > ${than} order by ordered_by limit 1)`;
    const end = upTo === undefined ? '' : ' and ordered_by <= ?';
    return this.#db.raw(
      `with recursive orders(ordered_by) as (
        select ${next('?')}
        union all
        select ${next(
          'orders.ordered_by',
        )} from orders where orders.ordered_by is not null
      ) select ordered_by from orders where ordered_by is not null${end}`,
      upTo === undefined ? [after] : [after, upTo],
    );
  }

  async #claim(
    options: { lease: Lease; now: string; limit: number },
    orders: () => Knex.Raw,
  ): Promise<Delivery[]> {
    const { lease, now, limit } = options;
    const candidate = `select candidate.id from ${TABLE} as candidate
      where candidate.id = (
        select oldest.id from ${TABLE} as oldest
        where oldest.${UNFINISHED} and oldest.ordered_by = orders.ordered_by
        order by oldest.id limit 1
      )
      and (
        candidate.state = 'received'
        or (candidate.state = 'failed' and candidate.next_attempt_at <= ?)
        or (candidate.state = 'processing' and candidate.lease_until < ?)
      )
      and not exists (
        select 1 from ${TABLE} as newer
        where newer.${PROCESSING} and newer.ordered_by = orders.ordered_by
        and newer.id > candidate.id and newer.lease_until >= ?
      )`;
    // One that was replayed comes before those that were received after it, hence "newer".
    // SQLite has one writer at a time, so that nothing has to be locked there.
    const due = this.#isPostgres
      ? this.#db.raw(
          `select due.id from (?) as orders cross join lateral (${candidate} for update of candidate skip locked) as due limit ?`,
          [orders(), now, now, now, limit],
        )
      : this.#db.raw(
          `select id from (select (${candidate}) as id from (?) as orders) as due where id is not null limit ?`,
          [now, now, now, orders(), limit],
        );
    // Materialized, or PostgreSQL may find other rows for each that it updates
    const rows = await this.#db<DeliveryRow>(TABLE)
      .withMaterialized('claimable', due)
      .whereIn('id', this.#db.select('id').from('claimable'))
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
    at: string,
  ): Promise<boolean> {
    const again = 'nextAttemptAt' in result;
    const settle = async (db: Knex) => {
      const settled = await this.#transition(
        db,
        result.transition,
        // The same owner may have taken it over from itself
        { id: delivery.id, lease_owner: owner, attempts: delivery.attempts },
        {
          next_attempt_at: again ? result.nextAttemptAt : null,
          error: 'error' in result ? withoutNul(result.error) : null,
          settled_at: again ? null : at,
          ...(result.transition === 'postpone' && {
            attempts: delivery.attempts - 1,
          }),
        },
      );
      return settled !== undefined;
    };
    const effects = result.transition === 'finish' ? result.effects : [];
    if (effects.length === 0) {
      return settle(this.#db);
    }
    return this.#db.transaction(async tx => {
      const settled = await settle(tx);
      if (settled) {
        await this.#addEffects(tx, delivery, effects, at);
      }
      return settled;
    });
  }

  async #addEffects(
    db: Knex,
    { id }: Delivery,
    effects: ChangeEffect[],
    at: string,
  ): Promise<void> {
    await db<EffectRow>(EFFECTS).insert(
      effects.map(({ text, entityRef }) => ({
        delivery: id,
        at,
        text: withoutNul(text),
        entity_ref: entityRef ?? null,
      })),
    );
  }

  async replay(deliveryId: string): Promise<Delivery> {
    const replayed = await this.#transition(
      this.#db,
      'replay',
      { delivery_id: deliveryId },
      { attempts: 0, next_attempt_at: null, settled_at: null },
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

  async replayMatching(
    query: Omit<DeliveryQuery, 'offset' | 'limit'>,
    limit: number,
  ): Promise<{
    replayed: number;
    refused: { deliveryId: string; state: DeliveryState }[];
  }> {
    const { from, to } = DELIVERY_TRANSITIONS.replay;
    const refused: Pick<DeliveryRow, 'delivery_id' | 'state'>[] =
      await this.#matching(query)
        .select('delivery_id', 'state')
        .whereNotIn('state', [...from])
        .orderBy('id')
        .limit(REFUSED_LIMIT);
    const replayed = await this.#db<DeliveryRow>(TABLE)
      .whereIn(
        'id',
        this.#matching(query)
          .select('id')
          .whereIn('state', [...from])
          .orderBy('id')
          .limit(limit),
      )
      .whereIn('state', [...from])
      .update({
        state: to,
        attempts: 0,
        next_attempt_at: null,
        settled_at: null,
      });
    return {
      replayed,
      refused: refused.map(row => ({
        deliveryId: row.delivery_id,
        state: row.state,
      })),
    };
  }

  async list(query: DeliveryQuery): Promise<DeliveryList> {
    const count = async <Column extends 'state' | 'event'>(
      column: Column,
      of: DeliveryQuery,
    ) => {
      const rows: (Pick<DeliveryRow, Column> & { count: number | string })[] =
        await this.#matching(of)
          .select(column)
          .count({ count: '*' })
          .groupBy(column)
          .orderBy(column);
      return rows.map(row => ({ ...row, count: Number(row.count) }));
    };
    const [rows, states, events, [total]] = await Promise.all([
      this.#matching(query)
        .select<SummaryRow[]>(SUMMARY_COLUMNS)
        .orderBy('id', 'desc')
        .offset(query.offset ?? 0)
        .limit(query.limit ?? DEFAULT_LIMIT),
      count('state', { ...query, state: undefined }),
      count('event', { ...query, event: undefined }),
      this.#matching(query).count({ count: '*' }),
    ]);
    return {
      items: rows.map(toSummary),
      totalItems: Number(total.count),
      states,
      events,
    };
  }

  async get(deliveryId: string): Promise<Delivery | undefined> {
    const row = await this.#find(deliveryId);
    return row && toDelivery(row);
  }

  async getDetails(deliveryId: string): Promise<DeliveryDetails | undefined> {
    const row = await this.#find(deliveryId);
    if (!row) {
      return undefined;
    }
    const effects = await this.#db<EffectRow>(EFFECTS)
      .where('delivery', row.id)
      .orderBy('id');
    return toDetails(
      row,
      effects.map(({ at, text, entity_ref: entityRef }) => ({
        at,
        text,
        ...(entityRef !== null && { entityRef }),
      })),
    );
  }

  async findKnown(deliveryIds: string[]): Promise<Set<string>> {
    const known = new Set<string>();
    for (
      let start = 0;
      start < deliveryIds.length;
      start += IDS_PER_STATEMENT
    ) {
      const rows = await this.#db<DeliveryRow>(TABLE)
        .select('delivery_id')
        .whereIn(
          'delivery_id',
          deliveryIds.slice(start, start + IDS_PER_STATEMENT),
        );
      rows.forEach(row => known.add(row.delivery_id));
    }
    return known;
  }

  async clean(options: {
    finishedBefore: string;
    deadBefore: string;
    limit: number;
  }): Promise<number> {
    const { finishedBefore, deadBefore, limit } = options;
    return this.#db.transaction<number>(async tx => {
      const old = await tx<DeliveryRow>(TABLE)
        .select('id')
        .where(finished =>
          finished
            .whereIn('state', ['done', 'ignored'])
            .andWhere('settled_at', '<', finishedBefore),
        )
        .orWhere(dead =>
          dead.where('state', 'dead').andWhere('settled_at', '<', deadBefore),
        )
        .limit(Math.min(limit, IDS_PER_STATEMENT));
      const ids = old.map(({ id }) => id);
      await tx<EffectRow>(EFFECTS).whereIn('delivery', ids).delete();
      const deleted: number = await tx(TABLE).whereIn('id', ids).delete();
      return deleted;
    });
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

  async #find(deliveryId: string): Promise<DeliveryRow | undefined> {
    return this.#db<DeliveryRow>(TABLE)
      .where('delivery_id', deliveryId)
      .first();
  }

  #matching(query: DeliveryQuery): Knex.QueryBuilder<DeliveryRow> {
    const matching = this.#db<DeliveryRow>(TABLE);
    matchDeliveries(matching, query, { isPostgres: this.#isPostgres });
    return matching;
  }

  async #transition(
    db: Knex,
    transition: DeliveryTransition,
    where: Partial<DeliveryRow>,
    changes: Partial<DeliveryRow>,
  ): Promise<Delivery | undefined> {
    const { from, to } = DELIVERY_TRANSITIONS[transition];
    const [row] = await db<DeliveryRow>(TABLE)
      .where(where)
      .whereIn('state', [...from])
      .update({ ...changes, state: to, lease_owner: null, lease_until: null })
      .returning('*');
    return row && toDelivery(row);
  }
}

/** PostgreSQL stores every character but this one. */
function withoutNul(text: string): string {
  return text.replaceAll('\0', '');
}
