import { ConflictError, NotFoundError } from '@backstage/errors';
import type {
  AuditFacts,
  AuditRecord,
  ManagementAction,
  ManagementStep,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { Knex } from 'knex';
import type { AuditRecordStore } from '../audit';
import { claimRow } from '../leases';
import type { Notices } from '../notices';
import { managementNotices } from './managementNotices';
import type {
  LeasedOperation,
  ManagementStore,
  NewOperation,
  OperationNotes,
  OperationWithSteps,
  StoredOperation,
} from './ManagementStore';
import {
  MANAGEMENT_STEPS,
  MANAGEMENT_STEP_TITLES,
  type ManagementStepId,
} from './managementSteps';

const OPERATIONS = 'management_operations';
const STEPS = 'management_steps';
const STEP_LOG = 'management_step_log';
const UNPUBLISHED = 'unpublished_plugins';

const NO_LEASE = { lease_owner: null, lease_until: null };

interface OperationRow {
  position: number | string;
  id: string;
  action: ManagementAction;
  state: StoredOperation['state'];
  namespace: string;
  name: string;
  entity_ref: string;
  under_way: string | null;
  host: string;
  repository_id: number | string;
  repository: string;
  title: string;
  by: string;
  reason: string;
  version: string | null;
  build: string | null;
  parameters: string;
  notes: string | null;
  before: string | null;
  after: string | null;
  started_at: string;
  ended_at: string | null;
  claims: number;
  failures: number;
  lease_owner: string | null;
  lease_until: string | null;
  next_attempt_at: string | null;
}

interface StepRow {
  operation: string;
  step_id: ManagementStepId;
  position: number;
  state: ManagementStep['state'];
  attempts: number;
  started_at: string | null;
  finished_at: string | null;
  error: string | null;
}

interface StepLogRow {
  id: number | string;
  operation: string;
  step_id: ManagementStepId;
  at: string;
  text: string;
}

interface UnpublishedRow {
  host: string;
  repository_id: number | string;
  entity_ref: string;
  operation: string;
  moved_to: string;
  reason: string;
  at: string;
}

/** Keeps operations in the plugin's own database, SQLite or PostgreSQL. */
export class DatabaseManagementStore implements ManagementStore {
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

  async create(operation: NewOperation): Promise<void> {
    await this.#db.transaction(async tx => {
      await this.#requireFree(tx, operation);
      await tx<OperationRow>(OPERATIONS).insert({
        ...newRow(operation),
        state: 'running',
        under_way: operation.entityRef,
      });
      await tx<StepRow>(STEPS).insert(newSteps(operation, 'waiting'));
      await this.#tell(tx, operation, {
        action: `plugin.${operation.action}`,
        actor: operation.by,
        at: operation.startedAt,
        message: `Asked: ${operation.title}. ${operation.reason}`,
        facts: true,
      });
    });
  }

  async createDone(
    operation: NewOperation,
    change: (transaction: Knex.Transaction) => Promise<string>,
  ): Promise<void> {
    const { startedAt: at } = operation;
    await this.#db.transaction(async tx => {
      await this.#requireFree(tx, operation);
      const build = await change(tx);
      await tx<OperationRow>(OPERATIONS).insert({
        ...newRow(operation),
        state: 'done',
        under_way: null,
        ended_at: at,
        build,
      });
      await tx<StepRow>(STEPS).insert(
        newSteps(operation, 'done').map(step => ({
          ...step,
          attempts: 1,
          started_at: at,
          finished_at: at,
        })),
      );
      await this.#tell(tx, operation, {
        action: `plugin.${operation.action}`,
        actor: operation.by,
        at,
        message: `${operation.title}. ${operation.reason}`,
        facts: true,
        details: { build },
      });
      await this.#noticesIn(tx).add(
        ...managementNotices(
          operation,
          operation.parameters.tell,
          `By ${operation.by}: ${operation.reason}`,
        ),
      );
    });
  }

  async get(id: string): Promise<OperationWithSteps> {
    const row = await this.#db<OperationRow>(OPERATIONS)
      .where({ id: storable(id) })
      .first();
    const [found] = await this.#withSteps([row ?? noSuchOperation(id)]);
    return found;
  }

  async list(
    entityRefs: string[],
    options: { limit: number; unfinished?: boolean },
  ): Promise<OperationWithSteps[]> {
    const rows = await Promise.all(
      entityRefs.map(async entityRef => {
        const some = this.#db<OperationRow>(OPERATIONS)
          .where({ entity_ref: entityRef })
          .orderBy('position', 'desc')
          .limit(options.limit);
        return options.unfinished
          ? this.#unfinished(some).select('*')
          : some.select('*');
      }),
    );
    return this.#withSteps(rows.flat());
  }

  async listUnfinished(options: {
    limit: number;
  }): Promise<OperationWithSteps[]> {
    const rows = await this.#unfinished(this.#db<OperationRow>(OPERATIONS))
      .orderBy('position')
      .limit(options.limit)
      .select('*');
    return this.#withSteps(rows);
  }

  async retry(id: string, act: { actor: string; at: string }): Promise<void> {
    await this.#db.transaction(async tx => {
      const row = await this.#lock(tx, id);
      const operation = toOperation(row);
      if (row.state !== 'failed') {
        throw new ConflictError(
          `"${row.title}" did not fail: there is nothing to try again`,
        );
      }
      const later = await tx<OperationRow>(OPERATIONS)
        .where({ entity_ref: row.entity_ref })
        .andWhere('position', '>', row.position)
        .first();
      if (later) {
        throw new ConflictError(
          `Since "${row.title}" failed, somebody did something else to ${row.name}: ask for it anew`,
        );
      }
      await tx<OperationRow>(OPERATIONS).where({ id: row.id }).update({
        state: 'running',
        under_way: row.entity_ref,
        ended_at: null,
        failures: 0,
        next_attempt_at: null,
      });
      await this.#tell(tx, operation, {
        action: 'plugin.retry',
        actor: act.actor,
        at: act.at,
        message: `Had it tried again: ${row.title}`,
      });
    });
  }

  async claim(options: {
    owner: string;
    now: string;
    until: string;
  }): Promise<LeasedOperation | undefined> {
    const claimed = await claimRow<OperationRow>(this.#db, {
      table: OPERATIONS,
      key: 'id',
      among: rows => rows.where({ state: 'running' }).orderBy('position'),
      ...options,
    });
    return claimed && { ...toOperation(claimed.row), lease: claimed.lease };
  }

  async renew(operation: LeasedOperation, until: string): Promise<boolean> {
    return this.#update(operation, { lease_until: until });
  }

  async release(
    operation: LeasedOperation,
    options: { nextAttemptAt?: string; failures: number },
  ): Promise<boolean> {
    return this.#update(operation, {
      ...NO_LEASE,
      next_attempt_at: options.nextAttemptAt ?? null,
      failures: options.failures,
    });
  }

  async beginStep(
    operation: LeasedOperation,
    stepId: ManagementStepId,
    at: string,
  ): Promise<boolean> {
    return this.#whileMine(operation, async tx => {
      const step = () =>
        tx<StepRow>(STEPS).where({
          operation: operation.id,
          step_id: stepId,
        });
      await step().whereNull('started_at').update({ started_at: at });
      await step().update({
        state: 'running',
        attempts: tx.raw('attempts + 1'),
        error: null,
      });
    });
  }

  async logStep(
    operation: LeasedOperation,
    stepId: ManagementStepId,
    line: { at: string; text: string },
  ): Promise<boolean> {
    return this.#whileMine(operation, async tx => {
      await tx<StepLogRow>(STEP_LOG).insert({
        operation: operation.id,
        step_id: stepId,
        at: line.at,
        text: storable(line.text),
      });
    });
  }

  async note(
    operation: LeasedOperation,
    notes: OperationNotes,
  ): Promise<boolean> {
    return this.#update(operation, { notes: JSON.stringify(notes) });
  }

  async finishStep(
    operation: LeasedOperation,
    stepId: ManagementStepId,
    at: string,
  ): Promise<boolean> {
    return this.#whileMine(operation, async tx => {
      await tx<StepRow>(STEPS)
        .where({ operation: operation.id, step_id: stepId })
        .update({ state: 'done', finished_at: at, error: null });
      await tx<OperationRow>(OPERATIONS)
        .where({ id: operation.id })
        .update({ failures: 0 });
      await this.#tell(tx, operation, {
        action: 'plugin.step',
        actor: 'system',
        at,
        message: `Done: ${MANAGEMENT_STEP_TITLES[stepId]}`,
        details: { step: stepId },
      });
    });
  }

  async postponeStep(
    operation: LeasedOperation,
    stepId: ManagementStepId,
    options: { until: string; error?: string; failures: number },
  ): Promise<boolean> {
    const { until, error, failures } = options;
    return this.#whileMine(operation, async tx => {
      await tx<StepRow>(STEPS)
        .where({ operation: operation.id, step_id: stepId })
        .update({ error: error === undefined ? null : storable(error) });
      await tx<OperationRow>(OPERATIONS)
        .where({ id: operation.id })
        .update({ ...NO_LEASE, next_attempt_at: until, failures });
    });
  }

  async failStep(
    operation: LeasedOperation,
    stepId: ManagementStepId,
    failure: { at: string; error: string },
  ): Promise<boolean> {
    const { at, error } = failure;
    return this.#whileMine(operation, async tx => {
      await tx<StepRow>(STEPS)
        .where({ operation: operation.id, step_id: stepId })
        .update({ state: 'failed', error: storable(error) });
      await tx<OperationRow>(OPERATIONS)
        .where({ id: operation.id })
        .update({
          ...NO_LEASE,
          state: 'failed',
          under_way: null,
          ended_at: at,
          next_attempt_at: null,
        });
      await this.#tell(tx, operation, {
        action: `plugin.${operation.action}.failed`,
        actor: 'system',
        at,
        outcome: 'failed',
        message: `Not done: ${operation.title}. ${MANAGEMENT_STEP_TITLES[stepId]} failed: ${error}`,
        details: { step: stepId },
      });
      await this.#noticesIn(tx).add(
        ...managementNotices(
          operation,
          [operation.by],
          `A step failed: ${error}`,
          'high',
        ),
      );
    });
  }

  async finish(operation: LeasedOperation, at: string): Promise<boolean> {
    return this.#whileMine(operation, async tx => {
      await tx<OperationRow>(OPERATIONS)
        .where({ id: operation.id })
        .update({
          ...NO_LEASE,
          state: 'done',
          under_way: null,
          ended_at: at,
          next_attempt_at: null,
        });
      await this.#tell(tx, operation, {
        action: `plugin.${operation.action}.done`,
        actor: 'system',
        at,
        message: `Done: ${operation.title}`,
        facts: true,
      });
    });
  }

  async markUnpublished(
    operation: LeasedOperation,
    mark: { at: string; movedTo: string },
  ): Promise<boolean> {
    const { host, repositoryId, entityRef, id, reason } = operation;
    return this.#whileMine(operation, async tx => {
      await tx<UnpublishedRow>(UNPUBLISHED)
        .insert({
          host,
          repository_id: repositoryId,
          entity_ref: entityRef,
          operation: id,
          moved_to: mark.movedTo,
          reason: storable(reason),
          at: mark.at,
        })
        .onConflict(['host', 'repository_id'])
        .merge();
    });
  }

  async findUnpublished(repository: {
    host: string;
    repositoryId: number;
  }): Promise<{ at: string; movedTo: string; reason: string } | undefined> {
    const row = await this.#db<UnpublishedRow>(UNPUBLISHED)
      .where({
        host: repository.host,
        repository_id: repository.repositoryId,
      })
      .first();
    return row && { at: row.at, movedTo: row.moved_to, reason: row.reason };
  }

  /** @throws ConflictError when something is done to the plugin already */
  async #requireFree(tx: Knex, operation: NewOperation): Promise<void> {
    const { entityRef, plugin, action } = operation;
    const last = await tx<OperationRow>(OPERATIONS)
      .where({ entity_ref: entityRef })
      .orderBy('position', 'desc')
      .first();
    if (last?.state === 'running') {
      throw new ConflictError(
        `Something is being done to ${plugin.name} already: "${last.title}". Wait until it is over`,
      );
    }
    if (
      last?.state === 'failed' &&
      last.action === 'unpublish' &&
      action !== 'unpublish'
    ) {
      throw new ConflictError(
        `${plugin.name} is half-way back to its author: have "${last.title}" tried again first`,
      );
    }
  }

  /** Those that run, and those that failed where nothing came after them. */
  #unfinished<T extends object>(
    rows: Knex.QueryBuilder<OperationRow, T>,
  ): Knex.QueryBuilder<OperationRow, T> {
    const db = this.#db;
    return rows.andWhere(some =>
      some
        .where('state', 'running')
        .orWhere(failed =>
          failed
            .where('state', 'failed')
            .whereNotExists(
              db
                .from(`${OPERATIONS} as later`)
                .select(db.raw('1'))
                .whereRaw(`later.entity_ref = ${OPERATIONS}.entity_ref`)
                .whereRaw(`later.position > ${OPERATIONS}.position`),
            ),
        ),
    );
  }

  async #withSteps(rows: OperationRow[]): Promise<OperationWithSteps[]> {
    const ids = rows.map(({ id }) => id);
    if (ids.length === 0) {
      return [];
    }
    const [steps, lines] = await Promise.all([
      this.#db<StepRow>(STEPS).whereIn('operation', ids).orderBy('position'),
      this.#db<StepLogRow>(STEP_LOG).whereIn('operation', ids).orderBy('id'),
    ]);
    return rows.map(row => ({
      operation: toOperation(row),
      steps: steps
        .filter(({ operation }) => operation === row.id)
        .map(step => ({
          id: step.step_id,
          title: MANAGEMENT_STEP_TITLES[step.step_id],
          state: step.state,
          error: step.error ?? undefined,
          startedAt: step.started_at ?? undefined,
          log: lines
            .filter(
              line =>
                line.operation === row.id && line.step_id === step.step_id,
            )
            .map(({ at, text }) => ({ at, text })),
        })),
    }));
  }

  /** Into the record. */
  async #tell(
    tx: Knex,
    operation: NewOperation,
    entry: {
      action: string;
      actor: string;
      at: string;
      message: string;
      outcome?: AuditRecord['outcome'];
      /** Whether it says what was there, and is now. */
      facts?: boolean;
      details?: AuditFacts;
    },
  ): Promise<void> {
    const { before, after } = operation;
    await this.#recordIn(tx).add({
      at: entry.at,
      actor: entry.actor,
      action: entry.action,
      subject: operation.entityRef,
      outcome: entry.outcome ?? 'succeeded',
      message: entry.message,
      details: {
        operation: operation.id,
        repository: operation.repository,
        reason: operation.reason,
        ...entry.details,
      },
      ...(entry.facts && { before, after }),
    });
  }

  /** For the rest of the transaction. */
  async #lock(tx: Knex, id: string): Promise<OperationRow> {
    const rows = tx<OperationRow>(OPERATIONS)
      .where({ id: storable(id) })
      .first();
    const row: OperationRow | undefined = await (this.#isPostgres
      ? rows.forUpdate()
      : rows);
    return row ?? noSuchOperation(id);
  }

  async #whileMine(
    operation: LeasedOperation,
    change: (tx: Knex) => Promise<void>,
  ): Promise<boolean> {
    return this.#db.transaction(async tx => {
      const row = await this.#lock(tx, operation.id);
      const isMine =
        row.state === 'running' &&
        row.lease_owner === operation.lease.owner &&
        row.claims === operation.lease.claim;
      if (isMine) {
        await change(tx);
      }
      return isMine;
    });
  }

  async #update(
    operation: LeasedOperation,
    changes: Partial<OperationRow>,
  ): Promise<boolean> {
    const changed = await this.#db<OperationRow>(OPERATIONS)
      .where({
        id: operation.id,
        state: 'running',
        lease_owner: operation.lease.owner,
        claims: operation.lease.claim,
      })
      .update(changes);
    return changed === 1;
  }
}

function noSuchOperation(id: string): never {
  throw new NotFoundError(`Nothing ${id} was done to a plugin`);
}

/** PostgreSQL takes no such characters. */
function storable(text: string): string {
  return text.replaceAll('\0', '\uFFFD');
}

function newRow(
  operation: NewOperation,
): Omit<OperationRow, 'position' | 'state' | 'under_way'> {
  const { plugin, before, after } = operation;
  return {
    id: operation.id,
    action: operation.action,
    namespace: plugin.namespace,
    name: plugin.name,
    entity_ref: operation.entityRef,
    host: operation.host,
    repository_id: operation.repositoryId,
    repository: operation.repository,
    title: storable(operation.title),
    by: operation.by,
    reason: storable(operation.reason),
    version: operation.version ?? null,
    build: null,
    parameters: JSON.stringify(operation.parameters),
    notes: null,
    before: before ? JSON.stringify(before) : null,
    after: after ? JSON.stringify(after) : null,
    started_at: operation.startedAt,
    ended_at: null,
    claims: 0,
    failures: 0,
    lease_owner: null,
    lease_until: null,
    next_attempt_at: null,
  };
}

function newSteps(
  { id, action }: NewOperation,
  state: ManagementStep['state'],
): StepRow[] {
  return MANAGEMENT_STEPS[action].map((stepId, position) => ({
    operation: id,
    step_id: stepId,
    position,
    state,
    attempts: 0,
    started_at: null,
    finished_at: null,
    error: null,
  }));
}

function toOperation(row: OperationRow): StoredOperation {
  const { before, after, notes } = row;
  return {
    id: row.id,
    action: row.action,
    state: row.state,
    plugin: { namespace: row.namespace, name: row.name },
    entityRef: row.entity_ref,
    host: row.host,
    repositoryId: Number(row.repository_id),
    repository: row.repository,
    title: row.title,
    by: row.by,
    reason: row.reason,
    version: row.version ?? undefined,
    buildId: row.build ?? undefined,
    parameters: JSON.parse(row.parameters),
    notes: notes === null ? {} : JSON.parse(notes),
    before: before === null ? undefined : JSON.parse(before),
    after: after === null ? undefined : JSON.parse(after),
    startedAt: row.started_at,
    endedAt: row.ended_at ?? undefined,
    failures: row.failures,
  };
}
