import type { Knex } from 'knex';
import type { LeaseColumns } from '../leases';
import type { Notice } from './Notice';

/** A row of `notices`. */
export interface NoticeRow extends LeaseColumns {
  id: number | string;
  notice: string;
  at: string;
  failures: number;
}

export const NOTICES = 'notices';

/** Takes what somebody is to be told; within a transaction, together with what it tells of. */
export class NoticeOutbox {
  readonly #db: Knex | Knex.Transaction;
  readonly #now: () => Date;
  readonly #onAdded: () => void;

  /** @param options - `onAdded` is called once there is something to send */
  constructor(
    db: Knex | Knex.Transaction,
    options: { now: () => Date; onAdded: () => void },
  ) {
    this.#db = db;
    this.#now = options.now;
    this.#onAdded = options.onAdded;
  }

  /** They are sent in this order, soon, and however often this process is killed until then. */
  async add(...notices: Notice[]): Promise<void> {
    if (notices.length === 0) {
      return;
    }
    const at = this.#now().toISOString();
    await this.#db<NoticeRow>(NOTICES).insert(
      notices.map(notice => ({
        notice: JSON.stringify(notice),
        at,
        claims: 0,
        failures: 0,
      })),
    );
    if ('executionPromise' in this.#db) {
      // Not before others can see it; where it is rolled back there is nothing to send
      this.#db.executionPromise.then(this.#onAdded, () => {});
    } else {
      this.#onAdded();
    }
  }
}
