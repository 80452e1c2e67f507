import type { Knex } from 'knex';
import { DELIVERIES_TABLE, type DeliveryRow } from './deliveryRow';
import type { HookOwner, HookRecord, HookStore } from './HookStore';

interface HookRow extends HookOwner {
  hook_id: string | null;
  url: string | null;
  state: HookRecord['state'];
  problems: string;
  checked_at: string | null;
  mismatch_at: string | null;
  secret_set_at: string | null;
  reconciled_at: string | null;
  reconciled_until: string | null;
  reconcile_found: number | null;
  lease_owner: string | null;
  lease_until: string | null;
}

const TABLE = 'delivery_hooks';

/** Webhooks in the plugin's own database. */
export class DatabaseHookStore implements HookStore {
  readonly #db: Knex;

  /** @param db - with the plugin's migrations run */
  constructor(db: Knex) {
    this.#db = db;
  }

  async get(owner: HookOwner): Promise<HookRecord | undefined> {
    const row = await this.#db<HookRow>(TABLE).where(keyOf(owner)).first();
    return (
      row && {
        hookId: row.hook_id ?? undefined,
        url: row.url ?? undefined,
        state: row.state,
        problems: JSON.parse(row.problems),
        checkedAt: row.checked_at ?? undefined,
        mismatchAt: row.mismatch_at ?? undefined,
        secretSetAt: row.secret_set_at ?? undefined,
        reconciledAt: row.reconciled_at ?? undefined,
        reconciledUntil: row.reconciled_until ?? undefined,
        reconcileFound: row.reconcile_found ?? undefined,
      }
    );
  }

  async save(owner: HookOwner, changes: Partial<HookRecord>): Promise<void> {
    const row: Partial<HookRow> = {};
    if ('hookId' in changes) {
      row.hook_id = changes.hookId ?? null;
    }
    if ('url' in changes) {
      row.url = changes.url ?? null;
    }
    if (changes.state) {
      row.state = changes.state;
    }
    if (changes.problems) {
      row.problems = JSON.stringify(changes.problems);
    }
    if (changes.checkedAt) {
      row.checked_at = changes.checkedAt;
    }
    if (changes.secretSetAt) {
      row.secret_set_at = changes.secretSetAt;
    }
    if (changes.reconciledAt) {
      row.reconciled_at = changes.reconciledAt;
    }
    if (changes.reconciledUntil) {
      row.reconciled_until = changes.reconciledUntil;
    }
    if (changes.reconcileFound !== undefined) {
      row.reconcile_found = changes.reconcileFound;
    }
    await this.#ensure(owner);
    await this.#db<HookRow>(TABLE).where(keyOf(owner)).update(row);
  }

  async getLastDelivery(
    hookId: string,
  ): Promise<{ at: string; event: string } | undefined> {
    const row = await this.#db<DeliveryRow>(DELIVERIES_TABLE)
      .select('received_at', 'event')
      .where({ hook_id: hookId, origin: 'webhook' })
      .orderBy('id', 'desc')
      .first();
    return row && { at: row.received_at, event: row.event };
  }

  async lease(
    owner: HookOwner,
    lease: { by: string; now: string; until: string },
  ): Promise<boolean> {
    await this.#ensure(owner);
    const leased: number = await this.#db<HookRow>(TABLE)
      .where(keyOf(owner))
      .andWhere(free =>
        free.whereNull('lease_until').orWhere('lease_until', '<', lease.now),
      )
      .update({ lease_owner: lease.by, lease_until: lease.until });
    return leased === 1;
  }

  async release(owner: HookOwner, by: string): Promise<void> {
    await this.#db<HookRow>(TABLE)
      .where({ ...keyOf(owner), lease_owner: by })
      .update({ lease_owner: null, lease_until: null });
  }

  async #ensure(owner: HookOwner): Promise<void> {
    await this.#db<HookRow>(TABLE)
      .insert({ ...keyOf(owner), state: 'unknown', problems: '[]' })
      .onConflict(['host', 'organization'])
      .ignore();
  }
}

/** GitHub makes no difference of case in logins. */
function keyOf({ host, organization }: HookOwner): HookOwner {
  return { host, organization: organization.toLocaleLowerCase('en-US') };
}
