import { parseEntityRef } from '@backstage/catalog-model';
import { NotFoundError } from '@backstage/errors';
import {
  type AuditRecord,
  type Build,
  type BuildList,
  type BuildLogLine,
  type BuildLogPart,
  type BuildQuery,
  type BuildState,
  type BuildStepStatus,
  ENVOY_GO_PLUGIN_KIND,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { Knex } from 'knex';
import type { AuditRecordStore } from '../audit';
import type { Notices } from '../notices';
import { buildNotice } from './buildNotice';
import type { BuildOrder } from './BuildOrder';
import type {
  BuildAct,
  BuildFacts,
  BuildSettlement,
  BuildStore,
  LeasedBuild,
  PrintedLine,
  StoredBuild,
} from './BuildStore';
import {
  BUILD_TRANSITIONS,
  type BuildTransition,
  ENDED_STATES,
  HELD_STATES,
  allows,
  refusedTransition,
} from './BuildTransition';
import type { BuildViewer } from './Builds';
import { nameOfBuild } from './nameOfBuild';
import {
  type BuildLogRow,
  type BuildRow,
  type BuildStepRow,
  NO_FACTS,
  STORED_COLUMNS,
  factColumns,
  newBuildRow,
  pluginKeyOf,
  priorityOf,
  storable,
  summaryOf,
  toDetails,
  toStepRow,
  toStoredBuild,
} from './buildRow';

const BUILDS = 'builds';
const TURNS = 'build_turns';
const STEPS = 'build_steps';
const LOG = 'build_log';
const REPOSITORIES = 'build_repositories';

const DEFAULT_LIMIT = 25;

/** As many lines are in a row of the log at most. */
const LINES_PER_ROW = 500;

/**
 * So much of a build's log is kept, of all attempts together, in bytes. Runners cut each step
 * before; this keeps a broken one from filling the database.
 */
const LARGEST_LOG = 32 * 1024 * 1024;

/** What comes before `NAMESPACE/NAME` in entity refs of plugins. */
const REF_PREFIX = `${ENVOY_GO_PLUGIN_KIND.toLocaleLowerCase('en-US')}:`;

/** A line that is longer is cut, in characters. */
const LONGEST_LINE = 16 * 1024;

const NO_LEASE = { lease_owner: null, lease_until: null };

const NO_WISH = { cancel_actor: null, cancel_reason: null };

/** Ends for which nobody was looked after by a person. */
const OUTCOMES: Partial<Record<BuildTransition, AuditRecord['outcome']>> = {
  fail: 'failed',
  'give-up': 'failed',
};

/** What of these is no event worth a record: it goes on by itself. */
const UNRECORDED: readonly BuildTransition[] = [
  'begin',
  'publish',
  'postpone',
  'give-back',
];

/** Keeps builds in the plugin's own database, SQLite or PostgreSQL. */
export class DatabaseBuildStore implements BuildStore {
  readonly #db: Knex;
  readonly #isPostgres: boolean;
  readonly #recordIn: (transaction: Knex) => Pick<AuditRecordStore, 'add'>;
  readonly #noticesIn: Notices['outboxIn'];

  constructor(options: {
    /** With the plugin's migrations run. */
    db: Knex;
    /** The record, written within a transaction. */
    recordIn: (transaction: Knex) => Pick<AuditRecordStore, 'add'>;
    /** What somebody is to be told, written within a transaction. */
    noticesIn: Notices['outboxIn'];
  }) {
    this.#db = options.db;
    this.#isPostgres = options.db.client.config.client === 'pg';
    this.#recordIn = options.recordIn;
    this.#noticesIn = options.noticesIn;
  }

  async add(
    order: BuildOrder,
    { id, at, text }: { id: string; at: string; text: string },
    transaction?: Knex.Transaction,
  ): Promise<{ build: StoredBuild; created: boolean }> {
    if (!transaction) {
      return this.#db.transaction(tx => this.add(order, { id, at, text }, tx));
    }
    const row = newBuildRow(order, { id, at });
    await transaction<BuildRow>(BUILDS)
      .insert(row)
      .onConflict('order_key')
      .ignore();
    const stored = await transaction<BuildRow>(BUILDS)
      .where({ order_key: row.order_key })
      .first();
    if (!stored) {
      throw new Error(`The order ${row.order_key} was not stored`);
    }
    const created = stored.id === id;
    if (stored.priority > row.priority) {
      await transaction<BuildRow>(BUILDS)
        .where({ id: stored.id })
        .update({ priority: row.priority });
    }
    if (created) {
      await this.#tell(transaction, stored, 'order', {
        actor: row.requested_by,
        at,
        text,
      });
    }
    return { build: toStoredBuild(stored), created };
  }

  async get(id: string): Promise<StoredBuild> {
    return toStoredBuild(await this.#find(id));
  }

  async getDetails(id: string): Promise<Omit<Build, 'commitUrl'>> {
    const row = await this.#find(id);
    const steps = await this.#db<BuildStepRow>(STEPS)
      .where({ build: row.id })
      .orderBy('position');
    return toDetails(row, steps);
  }

  async list(query: BuildQuery, viewer?: BuildViewer): Promise<BuildList> {
    const { offset = 0, limit = DEFAULT_LIMIT, state = [] } = query;
    const matching = () => this.#matching(query, viewer);
    const ofStates = () =>
      state.length > 0 ? matching().whereIn('state', state) : matching();
    const [rows, [total], states] = await Promise.all([
      ofStates()
        .select(...STORED_COLUMNS)
        .orderByRaw(
          `case when state = 'queued' then 1 when ended_at is null then 0 else 2 end`,
        )
        .orderByRaw(`case when state = 'queued' then priority else 0 end`)
        .orderByRaw(`case when ended_at is null then queued_at else '' end`)
        .orderBy([{ column: 'ended_at', order: 'desc' }, { column: 'id' }])
        .offset(offset)
        .limit(limit),
      ofStates().count({ count: '*' }),
      matching()
        .select('state')
        .count({ count: '*' })
        .groupBy('state')
        .orderBy('state'),
    ]);
    return {
      items: rows.map(row => summaryOf(toStoredBuild(row))),
      totalItems: Number(total.count),
      states: states.map(each => ({
        state: each.state,
        count: Number(each.count),
      })),
    };
  }

  #matching(query: BuildQuery, viewer: BuildViewer | undefined) {
    const { text = '', kind = [], plugin } = query;
    const rows = this.#db<BuildRow>(BUILDS);
    for (const word of text.toLocaleLowerCase('en-US').split(/\s+/)) {
      if (word) {
        const pattern = `%${storable(word).replace(/[\\%_]/g, '\\$&')}%`;
        rows.whereRaw(
          `(search_text like ? escape '\\' or lower(runner) like ? escape '\\')`,
          [pattern, pattern],
        );
      }
    }
    if (kind.length > 0) {
      rows.whereIn('kind', kind);
    }
    if (plugin !== undefined) {
      rows.where('plugin', storable(plugin).toLocaleLowerCase('en-US'));
    }
    if (viewer) {
      const { hidden, known, requestsOf } = viewer;
      rows.where(shown =>
        shown
          .where(released =>
            released
              .whereNot('kind', 'request')
              .whereNotIn('plugin', hidden.map(pluginOfRef))
              .where(there => {
                if (known) {
                  there.whereRaw('? || plugin in ?', [
                    REF_PREFIX,
                    known.clone(),
                  ]);
                }
              }),
          )
          .orWhere(request => {
            request.where('kind', 'request');
            if (requestsOf !== undefined) {
              request.where(
                'requested_by',
                requestsOf.toLocaleLowerCase('en-US'),
              );
            }
          }),
      );
    }
    return rows;
  }

  async log(
    id: string,
    { after, limit }: { after: number; limit: number },
  ): Promise<BuildLogPart> {
    // First the state: what is printed until it ends is there then
    const row = await this.#find(id);
    const rows = await this.#db<BuildLogRow>(LOG)
      .where({ build: row.id })
      .andWhere('last_line', '>', after)
      .andWhere('first_line', '<=', after + limit)
      .orderBy('first_line');
    const lines = rows
      .flatMap(toLines)
      .filter(({ number }) => number > after && number <= after + limit);
    return {
      lines,
      last: lines.at(-1)?.number ?? after,
      open:
        !ENDED_STATES.includes(row.state) ||
        (lines.at(-1)?.number ?? after) < row.log_lines,
    };
  }

  async listReleases(repository: {
    host: string;
    repositoryId: number;
  }): Promise<number[]> {
    const { host, repositoryId } = repository;
    const rows = await this.#db<BuildRow>(BUILDS)
      .where({ host, repository_id: repositoryId })
      .whereNotNull('release_id')
      .distinct('release_id');
    return rows.map(row => Number(row.release_id));
  }

  async listUnfinished(release: {
    host: string;
    repositoryId: number;
    releaseId: number;
  }): Promise<StoredBuild[]> {
    const rows = await this.#db<BuildRow>(BUILDS)
      .where({
        host: release.host,
        repository_id: release.repositoryId,
        release_id: release.releaseId,
      })
      .whereNotIn('state', ENDED_STATES);
    return rows.map(toStoredBuild);
  }

  async followedSince(
    repository: { host: string; repositoryId: number },
    now: string,
  ): Promise<string> {
    const { host, repositoryId } = repository;
    const key = { host, repository_id: repositoryId };
    const find = () => this.#db(REPOSITORIES).where(key).first('since');
    const known = await find();
    if (known) {
      return known.since;
    }
    await this.#db(REPOSITORIES)
      .insert({ ...key, since: now })
      .onConflict(['host', 'repository_id'])
      .ignore();
    return (await find()).since;
  }

  async cancel(
    id: string,
    act: BuildAct & { reason?: string },
  ): Promise<StoredBuild> {
    return this.#db.transaction(async tx => {
      const row = await this.#lock(tx, id);
      if (!allows('cancel', row.state)) {
        throw refusedTransition('cancel', row.state);
      }
      if (row.lease_until !== null && row.lease_until >= act.at) {
        if (row.cancel_actor === null) {
          const wish = {
            cancel_actor: act.actor,
            cancel_reason: storable(act.reason),
          };
          await tx<BuildRow>(BUILDS).where({ id: row.id }).update(wish);
          await this.#tell(tx, row, 'cancel', act, row.state);
        }
        return toStoredBuild(row);
      }
      return this.#move(tx, row, 'cancel', act, {
        reason: storable(act.reason),
      });
    });
  }

  async retry(id: string, act: BuildAct): Promise<StoredBuild> {
    return this.#db.transaction(async tx => {
      const row = await this.#lock(tx, id);
      if (!allows('retry', row.state)) {
        throw refusedTransition('retry', row.state);
      }
      return this.#move(tx, row, 'retry', act, {
        queued_at: act.at,
        // Somebody waits for it now
        priority: priorityOf(row),
        tries: 0,
        reason: null,
        log_removed_at: null,
      });
    });
  }

  async claim(options: {
    owner: string;
    now: string;
    until: string;
  }): Promise<LeasedBuild | undefined> {
    const { owner, now, until } = options;
    return this.#db.transaction(async tx => {
      const due = tx<BuildRow>(BUILDS)
        .leftJoin(TURNS, `${TURNS}.plugin`, `${BUILDS}.plugin`)
        .where(`${BUILDS}.state`, 'queued')
        .andWhere(time =>
          time
            .whereNull(`${BUILDS}.next_attempt_at`)
            .orWhere(`${BUILDS}.next_attempt_at`, '<=', now),
        )
        .orderBy(`${BUILDS}.priority`)
        .orderBy(
          tx(`${BUILDS} as others`)
            .whereRaw('others.plugin = builds.plugin')
            .whereIn('others.state', HELD_STATES)
            .count('*'),
        )
        .orderByRaw(`coalesce(${TURNS}.served_at, '')`)
        .orderBy([
          { column: `${BUILDS}.queued_at` },
          { column: `${BUILDS}.id` },
        ])
        .first(`${BUILDS}.*`);
      const row: BuildRow | undefined = await (this.#isPostgres
        ? due.forUpdate(BUILDS).skipLocked()
        : due);
      if (!row) {
        return undefined;
      }
      const claim = row.claims + 1;
      const changes = {
        ...NO_FACTS,
        state: BUILD_TRANSITIONS.begin.to,
        claims: claim,
        attempts: row.attempts + 1,
        tries: row.tries + 1,
        lease_owner: owner,
        lease_until: until,
        next_attempt_at: null,
        started_at: now,
        reason: null,
      };
      const taken = await tx<BuildRow>(BUILDS)
        .where({ id: row.id, claims: row.claims, state: 'queued' })
        .update(changes);
      if (taken !== 1) {
        return undefined;
      }
      await tx(TURNS)
        .insert({ plugin: row.plugin, served_at: now })
        .onConflict('plugin')
        .merge();
      await tx(STEPS).where({ build: row.id }).delete();
      return {
        ...toStoredBuild({ ...row, ...changes }),
        lease: { owner, claim },
      };
    });
  }

  async renew(build: LeasedBuild, until: string): Promise<boolean> {
    const { owner, claim } = build.lease;
    const changed = await this.#db<BuildRow>(BUILDS)
      .where({ id: build.id, lease_owner: owner, claims: claim })
      .update({ lease_until: until });
    return changed === 1;
  }

  async listToCancel(
    ids: string[],
  ): Promise<{ id: string; actor: string; reason?: string }[]> {
    const rows = await this.#db<BuildRow>(BUILDS)
      .whereIn('id', ids)
      .whereNotNull('cancel_actor')
      .select('id', 'cancel_actor', 'cancel_reason');
    return rows.map(row => ({
      id: row.id,
      actor: row.cancel_actor ?? 'system',
      reason: row.cancel_reason ?? undefined,
    }));
  }

  async progress(
    build: LeasedBuild,
    progress: {
      runner?: string;
      steps: BuildStepStatus[];
      lines: PrintedLine[];
    },
  ): Promise<boolean> {
    const { runner, steps, lines } = progress;
    return this.#whileMine(build, async (tx, row) => {
      await this.#saveSteps(tx, row.id, steps);
      const written = await appendLines(tx, row, lines);
      if (runner !== undefined || written.log_lines !== row.log_lines) {
        await tx<BuildRow>(BUILDS)
          .where({ id: row.id })
          .update({
            ...written,
            ...(runner !== undefined && { runner: storable(runner) }),
          });
      }
    });
  }

  async #saveSteps(
    tx: Knex,
    build: string,
    steps: BuildStepStatus[],
  ): Promise<void> {
    if (steps.length === 0) {
      return;
    }
    const known = await tx<BuildStepRow>(STEPS)
      .where({ build })
      .select('name', 'position');
    const positions = new Map(known.map(each => [each.name, each.position]));
    for (const step of steps) {
      const name = storable(step.name);
      const position = positions.get(name) ?? positions.size;
      positions.set(name, position);
      await tx<BuildStepRow>(STEPS)
        .insert(toStepRow(build, step, position))
        .onConflict(['build', 'name'])
        .merge();
    }
  }

  async beginPublishing(
    build: LeasedBuild,
    change: { at: string; facts: BuildFacts },
  ): Promise<'begun' | 'occupied' | 'lost'> {
    let occupied = false;
    const isMine = await this.#whileMine(build, async (tx, row) => {
      // Of two that want to at the same time one waits here for the other
      const turn = tx(TURNS).where({ plugin: row.plugin }).first('plugin');
      await (this.#isPostgres ? turn.forUpdate() : turn);
      const other = await tx<BuildRow>(BUILDS)
        .where({ plugin: row.plugin, state: 'publishing' })
        .whereNot({ id: row.id })
        .first('id');
      if (other) {
        occupied = true;
        return;
      }
      await this.#move(
        tx,
        row,
        'publish',
        { actor: 'system', at: change.at, text: 'Began to publish' },
        factColumns(change.facts),
      );
    });
    return (!isMine && 'lost') || (occupied ? 'occupied' : 'begun');
  }

  async settle(
    build: LeasedBuild,
    settlement: BuildSettlement,
    act: BuildAct,
  ): Promise<boolean> {
    const { transition, reason, facts = {}, nextAttemptAt } = settlement;
    return this.#whileMine(build, async (tx, row) => {
      if (!allows(transition, row.state)) {
        throw refusedTransition(transition, row.state);
      }
      await this.#move(tx, row, transition, act, {
        ...factColumns(facts),
        reason: storable(reason),
        next_attempt_at: nextAttemptAt ?? null,
        // It was not the build's doing
        ...(transition === 'give-back' && {
          attempts: row.attempts - 1,
          tries: row.tries - 1,
        }),
      });
    });
  }

  async recover(options: {
    now: string;
    mostTries: number;
  }): Promise<StoredBuild[]> {
    const { now, mostTries } = options;
    const lost = await this.#db<BuildRow>(BUILDS)
      .whereIn('state', HELD_STATES)
      .andWhere('lease_until', '<', now)
      .select('id', 'claims');
    const recovered: StoredBuild[] = [];
    for (const { id, claims } of lost) {
      await this.#db.transaction(async tx => {
        const row = await this.#lock(tx, id);
        const isLost =
          row.claims === claims &&
          HELD_STATES.includes(row.state) &&
          row.lease_until !== null &&
          row.lease_until < now;
        if (isLost) {
          recovered.push(await this.#recover(tx, row, { now, mostTries }));
        }
      });
    }
    return recovered;
  }

  async #recover(
    tx: Knex,
    row: BuildRow,
    { now, mostTries }: { now: string; mostTries: number },
  ): Promise<StoredBuild> {
    const act = { actor: 'system', at: now };
    const name = nameOfBuild(toStoredBuild(row));
    if (row.cancel_actor !== null) {
      return this.#move(
        tx,
        row,
        'cancel',
        {
          ...act,
          actor: row.cancel_actor,
          text: `Cancelled the build of ${name}`,
        },
        { reason: row.cancel_reason },
      );
    }
    const reason = 'The backend that had it went away before it was over';
    return row.tries < mostTries
      ? this.#move(
          tx,
          row,
          'postpone',
          { ...act, text: reason },
          { reason, next_attempt_at: null },
        )
      : this.#move(
          tx,
          row,
          'give-up',
          { ...act, text: `Could not build ${name}: ${reason}` },
          { reason: row.tries > 1 ? `${reason}, ${row.tries} times` : reason },
        );
  }

  async removeLogs(options: {
    endedBefore: string;
    at: string;
    limit: number;
  }): Promise<number> {
    const { endedBefore, at, limit } = options;
    return this.#db.transaction(async tx => {
      const old = tx<BuildRow>(BUILDS)
        .where('ended_at', '<', endedBefore)
        .andWhere('log_lines', '>', 0)
        .orderBy('ended_at')
        .limit(limit)
        .select('id');
      // Nobody may have one built once more meanwhile
      const rows = await (this.#isPostgres
        ? old.forUpdate().skipLocked()
        : old);
      const ids = rows.map(({ id }) => id);
      if (ids.length === 0) {
        return 0;
      }
      await tx<BuildLogRow>(LOG).whereIn('build', ids).delete();
      await tx<BuildRow>(BUILDS)
        .whereIn('id', ids)
        .update({ log_lines: 0, log_bytes: 0, log_removed_at: at });
      await this.#recordIn(tx).add({
        at,
        actor: 'system',
        action: 'build.remove-logs',
        subject: 'builds',
        outcome: 'succeeded',
        message: `Removed the logs of builds that ended before ${endedBefore}`,
        details: { builds: ids.join(' ') },
      });
      return ids.length;
    });
  }

  /** The one place that changes a state, but for `begin`, which takes a lease with it. */
  async #move(
    tx: Knex,
    row: BuildRow,
    transition: Exclude<BuildTransition, 'begin'>,
    act: BuildAct,
    changes: Partial<BuildRow>,
  ): Promise<StoredBuild> {
    const to: BuildState = BUILD_TRANSITIONS[transition].to;
    const all: Partial<BuildRow> = {
      state: to,
      ended_at: ENDED_STATES.includes(to) ? act.at : null,
      ...(to !== 'publishing' && { ...NO_LEASE, ...NO_WISH }),
      ...changes,
    };
    await tx<BuildRow>(BUILDS).where({ id: row.id }).update(all);
    if (!HELD_STATES.includes(to)) {
      await endSteps(tx, row.id, act.at);
    }
    const isRecorded = transition === 'cancel' && row.cancel_actor !== null;
    if (!isRecorded && !UNRECORDED.includes(transition)) {
      await this.#tell(tx, row, transition, act, to);
    }
    const build = toStoredBuild({ ...row, ...all });
    const notice = buildNotice({
      ...build,
      image: all.image ?? undefined,
    });
    if (notice) {
      await this.#noticesIn(tx).add(notice);
    }
    return build;
  }

  /** Into the record, as the last thing of a transaction. */
  async #tell(
    tx: Knex,
    row: BuildRow,
    what: BuildTransition | 'order',
    act: BuildAct,
    after?: BuildState,
  ): Promise<void> {
    const { actor, at, text } = act;
    const build = toStoredBuild(row);
    await this.#recordIn(tx).add({
      at,
      actor,
      action: `build.${what}`,
      subject: build.repository,
      outcome: OUTCOMES[what === 'order' ? 'begin' : what] ?? 'succeeded',
      message: text,
      details: {
        build: build.id,
        kind: build.kind,
        commit: build.commit,
        ...(build.tag !== undefined && { tag: build.tag }),
      },
      ...(what !== 'order' && { before: { state: row.state } }),
      ...(after !== undefined && { after: { state: after } }),
    });
  }

  async #find(id: string): Promise<BuildRow> {
    const row = await this.#db<BuildRow>(BUILDS)
      .where({ id: storable(id) })
      .first();
    return row ?? noSuchBuild(id);
  }

  /** For the rest of the transaction. */
  async #lock(tx: Knex, id: string): Promise<BuildRow> {
    const rows = tx<BuildRow>(BUILDS)
      .where({ id: storable(id) })
      .first();
    const row = await (this.#isPostgres ? rows.forUpdate() : rows);
    return row ?? noSuchBuild(id);
  }

  async #whileMine(
    build: LeasedBuild,
    change: (tx: Knex, row: BuildRow) => Promise<void>,
  ): Promise<boolean> {
    return this.#db.transaction(async tx => {
      const row = await this.#lock(tx, build.id);
      const isMine =
        row.lease_owner === build.lease.owner &&
        row.claims === build.lease.claim;
      if (isMine) {
        await change(tx, row);
      }
      return isMine;
    });
  }
}

function noSuchBuild(id: string): never {
  throw new NotFoundError(`There is no build ${id}`);
}

/** As {@link pluginKeyOf}, of the ref of its entity. */
function pluginOfRef(entityRef: string): string {
  return pluginKeyOf(parseEntityRef(entityRef));
}

function toLines(row: BuildLogRow): BuildLogLine[] {
  const lines: [step: string, text: string][] = JSON.parse(row.lines);
  return lines.map(([step, text], index) => ({
    number: row.first_line + index,
    step,
    text,
  }));
}

/** @returns how much there is then */
async function appendLines(
  tx: Knex,
  row: BuildRow,
  lines: PrintedLine[],
): Promise<Pick<BuildRow, 'log_lines' | 'log_bytes'>> {
  let { log_lines: count, log_bytes: bytes } = row;
  const kept: [string, string][] = [];
  for (const { step, text } of lines) {
    if (bytes >= LARGEST_LOG) {
      break;
    }
    const line = storable(text.slice(0, LONGEST_LINE));
    bytes += Buffer.byteLength(line) + 1;
    kept.push(
      bytes < LARGEST_LOG
        ? [storable(step), line]
        : [storable(step), 'The log is too long: the rest of it is not kept'],
    );
  }
  for (let start = 0; start < kept.length; start += LINES_PER_ROW) {
    const some = kept.slice(start, start + LINES_PER_ROW);
    await tx<BuildLogRow>(LOG).insert({
      build: row.id,
      first_line: count + 1,
      last_line: count + some.length,
      lines: JSON.stringify(some),
    });
    count += some.length;
  }
  return { log_lines: count, log_bytes: bytes };
}

/** What was not over when the build was is over with it. */
async function endSteps(tx: Knex, build: string, at: string): Promise<void> {
  await tx<BuildStepRow>(STEPS)
    .where({ build, state: 'running' })
    .update({ ended_at: at });
  await tx<BuildStepRow>(STEPS)
    .where({ build })
    .whereIn('state', ['running', 'queued'])
    .update({
      state: 'could-not-run',
      reason: 'The build ended before',
    });
}
