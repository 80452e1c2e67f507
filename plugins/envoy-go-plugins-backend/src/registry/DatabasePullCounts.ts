import type { Knex } from 'knex';
import type { Pull, PullCounts } from './PullCounts';

interface PullRow {
  repository: string;
  digest: string;
  tag: string;
  pulls: number;
  last_pulled_at: string;
}

/**
 * How long events are remembered, in milliseconds. A registry tells of one again when it got
 * no answer, which it does while it runs and the portal does not.
 */
const REMEMBER_EVENTS_MS = 30 * 24 * 60 * 60_000;

/** Pulls in the plugin's own database, each counted once however often it is told of. */
export class DatabasePullCounts implements PullCounts {
  readonly #db: Knex;
  readonly #now: () => Date;

  /** @param options - `db`: with the plugin's migrations run */
  constructor(options: { db: Knex; now: () => Date }) {
    this.#db = options.db;
    this.#now = options.now;
  }

  /** Counts those pulls whose event was not counted yet, all or none. */
  async add(pulls: Pull[]): Promise<void> {
    const now = this.#now().toISOString();
    // In one order, so that two who tell of the same wait for each other in turn
    const ordered = pulls.toSorted((a, b) =>
      keyOf(a).localeCompare(keyOf(b), 'en-US'),
    );
    await this.#db.transaction(async tx => {
      for (const pull of ordered) {
        const inserted = await tx('registry_events')
          .insert({ id: pull.eventId, counted_at: now })
          .onConflict('id')
          .ignore()
          .returning('id');
        if (inserted.length > 0) {
          await tx<PullRow>('registry_pulls')
            .insert({
              repository: pull.repository,
              digest: pull.digest,
              tag: pull.tag ?? '',
              pulls: 1,
              last_pulled_at: pull.at.toISOString(),
            })
            .onConflict(['repository', 'digest', 'tag'])
            .merge({
              pulls: tx.raw('registry_pulls.pulls + 1'),
              last_pulled_at: pull.at.toISOString(),
            });
        }
      }
    });
  }

  async count(repository: string, digest: string): Promise<number> {
    return (await this.countAll(repository)).get(digest) ?? 0;
  }

  async countAll(repository: string): Promise<Map<string, number>> {
    const rows = await this.#db<PullRow>('registry_pulls')
      .where('repository', withoutHost(repository))
      .groupBy('digest')
      .select('digest')
      .sum({ pulls: 'pulls' });
    return new Map(rows.map(row => [row.digest, Number(row.pulls)]));
  }

  /** Forgets events of which no registry tells again. */
  async clean(): Promise<void> {
    const before = new Date(this.#now().getTime() - REMEMBER_EVENTS_MS);
    await this.#db('registry_events')
      .where('counted_at', '<', before.toISOString())
      .delete();
  }
}

/** Where the registry does not tell of pulls. */
export const noPullCounts: PullCounts = {
  count: async () => undefined,
  countAll: async () => undefined,
};

function keyOf(pull: Pull): string {
  return `${pull.repository} ${pull.digest} ${pull.tag ?? ''} ${pull.eventId}`;
}

function withoutHost(repository: string): string {
  return repository.slice(repository.indexOf('/') + 1);
}
