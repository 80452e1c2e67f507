import type { BuildRunner } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { Knex } from 'knex';
import type { RunnerRegister, RunnerStore } from './RunnerStore';

interface RunnerRow {
  name: string;
  replica: string;
  version: string;
  hostname: string;
  platforms: string;
  go: string;
  isolation: string;
  concurrency: number;
  builds: string;
  connected_at: string;
  seen_at: string;
  lost_at: string | null;
}

const TABLE = 'build_runners';

/** How often a replica has to say that its runners are there, in milliseconds. */
export const BEAT_MS = 10_000;
/** Silence of a replica after which its runners are lost. */
const LOST_AFTER_MS = 4 * BEAT_MS;
/** So long a runner that is lost is shown. */
const FORGET_AFTER_MS = 7 * 24 * 60 * 60_000;

/** Runners in the plugin's own database. */
export class DatabaseRunnerStore implements RunnerStore, RunnerRegister {
  readonly #db: Knex;
  readonly #replica: string;
  readonly #now: () => number;

  /** @param options - `db`: with the plugin's migrations run; `replica`: id of this one */
  constructor(options: { db: Knex; replica: string; now: () => number }) {
    this.#db = options.db;
    this.#replica = options.replica;
    this.#now = options.now;
  }

  async list(): Promise<BuildRunner[]> {
    const rows = await this.#db<RunnerRow>(TABLE).select().orderBy('name');
    const alive = this.#ago(LOST_AFTER_MS);
    const runners = rows.map(row => toRunner(row, alive));
    return [
      ...runners.filter(({ state }) => state === 'connected'),
      ...runners.filter(({ state }) => state === 'lost'),
    ];
  }

  async hasRunners(): Promise<boolean> {
    const row = await this.#db<RunnerRow>(TABLE)
      .select('name')
      .whereNull('lost_at')
      .andWhere('seen_at', '>', this.#ago(LOST_AFTER_MS))
      .first();
    return row !== undefined;
  }

  async save(runner: BuildRunner): Promise<void> {
    await this.#db<RunnerRow>(TABLE)
      .insert(this.#toRow(runner))
      .onConflict('name')
      .merge();
  }

  async lose(name: string): Promise<void> {
    await this.#db<RunnerRow>(TABLE)
      .where({ name, replica: this.#replica })
      .update({ builds: '[]', lost_at: this.#ago(0) });
  }

  async beat(runners: BuildRunner[]): Promise<void> {
    for (const runner of runners) {
      await this.save(runner);
    }
    // Of an earlier process with this id, and those that went while nothing could be written
    await this.#db<RunnerRow>(TABLE)
      .where({ replica: this.#replica })
      .whereNull('lost_at')
      .whereNotIn(
        'name',
        runners.map(({ name }) => name),
      )
      .update({ builds: '[]', lost_at: this.#ago(0) });
    await this.#db<RunnerRow>(TABLE)
      .where('seen_at', '<', this.#ago(FORGET_AFTER_MS))
      .delete();
  }

  #toRow(runner: BuildRunner): RunnerRow {
    return {
      name: runner.name,
      replica: this.#replica,
      version: runner.version,
      hostname: runner.hostname,
      platforms: JSON.stringify(runner.platforms),
      go: JSON.stringify(runner.go),
      isolation: JSON.stringify(runner.isolation),
      concurrency: runner.concurrency,
      builds: JSON.stringify(runner.builds),
      connected_at: runner.connectedAt,
      seen_at: this.#ago(0),
      lost_at: null,
    };
  }

  #ago(milliseconds: number): string {
    return new Date(this.#now() - milliseconds).toISOString();
  }
}

/** @param alive - seen before it means lost */
function toRunner(row: RunnerRow, alive: string): BuildRunner {
  const isConnected = row.lost_at === null && row.seen_at > alive;
  return {
    name: row.name,
    version: row.version,
    state: isConnected ? 'connected' : 'lost',
    hostname: row.hostname,
    platforms: JSON.parse(row.platforms),
    go: JSON.parse(row.go),
    isolation: JSON.parse(row.isolation),
    concurrency: row.concurrency,
    builds: isConnected ? JSON.parse(row.builds) : [],
    connectedAt: row.connected_at,
    seenAt: row.seen_at,
  };
}
