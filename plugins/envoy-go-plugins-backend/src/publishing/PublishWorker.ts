import type { LoggerService } from '@backstage/backend-plugin-api';
import { NotFoundError, toError } from '@backstage/errors';
import {
  PUBLISH_STEPS,
  type PublishCheckResult,
  type PublishStepId,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import {
  type PublishCheck,
  UnreadableSourceError,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-node';
import { type GitHubDoor, GitHubUnavailableError } from '../github';
import {
  LeaseLostError,
  type LeasedRun,
  LeasedWorker,
  WorkLoop,
  whileLeased,
} from '../leases';
import type { OpenPages } from '../signals';
import type { PublishChecks } from './PublishChecks';
import type {
  LeasedPublishRequest,
  PublishRequestStore,
} from './PublishRequestStore';
import type { PublishTransition } from './PublishTransition';
import type { PublishStepRun } from './steps';
import { STEP_TITLES } from './stepTitles';

/** For how long a request is a worker's without a sign of life, in milliseconds. */
const DEFAULT_LEASE_MS = 30_000;

/** How often it is looked for requests that wait, in milliseconds. */
const DEFAULT_POLL_MS = 1_000;

/** So often in a row it is tried again what GitHub could not answer. */
const MOST_FAILURES = 20;

/** After what GitHub could not answer, at the least and the most, in milliseconds. */
const RETRY_MS = { least: 1_000, most: 600_000 };

/** Requests that are worked at at the same time; those that wait for a build are not counted. */
const CONCURRENCY = 2;

/** Requests that a worker has altogether. */
const MOST_HELD = 100;

/** Between two looks for builds that no request waits for, in milliseconds. */
const TIDY_MS = 60_000;

/** In which the repository is its author's still. */
const BEFORE_TRANSFER: readonly PublishStepId[] = ['verify-commit', 'transfer'];

/**
 * Does what requests wait for: runs their checks, and the steps by which they are published.
 * Any number of workers may do so; what one of them leaves behind when it dies is taken over
 * by the others when its lease has run out, at the step where it was.
 */
export class PublishWorker {
  readonly #work: LeasedWorker<LeasedPublishRequest>;
  readonly #tidying: WorkLoop;
  readonly #store: PublishRequestStore;
  readonly #checks: PublishChecks;
  readonly #steps: Record<PublishStepId, PublishStepRun>;
  readonly #door: GitHubDoor;
  readonly #pages: OpenPages;
  readonly #logger: LoggerService;
  readonly #now: () => Date;
  readonly #cancelUnwantedBuilds: () => Promise<void>;

  constructor(options: {
    /** Who it is, unlike any other. */
    id: string;
    store: PublishRequestStore;
    checks: PublishChecks;
    steps: Record<PublishStepId, PublishStepRun>;
    door: GitHubDoor;
    pages: OpenPages;
    logger: LoggerService;
    /** Stops the builds that no request waits for; what goes wrong is tried again later. */
    cancelUnwantedBuilds: () => Promise<void>;
    now: () => Date;
    leaseMs?: number;
    pollMs?: number;
  }) {
    const { id, store, leaseMs = DEFAULT_LEASE_MS } = options;
    this.#store = store;
    this.#checks = options.checks;
    this.#steps = options.steps;
    this.#door = options.door;
    this.#pages = options.pages;
    this.#logger = options.logger;
    this.#cancelUnwantedBuilds = options.cancelUnwantedBuilds;
    this.#now = options.now;
    this.#work = new LeasedWorker({
      what: 'requests to publish',
      nameOf: request => `request ${request.id}`,
      claim: () =>
        store.claim({ owner: id, now: this.#at(), until: this.#at(leaseMs) }),
      renew: request => store.renew(request, this.#at(leaseMs)),
      handle: (request, run) => this.#handle(request, run),
      leave: (request, error, { stops }) => this.#leave(request, error, stops),
      logger: options.logger,
      concurrency: CONCURRENCY,
      mostHeld: MOST_HELD,
      leaseMs,
      pollMs: options.pollMs ?? DEFAULT_POLL_MS,
    });
    this.#tidying = new WorkLoop({
      look: options.cancelUnwantedBuilds,
      pollMs: TIDY_MS,
    });
  }

  start(): void {
    this.#work.start();
    this.#tidying.start();
  }

  /** Looks for requests now, rather than with the next poll. */
  wake(): void {
    this.#work.wake();
  }

  /** Takes no further request, and waits until what it does can be left. */
  async stop(): Promise<void> {
    await Promise.all([this.#work.stop(), this.#tidying.stop()]);
  }

  async #handle(request: LeasedPublishRequest, run: LeasedRun): Promise<void> {
    try {
      await (request.state === 'checking'
        ? this.#check(request, run)
        : this.#publish(request, run.signal));
    } finally {
      this.#changed(request);
    }
  }

  /** Lets it be taken again: now where this worker stops, otherwise a little later. */
  async #leave(
    request: LeasedPublishRequest,
    error: Error,
    stops: boolean,
  ): Promise<void> {
    if (!stops) {
      this.#logger.error(
        `Request ${request.id} could not be worked at, which is tried again`,
        error,
      );
    }
    await this.#store.release(request, {
      failures: request.failures + (stops ? 0 : 1),
      ...(!stops && { nextAttemptAt: this.#retryAt(error) }),
    });
    this.#changed(request);
  }

  async #check(
    request: LeasedPublishRequest,
    worked: LeasedRun,
  ): Promise<void> {
    const { checks } = this.#checks;
    const ended = new AbortController();
    const signal = AbortSignal.any([worked.signal, ended.signal]);
    try {
      const opened = await this.#checks.open(request, signal);
      await whileLeased(
        this.#store.beginChecks(request, opened.facts, [...checks]),
      );
      this.#changed(request);
      await this.#cancelUnwantedBuilds();
      const run = async (check: PublishCheck) => {
        const result = await opened.run(check, where =>
          this.#showProgress(request, check.id, where, worked.loseLease),
        );
        await whileLeased(this.#store.saveCheck(request, result));
        this.#changed(request);
        return result.outcome;
      };
      const outcomes: PublishCheckResult['outcome'][] = [];
      for (const check of checks.filter(each => !waitsForSomething(each))) {
        outcomes.push(await run(check));
      }
      worked.makeRoom();
      outcomes.push(
        ...(await Promise.all(checks.filter(waitsForSomething).map(run))),
      );
      const count = (outcome: string) =>
        outcomes.filter(each => each === outcome).length;
      const failed = count('failed');
      const text = `${count('passed')} checks passed, ${failed} failed, ${count(
        'could-not-run',
      )} could not run`;
      await this.#settleChecks(
        { ...request, name: opened.facts.name },
        failed > 0 ? 'find-wanting' : 'find-good',
        text,
      );
    } catch (thrown) {
      const mayEnd =
        thrown instanceof GitHubUnavailableError &&
        request.failures < MOST_FAILURES;
      if (thrown instanceof LeaseLostError || worked.signal.aborted || mayEnd) {
        throw thrown;
      }
      await this.#settleChecks(
        request,
        'find-wanting',
        explainUnread(request.repository, thrown),
      );
    } finally {
      ended.abort();
    }
  }

  #showProgress(
    request: LeasedPublishRequest,
    checkId: string,
    where: { text: string; buildId?: string },
    loseLease: () => void,
  ): void {
    this.#store
      .saveProgress(request, checkId, where)
      .then(isMine => {
        if (isMine) {
          this.#changed(request);
        } else {
          loseLease();
        }
      })
      .catch(error =>
        this.#logger.warn(
          `Where check ${checkId} of request ${request.id} is could not be shown`,
          toError(error),
        ),
      );
  }

  async #settleChecks(
    request: LeasedPublishRequest,
    transition: PublishTransition,
    text: string,
  ): Promise<void> {
    await whileLeased(
      this.#store.settle(request, transition, {
        actor: 'system',
        at: this.#at(),
        text,
      }),
    );
  }

  async #publish(
    request: LeasedPublishRequest,
    signal: AbortSignal,
  ): Promise<void> {
    if (request.state === 'approved') {
      await whileLeased(
        this.#store.settle(request, 'begin', {
          actor: 'system',
          at: this.#at(),
          text: 'Began to publish',
        }),
      );
    }
    const { steps } = await this.#store.getParts(request.id);
    let current: LeasedPublishRequest = request;
    for (const stepId of PUBLISH_STEPS) {
      const step = steps.find(each => each.stepId === stepId);
      if (step?.state !== 'done') {
        const startedAt = new Date(step?.startedAt ?? this.#now());
        const after = await this.#step(current, stepId, startedAt, signal);
        if (!after) {
          return;
        }
        current = after;
      }
    }
    await whileLeased(
      this.#store.notePlugin(current, {
        namespace: 'default',
        name: request.name,
      }),
    );
    await whileLeased(
      this.#store.settle(current, 'finish', {
        actor: 'system',
        at: this.#at(),
        text: `Published ${request.name} at ${request.target}`,
      }),
    );
  }

  /** @returns the request as it is after the step, `undefined` where it is not done */
  async #step(
    request: LeasedPublishRequest,
    stepId: PublishStepId,
    startedAt: Date,
    signal: AbortSignal,
  ): Promise<LeasedPublishRequest | undefined> {
    const { host } = request;
    const [owner, repo] = request.target.split('/');
    let notes = request.saga;
    await whileLeased(this.#store.beginStep(request, stepId, this.#at()));
    this.#changed(request);
    try {
      const waits = await this.#steps[stepId]({
        request,
        github: this.#door.asPortal({
          host,
          owner: BEFORE_TRANSFER.includes(stepId)
            ? request.repository.split('/')[0]
            : owner,
          lane: 'urgent',
          signal,
        }),
        target: { owner, repo },
        notes,
        note: async changed => {
          notes = changed;
          await whileLeased(this.#store.noteSaga(request, notes));
        },
        log: async text => {
          await whileLeased(
            this.#store.logStep(request, stepId, { at: this.#at(), text }),
          );
        },
        startedAt,
        now: this.#now(),
        signal,
      });
      if (waits) {
        await whileLeased(
          this.#store.postponeStep(request, stepId, {
            until: this.#at(waits.waitMs),
            failures: 0,
          }),
        );
        return undefined;
      }
      await whileLeased(
        this.#store.finishStep(request, stepId, {
          actor: 'system',
          at: this.#at(),
          text: `Done: ${STEP_TITLES[stepId]}`,
          details: { step: stepId },
        }),
      );
      return { ...request, saga: notes, failures: 0 };
    } catch (thrown) {
      if (thrown instanceof LeaseLostError || signal.aborted) {
        throw thrown;
      }
      const error = toError(thrown);
      if (
        thrown instanceof GitHubUnavailableError &&
        request.failures < MOST_FAILURES
      ) {
        await whileLeased(
          this.#store.postponeStep(request, stepId, {
            until: this.#retryAt(error),
            error: error.message,
            failures: request.failures + 1,
          }),
        );
        return undefined;
      }
      const text = `${STEP_TITLES[stepId]} failed: ${error.message}`;
      this.#logger.error(`Request ${request.id}: ${text}`, error);
      await whileLeased(
        this.#store.failStep(request, stepId, error.message, {
          actor: 'system',
          at: this.#at(),
          text,
          details: { step: stepId },
        }),
      );
      return undefined;
    }
  }

  #retryAt(error: Error): string {
    const now = this.#now().getTime();
    const asked =
      error instanceof GitHubUnavailableError ? error.retryAt : undefined;
    const { least, most } = RETRY_MS;
    const wait = Math.min(
      Math.max((asked?.getTime() ?? now + 5_000) - now, least),
      most,
    );
    return this.#at(wait);
  }

  /** Has open pages look again. */
  #changed(request: LeasedPublishRequest): void {
    this.#pages.tell({
      type: 'publish-request-changed',
      requestId: request.id,
    });
  }

  /** The time in so many milliseconds; ISO 8601. */
  #at(inMs = 0): string {
    return new Date(this.#now().getTime() + inMs).toISOString();
  }
}

/** Whether a check waits for something, rather than only to look. */
function waitsForSomething({ timeoutMs }: PublishCheck): boolean {
  return timeoutMs !== undefined;
}

function explainUnread(repository: string, thrown: unknown): string {
  const reason = toError(thrown).message;
  if (thrown instanceof NotFoundError) {
    return `The portal does not see ${repository} on GitHub, or it is empty. Where it is private, make the bot an administrator first, then check again`;
  }
  return thrown instanceof UnreadableSourceError
    ? reason
    : `${repository} could not be read: ${reason}`;
}
