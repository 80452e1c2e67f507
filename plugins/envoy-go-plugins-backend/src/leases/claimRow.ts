import type { Knex } from 'knex';

/** The columns of a table whose rows are leased to workers. */
export interface LeaseColumns {
  /** How often it was leased. */
  claims: number;
  lease_owner: string | null;
  /** ISO 8601, UTC; so are all times. */
  lease_until: string | null;
  /** Not before that; null where nothing has to be waited for. */
  next_attempt_at: string | null;
}

/** Who has a row, unlike any who had it before. */
export interface Lease {
  owner: string;
  claim: number;
}

/**
 * Leases one row that is due and nobody else's, for a while.
 *
 * @param options - `key`: the column that tells rows apart; `among`: the rows that come into
 * question, in the order in which they are taken
 */
export async function claimRow<Row extends LeaseColumns>(
  db: Knex,
  options: {
    table: string;
    key: string & keyof Row;
    among: (rows: Knex.QueryBuilder) => void;
    owner: string;
    now: string;
    until: string;
  },
): Promise<{ row: Row; lease: Lease } | undefined> {
  const { table, key, owner, now, until } = options;
  return db.transaction(async tx => {
    const rows = tx(table)
      .where(free =>
        free.whereNull('lease_until').orWhere('lease_until', '<', now),
      )
      .andWhere(due =>
        due.whereNull('next_attempt_at').orWhere('next_attempt_at', '<=', now),
      )
      .modify(options.among)
      .first('*');
    const row: Row | undefined = await (db.client.config.client === 'pg'
      ? rows.forUpdate().skipLocked()
      : rows);
    if (!row) {
      return undefined;
    }
    const claim = row.claims + 1;
    const taken = await tx(table)
      .where({ [key]: row[key], claims: row.claims })
      .update({
        claims: claim,
        lease_owner: owner,
        lease_until: until,
        next_attempt_at: null,
      });
    return taken === 1 ? { row, lease: { owner, claim } } : undefined;
  });
}
