import type { LoggerService } from '@backstage/backend-plugin-api';
import { toError } from '@backstage/errors';
import { type GitHubDoor, GitHubUnavailableError } from '../github';
import { LeaseLostError, LeasedWorker, whileLeased } from '../leases';
import type { OpenPages } from '../signals';
import type {
  LeasedOperation,
  ManagementStore,
  OperationNotes,
} from './ManagementStore';
import {
  MANAGEMENT_STEPS,
  type ManagementStepId,
  MANAGEMENT_STEP_TITLES,
} from './managementSteps';
import type { ManagementStepRun } from './steps';

/** For how long an operation is a worker's without a sign of life, in milliseconds. */
const DEFAULT_LEASE_MS = 30_000;

/** How often it is looked for operations that wait, in milliseconds. */
const DEFAULT_POLL_MS = 1_000;

/** So often in a row it is tried again what GitHub could not answer. */
const MOST_FAILURES = 20;

/** After what GitHub could not answer, at the least and the most, in milliseconds. */
const RETRY_MS = { least: 1_000, most: 600_000, usual: 5_000 };

/** Operations that are worked at at the same time. */
const CONCURRENCY = 2;

/**
 * Does what is asked to be done to plugins, step by step. A worker that dies leaves it to
 * another, at the step where it was.
 */
export class ManagementWorker {
  readonly #work: LeasedWorker<LeasedOperation>;
  readonly #store: ManagementStore;
  readonly #steps: Record<
    Exclude<ManagementStepId, 'order-build'>,
    ManagementStepRun
  >;
  readonly #door: GitHubDoor;
  readonly #pages: OpenPages;
  readonly #logger: LoggerService;
  readonly #now: () => Date;

  constructor(options: {
    /** Who it is, unlike any other. */
    id: string;
    store: ManagementStore;
    steps: Record<Exclude<ManagementStepId, 'order-build'>, ManagementStepRun>;
    door: GitHubDoor;
    pages: OpenPages;
    logger: LoggerService;
    now: () => Date;
    leaseMs?: number;
    pollMs?: number;
  }) {
    const { id, store, logger, leaseMs = DEFAULT_LEASE_MS } = options;
    this.#store = store;
    this.#steps = options.steps;
    this.#door = options.door;
    this.#pages = options.pages;
    this.#logger = logger;
    this.#now = options.now;
    this.#work = new LeasedWorker({
      what: 'operations on plugins',
      nameOf: ({ title }) => `"${title}"`,
      claim: () =>
        store.claim({ owner: id, now: this.#at(), until: this.#at(leaseMs) }),
      renew: operation => store.renew(operation, this.#at(leaseMs)),
      handle: (operation, { signal }) => this.#run(operation, signal),
      leave: async (operation, error, { stops }) => {
        if (!stops) {
          logger.error(
            `"${operation.title}" could not be worked at, which is tried again`,
            error,
          );
        }
        await store.release(operation, {
          failures: operation.failures + (stops ? 0 : 1),
          ...(!stops && { nextAttemptAt: this.#at(RETRY_MS.usual) }),
        });
      },
      logger,
      concurrency: CONCURRENCY,
      leaseMs,
      pollMs: options.pollMs ?? DEFAULT_POLL_MS,
    });
  }

  start(): void {
    this.#work.start();
  }

  /** Looks for operations now, rather than with the next poll. */
  wake(): void {
    this.#work.wake();
  }

  /** Takes no further operation, and waits until what it does can be left. */
  async stop(): Promise<void> {
    await this.#work.stop();
  }

  async #run(operation: LeasedOperation, signal: AbortSignal): Promise<void> {
    try {
      const { steps } = await this.#store.get(operation.id);
      let current = operation;
      for (const stepId of MANAGEMENT_STEPS[operation.action]) {
        const step = steps.find(({ id }) => id === stepId);
        if (step?.state !== 'done') {
          const startedAt = new Date(step?.startedAt ?? this.#now());
          const after = await this.#step(current, stepId, startedAt, signal);
          if (!after) {
            return;
          }
          current = after;
        }
      }
      await whileLeased(this.#store.finish(current, this.#at()));
    } finally {
      this.#changed(operation);
    }
  }

  /** @returns the operation as it is after the step, `undefined` where it is not done */
  async #step(
    operation: LeasedOperation,
    stepId: ManagementStepId,
    startedAt: Date,
    signal: AbortSignal,
  ): Promise<LeasedOperation | undefined> {
    const store = this.#store;
    let notes: OperationNotes = operation.notes;
    await whileLeased(store.beginStep(operation, stepId, this.#at()));
    this.#changed(operation);
    try {
      if (stepId === 'order-build') {
        throw new Error('A build is ordered when it is asked for');
      }
      const waits = await this.#steps[stepId]({
        operation,
        github: this.#door.asPortal({
          host: operation.host,
          owner: operation.repository.split('/')[0],
          lane: 'urgent',
          signal,
        }),
        notes,
        note: async changed => {
          notes = changed;
          await whileLeased(store.note(operation, notes));
        },
        log: async text => {
          await whileLeased(
            store.logStep(operation, stepId, { at: this.#at(), text }),
          );
        },
        markUnpublished: async mark => {
          await whileLeased(store.markUnpublished(operation, mark));
        },
        startedAt,
        now: this.#now(),
        signal,
      });
      if (waits) {
        await whileLeased(
          store.postponeStep(operation, stepId, {
            until: this.#at(waits.waitMs),
            failures: 0,
          }),
        );
        return undefined;
      }
      await whileLeased(store.finishStep(operation, stepId, this.#at()));
      this.#changed(operation);
      return { ...operation, notes, failures: 0 };
    } catch (thrown) {
      if (thrown instanceof LeaseLostError || signal.aborted) {
        throw thrown;
      }
      const error = toError(thrown);
      if (
        thrown instanceof GitHubUnavailableError &&
        operation.failures < MOST_FAILURES
      ) {
        await whileLeased(
          store.postponeStep(operation, stepId, {
            until: this.#retryAt(thrown),
            error: error.message,
            failures: operation.failures + 1,
          }),
        );
        return undefined;
      }
      this.#logger.error(
        `"${operation.title}": ${MANAGEMENT_STEP_TITLES[stepId]} failed`,
        error,
      );
      await whileLeased(
        store.failStep(operation, stepId, {
          at: this.#at(),
          error: error.message,
        }),
      );
      return undefined;
    }
  }

  #retryAt(error: GitHubUnavailableError): string {
    const { least, most, usual } = RETRY_MS;
    const asked = error.retryAt
      ? error.retryAt.getTime() - this.#now().getTime()
      : usual;
    return this.#at(Math.min(Math.max(asked, least), most));
  }

  /** Has open pages look again. */
  #changed(operation: LeasedOperation): void {
    this.#pages.tell({
      type: 'management-changed',
      operationId: operation.id,
    });
  }

  /** The time in so many milliseconds; ISO 8601. */
  #at(inMs = 0): string {
    return new Date(this.#now().getTime() + inMs).toISOString();
  }
}
