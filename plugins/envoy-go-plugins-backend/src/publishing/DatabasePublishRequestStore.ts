import { ConflictError, NotFoundError } from '@backstage/errors';
import type {
  AuditRecord,
  NewPublishDecision,
  PublishCheckException,
  PublishCheckResult,
  PublishDecisionKind,
  PublishRequestList,
  PublishRequestQuery,
  PublishRequestState,
  PublishRequestSummary,
  PublishStepId,
  PublishTimelineEntry,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { Knex } from 'knex';
import type { AuditRecordStore } from '../audit';
import { claimRow } from '../leases';
import type { DiscussionOutbox } from './discussion';
import type { PublishNotifier } from './PublishNotifier';
import type {
  LeasedPublishRequest,
  PublishAct,
  PublishRequestFacts,
  PublishRequestParts,
  PublishRequestStore,
  SagaNotes,
  StoredPublishRequest,
} from './PublishRequestStore';
import {
  FINAL_STATES,
  PUBLISH_TRANSITIONS,
  type PublishTransition,
  WORKING_STATES,
  allows,
  refusedTransition,
} from './PublishTransition';
import {
  type PublishCheckRow,
  type PublishDecisionRow,
  type PublishRequestRow,
  type PublishStepLogRow,
  type PublishStepRow,
  type PublishTimelineRow,
  newStepRows,
  storable,
  toCheckResult,
  toDecision,
  toRequest,
  toStep,
  toTimelineEntry,
} from './publishRow';

const REQUESTS = 'publish_requests';
const CHECKS = 'publish_checks';
const DECISIONS = 'publish_decisions';
const TIMELINE = 'publish_timeline';
const STEPS = 'publish_steps';
const STEP_LOG = 'publish_step_log';

const DEFAULT_LIMIT = 25;

/** As many entries of the timeline, and lines of the log, are shown. */
const MOST_ENTRIES = 500;

/** As many findings of a check are kept. */
const MOST_FINDINGS = 50;

const NO_LEASE = { lease_owner: null, lease_until: null };

/** Keeps requests in the plugin's own database, SQLite or PostgreSQL. */
export class DatabasePublishRequestStore implements PublishRequestStore {
  readonly #db: Knex;
  readonly #isPostgres: boolean;
  readonly #recordIn: (transaction: Knex) => AuditRecordStore;
  readonly #notifierIn: (transaction: Knex) => PublishNotifier;
  readonly #outboxIn: ((transaction: Knex) => DiscussionOutbox) | undefined;

  constructor(options: {
    /** With the plugin's migrations run. */
    db: Knex;
    /** The record, written within a transaction. */
    recordIn: (transaction: Knex) => AuditRecordStore;
    /** Tells people, once what is told of is there; within a transaction. */
    notifierIn: (transaction: Knex) => PublishNotifier;
    /** What is to be told in an issue, written within a transaction; default: nothing is. */
    outboxIn?: (transaction: Knex) => DiscussionOutbox;
  }) {
    this.#db = options.db;
    this.#isPostgres = options.db.client.config.client === 'pg';
    this.#recordIn = options.recordIn;
    this.#notifierIn = options.notifierIn;
    this.#outboxIn = options.outboxIn;
  }

  async create(
    request: Omit<
      StoredPublishRequest,
      'state' | 'updatedAt' | 'saga' | 'failures'
    >,
    act: PublishAct,
  ): Promise<void> {
    const row: PublishRequestRow = {
      id: request.id,
      state: 'checking',
      host: request.host,
      repository_id: request.repositoryId,
      repository: request.repository,
      repository_url: request.repositoryUrl,
      target: request.target,
      under_way: `${request.host}/${request.repositoryId}`,
      claims_target: targetKey(request),
      branch: storable(request.branch),
      commit: request.commit,
      name: storable(request.name),
      title: storable(request.title),
      description: storable(request.description),
      description_text: storable(request.descriptionText),
      previous_description_text: storable(request.previousDescriptionText),
      author: request.author,
      author_login: request.authorLogin,
      created_at: request.createdAt,
      updated_at: act.at,
      submitted_at: null,
      search_text: searchText(request),
      discussion_url: null,
      plugin_namespace: null,
      plugin_name: null,
      handed_over_at: null,
      saga: null,
      claims: 0,
      failures: 0,
      lease_owner: null,
      lease_until: null,
      next_attempt_at: null,
    };
    await this.#db.transaction(async tx => {
      const [other] = await tx<PublishRequestRow>(REQUESTS)
        .where({ under_way: row.under_way })
        .orWhere({ claims_target: row.claims_target })
        .limit(1);
      if (other) {
        throw new ConflictError(
          other.under_way === row.under_way
            ? `There is a request to publish ${request.repository} already, of ${other.author}: withdraw it first, or go on with it`
            : `Somebody else asked to publish another repository as ${request.target} already: rename yours on GitHub`,
        );
      }
      await tx<PublishRequestRow>(REQUESTS).insert(row);
      await this.#tell(tx, toRequest(row), 'request', act, {
        kind: 'state',
        state: 'checking',
      });
    });
  }

  async get(id: string): Promise<StoredPublishRequest> {
    return toRequest(await this.#find(this.#db, id));
  }

  async getParts(id: string): Promise<PublishRequestParts> {
    const row = await this.#find(this.#db, id);
    const [checks, decisions, timeline, steps, log] = await Promise.all([
      this.#db<PublishCheckRow>(CHECKS)
        .where({ request: id })
        .orderBy('position'),
      this.#db<PublishDecisionRow>(DECISIONS)
        .where({ request: id })
        .orderBy('id'),
      this.#db<PublishTimelineRow>(TIMELINE)
        .where({ request: id })
        .orderBy('id', 'desc')
        .limit(MOST_ENTRIES),
      this.#db<PublishStepRow>(STEPS)
        .where({ request: id })
        .orderBy('position'),
      this.#db<PublishStepLogRow>(STEP_LOG)
        .where({ request: id })
        .orderBy('id', 'desc')
        .limit(MOST_ENTRIES),
    ]);
    const exceptions = decisions
      .filter(({ counts }) => counts)
      .flatMap((decision): PublishCheckException[] =>
        JSON.parse(decision.exceptions),
      );
    return {
      request: toRequest(row),
      checks: checks.map(check => toCheckResult(check, exceptions)),
      decisions: decisions.map(toDecision),
      timeline: timeline.reverse().map(toTimelineEntry),
      steps: steps.map(step => toStep(step, [...log].reverse())),
    };
  }

  async list(
    query: PublishRequestQuery,
    options: { author?: string; neededApprovals: number },
  ): Promise<PublishRequestList> {
    const { offset = 0, limit = DEFAULT_LIMIT, state = [] } = query;
    const matching = () => this.#matching(query, options.author);
    const ofStates = () =>
      state.length > 0 ? matching().whereIn('state', state) : matching();
    const page = ofStates();
    if (options.author === undefined) {
      // Those that were never submitted come last
      page.orderByRaw('case when submitted_at is null then 1 else 0 end');
      page.orderBy([{ column: 'submitted_at' }, { column: 'created_at' }]);
    } else {
      page.orderBy('created_at', 'desc');
    }
    const [rows, [total], states] = await Promise.all([
      page.orderBy('id').select('*').offset(offset).limit(limit),
      ofStates().count({ count: '*' }),
      matching()
        .select('state')
        .count({ count: '*' })
        .groupBy('state')
        .orderBy('state'),
    ]);
    const ids = rows.map(({ id }) => id);
    const [outcomes, approvals] = await Promise.all([
      this.#db<PublishCheckRow>(CHECKS)
        .whereIn('request', ids)
        .select('request', 'outcome')
        .count({ count: '*' })
        .groupBy('request', 'outcome'),
      this.#db<PublishDecisionRow>(DECISIONS)
        .whereIn('request', ids)
        .andWhere({ kind: 'approve', counts: true })
        .select('request')
        .count({ count: '*' })
        .groupBy('request'),
    ]);
    return {
      items: rows.map(row =>
        summaryOf(toRequest(row), {
          outcome: outcome =>
            Number(
              outcomes.find(
                each => each.request === row.id && each.outcome === outcome,
              )?.count ?? 0,
            ),
          approvals: Number(
            approvals.find(each => each.request === row.id)?.count ?? 0,
          ),
          neededApprovals: options.neededApprovals,
        }),
      ),
      totalItems: Number(total.count),
      states: states.map(each => ({
        state: each.state,
        count: Number(each.count),
      })),
    };
  }

  #matching(query: PublishRequestQuery, author: string | undefined) {
    const rows = this.#db<PublishRequestRow>(REQUESTS);
    for (const word of (query.text ?? '')
      .toLocaleLowerCase('en-US')
      .split(/\s+/)) {
      if (word) {
        rows.whereRaw(`search_text like ? escape '\\'`, [
          `%${storable(word).replace(/[\\%_]/g, '\\$&')}%`,
        ]);
      }
    }
    return author === undefined ? rows : rows.where({ author });
  }

  async namesUnderWay(
    host: string,
  ): Promise<{ name: string; repositoryId: number; id: string }[]> {
    const rows = await this.#db<PublishRequestRow>(REQUESTS)
      .where({ host })
      .whereNotNull('under_way')
      .select('id', 'name', 'repository_id');
    return rows.map(row => ({
      id: row.id,
      name: row.name,
      repositoryId: Number(row.repository_id),
    }));
  }

  async findPublisher(
    host: string,
    repositoryId: number,
  ): Promise<{ author: string; authorLogin: string } | undefined> {
    const row = await this.#db<PublishRequestRow>(REQUESTS)
      .where({ host, repository_id: repositoryId, state: 'published' })
      .orderBy('updated_at', 'desc')
      .first();
    return row && { author: row.author, authorLogin: row.author_login };
  }

  async findUnderWay(
    host: string,
    repositoryIds: number[],
  ): Promise<{ id: string; repositoryId: number }[]> {
    const rows = await this.#db<PublishRequestRow>(REQUESTS)
      .whereIn(
        'under_way',
        repositoryIds.map(id => `${host}/${id}`),
      )
      .select('id', 'repository_id');
    return rows.map(row => ({
      id: row.id,
      repositoryId: Number(row.repository_id),
    }));
  }

  async transition(
    id: string,
    transition: PublishTransition,
    act: PublishAct,
  ): Promise<void> {
    await this.#db.transaction(async tx => {
      const row = await this.#lock(tx, id);
      if (!allows(transition, row.state)) {
        throw refusedTransition(transition, row.state);
      }
      await this.#move(tx, row, transition, act, { kind: 'state' });
    });
  }

  async decide(
    id: string,
    decision: NewPublishDecision & { by: string; neededApprovals: number },
    act: PublishAct,
  ): Promise<void> {
    const { kind, by, commit, text, exceptions = [] } = decision;
    await this.#db.transaction(async tx => {
      const row = await this.#lock(tx, id);
      if (!allows(kind, row.state)) {
        throw refusedTransition(kind, row.state);
      }
      if (row.commit !== commit) {
        throw new ConflictError(
          `You looked at commit ${commit.slice(
            0,
            12,
          )}, but the request is about ${row.commit.slice(
            0,
            12,
          )} by now. Look at it again`,
        );
      }
      const approvals = await tx<PublishDecisionRow>(DECISIONS).where({
        request: id,
        kind: 'approve',
        counts: true,
      });
      if (kind === 'approve' && approvals.some(each => each.by === by)) {
        throw new ConflictError(
          'You approved this already; it takes the approval of somebody else, too',
        );
      }
      await tx<PublishDecisionRow>(DECISIONS).insert({
        request: id,
        kind,
        by,
        at: act.at,
        text: storable(text),
        commit,
        counts: true,
        exceptions: JSON.stringify(
          exceptions.map(
            ({ checkId, reason }): PublishCheckException => ({
              checkId,
              reason: storable(reason),
              by,
              at: act.at,
            }),
          ),
        ),
      });
      const moves =
        kind !== 'approve' || approvals.length + 1 >= decision.neededApprovals;
      const entry = { kind: 'decision', decision: kind } as const;
      if (moves) {
        await this.#move(tx, row, kind, act, entry);
        return;
      }
      await tx<PublishRequestRow>(REQUESTS)
        .where({ id })
        .update({ updated_at: act.at });
      await this.#tell(tx, toRequest(row), kind, act, {
        ...entry,
        state: row.state,
      });
      await this.#notifierIn(tx).approvedByOne(toRequest(row));
    });
  }

  async comment(
    id: string,
    comment: { actor: string; at: string; text: string; url?: string },
  ): Promise<void> {
    const { actor, at, text, url } = comment;
    await this.#db.transaction(async tx => {
      const row = await this.#lock(tx, id);
      await tx<PublishRequestRow>(REQUESTS)
        .where({ id })
        .update({ updated_at: at });
      await this.#tell(
        tx,
        toRequest(row),
        'comment',
        { actor, at, text },
        { kind: 'comment', url },
      );
      await this.#notifierIn(tx).commented(toRequest(row), { actor, text });
    });
  }

  async noteHandOver(id: string, act: PublishAct): Promise<void> {
    await this.#db.transaction(async tx => {
      const row = await this.#lock(tx, id);
      if (row.state !== 'publishing') {
        throw new ConflictError(
          'The request is not being published any more: look at it again',
        );
      }
      await tx<PublishRequestRow>(REQUESTS).where({ id: row.id }).update({
        handed_over_at: act.at,
        updated_at: act.at,
        next_attempt_at: null,
      });
      await this.#tell(tx, toRequest(row), 'hand-over', act, { kind: 'step' });
    });
  }

  async hurry(id: string): Promise<void> {
    await this.#db<PublishRequestRow>(REQUESTS)
      .where({ id: storable(id) })
      .update({ next_attempt_at: null });
  }

  async claim(options: {
    owner: string;
    now: string;
    until: string;
  }): Promise<LeasedPublishRequest | undefined> {
    const claimed = await claimRow<PublishRequestRow>(this.#db, {
      table: REQUESTS,
      key: 'id',
      among: rows =>
        rows.whereIn('state', WORKING_STATES).orderBy('updated_at'),
      ...options,
    });
    return claimed && { ...toRequest(claimed.row), lease: claimed.lease };
  }

  async renew(request: LeasedPublishRequest, until: string): Promise<boolean> {
    return this.#update(this.#db, request, { lease_until: until });
  }

  async release(
    request: LeasedPublishRequest,
    options: { nextAttemptAt?: string; failures: number },
  ): Promise<boolean> {
    return this.#update(this.#db, request, {
      ...NO_LEASE,
      next_attempt_at: options.nextAttemptAt ?? null,
      failures: options.failures,
    });
  }

  async beginChecks(
    request: LeasedPublishRequest,
    facts: PublishRequestFacts,
    checks: { id: string; title: string }[],
  ): Promise<boolean> {
    return this.#db.transaction(async tx => {
      const row = { ...request, ...facts };
      const mine = await this.#update(tx, request, {
        repository: facts.repository,
        repository_url: facts.repositoryUrl,
        target: facts.target,
        claims_target: targetKey(row),
        branch: storable(facts.branch),
        commit: facts.commit,
        name: storable(facts.name),
        title: storable(facts.title),
        description: storable(facts.description),
        description_text: storable(facts.descriptionText),
        previous_description_text: storable(facts.previousDescriptionText),
        search_text: searchText(row),
      });
      if (!mine) {
        return false;
      }
      await tx(CHECKS).where({ request: request.id }).delete();
      await tx<PublishCheckRow>(CHECKS).insert(
        checks.map(({ id, title }, position) => ({
          request: request.id,
          check_id: id,
          position,
          title,
        })),
      );
      // What was decided about another commit does not count any more
      await tx<PublishDecisionRow>(DECISIONS)
        .where({ request: request.id })
        .update({ counts: false });
      return true;
    });
  }

  async saveCheck(
    request: LeasedPublishRequest,
    result: PublishCheckResult,
  ): Promise<boolean> {
    const { checkId, outcome, summary, lookedAt, findings, finishedAt } =
      result;
    const { buildId } = result;
    return this.#whileMine(request, async tx => {
      await tx<PublishCheckRow>(CHECKS)
        .where({ request: request.id, check_id: checkId })
        .update({
          outcome: outcome ?? null,
          summary: storable(summary),
          looked_at: storable(JSON.stringify(lookedAt ?? [])),
          findings: storable(
            JSON.stringify((findings ?? []).slice(0, MOST_FINDINGS)),
          ),
          finished_at: finishedAt ?? null,
          build_id: buildId ?? null,
        });
    });
  }

  async saveProgress(
    request: LeasedPublishRequest,
    checkId: string,
    where: { text: string; buildId?: string },
  ): Promise<boolean> {
    return this.#whileMine(request, async tx => {
      await tx<PublishCheckRow>(CHECKS)
        .where({ request: request.id, check_id: checkId })
        .whereNull('outcome')
        .update({
          summary: storable(where.text),
          build_id: where.buildId ?? null,
        });
    });
  }

  async isChecking(of: { id: string; commit: string }): Promise<boolean> {
    const found = await this.#db<PublishRequestRow>(REQUESTS)
      .where({ ...of, state: 'checking' })
      .first('id');
    return found !== undefined;
  }

  async settle(
    request: LeasedPublishRequest,
    transition: PublishTransition,
    act: PublishAct,
  ): Promise<boolean> {
    return this.#whileMine(request, async (tx, row) => {
      if (!allows(transition, row.state)) {
        throw refusedTransition(transition, row.state);
      }
      await this.#move(tx, row, transition, act, { kind: 'state' });
      if (transition === 'begin') {
        await tx<PublishStepRow>(STEPS).insert(newStepRows(row.id));
      }
    });
  }

  async beginStep(
    request: LeasedPublishRequest,
    stepId: PublishStepId,
    at: string,
  ): Promise<boolean> {
    return this.#whileMine(request, async tx => {
      const step = () =>
        tx<PublishStepRow>(STEPS).where({
          request: request.id,
          step_id: stepId,
        });
      await step().whereNull('started_at').update({ started_at: at });
      await step().update({
        state: 'running',
        // A look at what is waited for is no further attempt
        attempts: tx.raw(
          'case when error is null and next_attempt_at is not null then attempts else attempts + 1 end',
        ),
        error: null,
        next_attempt_at: null,
      });
    });
  }

  async logStep(
    request: LeasedPublishRequest,
    stepId: PublishStepId,
    line: { at: string; text: string },
  ): Promise<boolean> {
    return this.#whileMine(request, async tx => {
      await tx<PublishStepLogRow>(STEP_LOG).insert({
        request: request.id,
        step_id: stepId,
        at: line.at,
        text: storable(line.text),
      });
    });
  }

  async noteSaga(
    request: LeasedPublishRequest,
    notes: SagaNotes,
  ): Promise<boolean> {
    return this.#update(this.#db, request, { saga: JSON.stringify(notes) });
  }

  async notePlugin(
    request: LeasedPublishRequest,
    plugin: { namespace: string; name: string },
  ): Promise<boolean> {
    return this.#update(this.#db, request, {
      plugin_namespace: plugin.namespace,
      plugin_name: plugin.name,
    });
  }

  async finishStep(
    request: LeasedPublishRequest,
    stepId: PublishStepId,
    act: PublishAct,
  ): Promise<boolean> {
    return this.#whileMine(request, async (tx, row) => {
      await tx<PublishStepRow>(STEPS)
        .where({ request: request.id, step_id: stepId })
        .update({
          state: 'done',
          finished_at: act.at,
          error: null,
          next_attempt_at: null,
        });
      await tx<PublishRequestRow>(REQUESTS)
        .where({ id: row.id })
        .update({ failures: 0, updated_at: act.at });
      await this.#tell(tx, toRequest(row), 'step', act, { kind: 'step' });
    });
  }

  async postponeStep(
    request: LeasedPublishRequest,
    stepId: PublishStepId,
    options: { until: string; error?: string; failures: number },
  ): Promise<boolean> {
    const { until, error, failures } = options;
    return this.#whileMine(request, async (tx, row) => {
      const isStale = toRequest(row).handedOverAt !== request.handedOverAt;
      await tx<PublishStepRow>(STEPS)
        .where({ request: request.id, step_id: stepId })
        .update({
          state: 'running',
          error: storable(error),
          next_attempt_at: until,
        });
      await tx<PublishRequestRow>(REQUESTS)
        .where({ id: request.id })
        .update({
          ...NO_LEASE,
          // Handed over meanwhile, it is looked at anew at once
          next_attempt_at: isStale ? null : until,
          failures,
        });
    });
  }

  async failStep(
    request: LeasedPublishRequest,
    stepId: PublishStepId,
    error: string,
    act: PublishAct,
  ): Promise<boolean> {
    return this.#whileMine(request, async (tx, row) => {
      await tx<PublishStepRow>(STEPS)
        .where({ request: request.id, step_id: stepId })
        .update({
          state: 'failed',
          error: storable(error),
          next_attempt_at: null,
        });
      await this.#move(tx, row, 'fail', act, { kind: 'state' }, 'failed');
    });
  }

  /** The one place that changes a state. */
  async #move(
    tx: Knex,
    row: PublishRequestRow,
    transition: PublishTransition,
    act: PublishAct,
    entry: {
      kind: PublishTimelineEntry['kind'];
      decision?: PublishDecisionKind;
    },
    outcome?: AuditRecord['outcome'],
  ): Promise<void> {
    const to: PublishRequestState = PUBLISH_TRANSITIONS[transition].to;
    const goesOn = row.state === 'approved' && to === 'publishing';
    await tx<PublishRequestRow>(REQUESTS)
      .where({ id: row.id })
      .update({
        state: to,
        updated_at: act.at,
        failures: 0,
        next_attempt_at: null,
        ...(transition === 'submit' && { submitted_at: act.at }),
        ...(to === 'checking' && { submitted_at: null }),
        ...(FINAL_STATES.includes(to) && {
          under_way: null,
          claims_target: null,
        }),
        ...(!goesOn && NO_LEASE),
      });
    await this.#tell(
      tx,
      toRequest(row),
      transition,
      act,
      { ...entry, state: to },
      outcome,
    );
    await this.#notifierIn(tx).moved(toRequest(row), transition, act.text);
  }

  /** Into the timeline and the record. */
  async #tell(
    tx: Knex,
    request: StoredPublishRequest,
    what: string,
    act: PublishAct,
    entry: Pick<PublishTimelineEntry, 'kind' | 'state' | 'decision' | 'url'>,
    outcome: AuditRecord['outcome'] = 'succeeded',
  ): Promise<void> {
    const { actor, at, text } = act;
    const [{ id }] = await tx<PublishTimelineRow>(TIMELINE)
      .insert({
        request: request.id,
        at,
        actor,
        kind: entry.kind,
        text: storable(text),
        state: entry.state ?? null,
        decision: entry.decision ?? null,
        url: entry.url ?? null,
      })
      .returning('id');
    await this.#outboxIn?.(tx).add({
      request,
      id: Number(id),
      at,
      kind: entry.kind,
      state: entry.state,
      what,
    });
    await this.#recordIn(tx).add({
      at,
      actor,
      action: `publishing.${what}`,
      subject: request.repository,
      outcome,
      message: text,
      details: {
        request: request.id,
        commit: request.commit,
        before: request.state,
        ...(entry.state !== undefined && { after: entry.state }),
        ...act.details,
      },
    });
  }

  async #find(db: Knex, id: string): Promise<PublishRequestRow> {
    const row = await db<PublishRequestRow>(REQUESTS)
      .where({ id: storable(id) })
      .first();
    return row ?? noSuchRequest(id);
  }

  /** For the rest of the transaction. */
  async #lock(tx: Knex, id: string): Promise<PublishRequestRow> {
    const rows = tx<PublishRequestRow>(REQUESTS)
      .where({ id: storable(id) })
      .first();
    const row = await (this.#isPostgres ? rows.forUpdate() : rows);
    return row ?? noSuchRequest(id);
  }

  async #whileMine(
    request: LeasedPublishRequest,
    change: (tx: Knex, row: PublishRequestRow) => Promise<void>,
  ): Promise<boolean> {
    return this.#db.transaction(async tx => {
      const row = await this.#lock(tx, request.id);
      const isMine =
        row.lease_owner === request.lease.owner &&
        row.claims === request.lease.claim;
      if (isMine) {
        await change(tx, row);
      }
      return isMine;
    });
  }

  async #update(
    db: Knex,
    request: LeasedPublishRequest,
    changes: Partial<PublishRequestRow>,
  ): Promise<boolean> {
    const changed = await db<PublishRequestRow>(REQUESTS)
      .where({
        id: request.id,
        lease_owner: request.lease.owner,
        claims: request.lease.claim,
      })
      .update(changes);
    return changed === 1;
  }
}

function noSuchRequest(id: string): never {
  throw new NotFoundError(`There is no request ${id} to publish a plugin`);
}

function targetKey({ host, target }: { host: string; target: string }): string {
  return `${host}/${target}`.toLocaleLowerCase('en-US');
}

function searchText(
  request: Pick<
    StoredPublishRequest,
    'name' | 'title' | 'repository' | 'authorLogin'
  >,
): string {
  return storable(
    [request.name, request.title ?? '', request.repository, request.authorLogin]
      .join('\n')
      .toLocaleLowerCase('en-US'),
  );
}

/** What lists show of a request. */
export function summaryOf(
  request: StoredPublishRequest,
  counts: {
    outcome: (outcome: 'passed' | 'failed' | 'could-not-run') => number;
    approvals: number;
    neededApprovals: number;
  },
): PublishRequestSummary {
  const {
    repositoryUrl,
    descriptionText,
    previousDescriptionText,
    discussionUrl,
    plugin,
    handedOverAt,
    saga,
    failures,
    ...summary
  } = request;
  return {
    ...summary,
    checks: {
      passed: counts.outcome('passed'),
      failed: counts.outcome('failed'),
      couldNotRun: counts.outcome('could-not-run'),
    },
    approvals: counts.approvals,
    neededApprovals: counts.neededApprovals,
  };
}
