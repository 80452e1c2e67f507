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
import type { PublishChecks } from './PublishChecks';
import type { PublishNotifier } from './PublishNotifier';
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

/** Another worker has it by now, or it was withdrawn: there is nothing more to do for this one. */
class LeaseLostError extends Error {}

/**
 * Does what requests wait for: runs their checks, and the steps by which they are published.
 * Any number of workers may do so; what one of them leaves behind when it dies is taken over
 * by the others when its lease has run out, at the step where it was.
 */
export class PublishWorker {
  readonly #id: string;
  readonly #store: PublishRequestStore;
  readonly #checks: PublishChecks;
  readonly #steps: Record<PublishStepId, PublishStepRun>;
  readonly #door: GitHubDoor;
  readonly #notifier: PublishNotifier;
  readonly #logger: LoggerService;
  readonly #now: () => Date;
  readonly #leaseMs: number;
  readonly #pollMs: number;
  readonly #stopping = new AbortController();
  readonly #running = new Set<Promise<void>>();
  readonly #cancelUnwantedBuilds: () => Promise<void>;
  #busy = 0;
  #tidiedAt = 0;
  #loop: Promise<void> | undefined;
  #woken = false;
  #wakeUp: (() => void) | undefined;

  constructor(options: {
    /** Who it is, unlike any other. */
    id: string;
    store: PublishRequestStore;
    checks: PublishChecks;
    steps: Record<PublishStepId, PublishStepRun>;
    door: GitHubDoor;
    notifier: PublishNotifier;
    logger: LoggerService;
    /** Stops the builds that no request waits for; what goes wrong is tried again later. */
    cancelUnwantedBuilds: () => Promise<void>;
    now: () => Date;
    leaseMs?: number;
    pollMs?: number;
  }) {
    this.#id = options.id;
    this.#store = options.store;
    this.#checks = options.checks;
    this.#steps = options.steps;
    this.#door = options.door;
    this.#notifier = options.notifier;
    this.#logger = options.logger;
    this.#cancelUnwantedBuilds = options.cancelUnwantedBuilds;
    this.#now = options.now;
    this.#leaseMs = options.leaseMs ?? DEFAULT_LEASE_MS;
    this.#pollMs = options.pollMs ?? DEFAULT_POLL_MS;
  }

  start(): void {
    this.#loop ??= this.#work();
  }

  /** Looks for requests now, rather than with the next poll. */
  wake(): void {
    this.#woken = true;
    this.#wakeUp?.();
  }

  /** Takes no further request, and waits until what it does can be left. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.wake();
    await this.#loop;
    await Promise.all(this.#running);
  }

  async #work(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      this.#woken = false;
      while (
        this.#busy < CONCURRENCY &&
        this.#running.size < MOST_HELD &&
        !this.#stopping.signal.aborted
      ) {
        const request = await this.#claim();
        if (!request) {
          break;
        }
        const leaveToOthers = this.#takePlace();
        this.#keep(this.#handle(request, leaveToOthers).finally(leaveToOthers));
      }
      // By the real clock: it is about how often
      if (Date.now() - this.#tidiedAt >= TIDY_MS) {
        this.#tidiedAt = Date.now();
        this.#keep(this.#cancelUnwantedBuilds());
      }
      await this.#waitForWork();
    }
  }

  /** What must have ended before the worker has. */
  #keep(work: Promise<void>): void {
    const run = work.finally(() => {
      this.#running.delete(run);
      this.wake();
    });
    this.#running.add(run);
  }

  /** @returns lets another request be taken, at once however often it is called */
  #takePlace(): () => void {
    let taken = true;
    this.#busy += 1;
    return () => {
      if (taken) {
        taken = false;
        this.#busy -= 1;
        this.wake();
      }
    };
  }

  async #waitForWork(): Promise<void> {
    if (this.#woken) {
      return;
    }
    await new Promise<void>(resolve => {
      const timer = setTimeout(resolve, this.#pollMs);
      // Waiting alone must not keep a process alive
      timer.unref();
      this.#wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wakeUp = undefined;
  }

  async #claim(): Promise<LeasedPublishRequest | undefined> {
    try {
      return await this.#store.claim({
        owner: this.#id,
        now: this.#at(),
        until: this.#leasedUntil(),
      });
    } catch (error) {
      this.#logger.warn(
        'Requests to publish could not be taken from the store, which is tried again',
        toError(error),
      );
      return undefined;
    }
  }

  async #handle(
    request: LeasedPublishRequest,
    leaveToOthers: () => void,
  ): Promise<void> {
    const lost = new AbortController();
    const signal = AbortSignal.any([this.#stopping.signal, lost.signal]);
    const renewing = setInterval(() => {
      this.#store
        .renew(request, this.#leasedUntil())
        .then(isMine => {
          if (!isMine) {
            lost.abort();
          }
        })
        .catch(error =>
          this.#logger.warn(
            `The lease of request ${request.id} could not be renewed, which is tried again`,
            toError(error),
          ),
        );
    }, this.#leaseMs / 3);
    renewing.unref();
    try {
      await (request.state === 'checking'
        ? this.#check(request, { lost, signal, leaveToOthers })
        : this.#publish(request, signal));
    } catch (error) {
      if (!(error instanceof LeaseLostError)) {
        await this.#leave(request, toError(error));
      }
    } finally {
      clearInterval(renewing);
      this.#notifier.changed(request.id);
    }
  }

  /** Lets it be taken again: now where this worker stops, otherwise a little later. */
  async #leave(request: LeasedPublishRequest, error: Error): Promise<void> {
    const stops = this.#stopping.signal.aborted;
    if (!stops) {
      this.#logger.error(
        `Request ${request.id} could not be worked at, which is tried again`,
        error,
      );
    }
    try {
      await this.#store.release(request, {
        failures: request.failures + (stops ? 0 : 1),
        ...(!stops && { nextAttemptAt: this.#retryAt(error) }),
      });
    } catch (thrown) {
      // Its lease runs out
      this.#logger.warn(
        `Request ${request.id} could not be given back`,
        toError(thrown),
      );
    }
  }

  async #check(
    request: LeasedPublishRequest,
    options: {
      lost: AbortController;
      signal: AbortSignal;
      leaveToOthers: () => void;
    },
  ): Promise<void> {
    const { checks } = this.#checks;
    const ended = new AbortController();
    const signal = AbortSignal.any([options.signal, ended.signal]);
    try {
      const opened = await this.#checks.open(request, signal);
      await mine(this.#store.beginChecks(request, opened.facts, [...checks]));
      this.#notifier.changed(request.id);
      await this.#cancelUnwantedBuilds();
      const run = async (check: PublishCheck) => {
        const result = await opened.run(check, where =>
          this.#showProgress(request, check.id, where, options.lost),
        );
        await mine(this.#store.saveCheck(request, result));
        this.#notifier.changed(request.id);
        return result.outcome;
      };
      const outcomes: PublishCheckResult['outcome'][] = [];
      for (const check of checks.filter(each => !waitsForSomething(each))) {
        outcomes.push(await run(check));
      }
      options.leaveToOthers();
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
      if (
        thrown instanceof LeaseLostError ||
        options.signal.aborted ||
        mayEnd
      ) {
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
    lost: AbortController,
  ): void {
    this.#store
      .saveProgress(request, checkId, where)
      .then(isMine => {
        if (isMine) {
          this.#notifier.changed(request.id);
        } else {
          lost.abort();
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
    await mine(
      this.#store.settle(request, transition, {
        actor: 'system',
        at: this.#at(),
        text,
      }),
    );
    await this.#notifier.moved(request, transition, text);
  }

  async #publish(
    request: LeasedPublishRequest,
    signal: AbortSignal,
  ): Promise<void> {
    if (request.state === 'approved') {
      await mine(
        this.#store.settle(request, 'begin', {
          actor: 'system',
          at: this.#at(),
          text: 'Began to publish',
        }),
      );
      await this.#notifier.moved(request, 'begin');
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
    await mine(
      this.#store.notePlugin(current, {
        namespace: 'default',
        name: request.name,
      }),
    );
    await mine(
      this.#store.settle(current, 'finish', {
        actor: 'system',
        at: this.#at(),
        text: `Published ${request.name} at ${request.target}`,
      }),
    );
    await this.#notifier.moved(request, 'finish');
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
    await mine(this.#store.beginStep(request, stepId, this.#at()));
    this.#notifier.changed(request.id);
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
          await mine(this.#store.noteSaga(request, notes));
        },
        log: async text => {
          await mine(
            this.#store.logStep(request, stepId, { at: this.#at(), text }),
          );
        },
        startedAt,
        now: this.#now(),
        signal,
      });
      if (waits) {
        const until = new Date(this.#now().getTime() + waits.waitMs);
        await mine(
          this.#store.postponeStep(request, stepId, {
            until: until.toISOString(),
            failures: 0,
          }),
        );
        return undefined;
      }
      await mine(
        this.#store.finishStep(request, stepId, {
          actor: 'system',
          at: this.#at(),
          text: `Done: ${STEP_TITLES[stepId]}`,
          details: { step: stepId },
        }),
      );
      return { ...request, saga: notes, failures: 0 };
    } catch (thrown) {
      if (thrown instanceof LeaseLostError || this.#stopping.signal.aborted) {
        throw thrown;
      }
      const error = toError(thrown);
      if (
        thrown instanceof GitHubUnavailableError &&
        request.failures < MOST_FAILURES
      ) {
        await mine(
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
      await mine(
        this.#store.failStep(request, stepId, error.message, {
          actor: 'system',
          at: this.#at(),
          text,
          details: { step: stepId },
        }),
      );
      await this.#notifier.moved(request, 'fail', text);
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
    return new Date(now + wait).toISOString();
  }

  #at(): string {
    return this.#now().toISOString();
  }

  #leasedUntil(): string {
    return new Date(this.#now().getTime() + this.#leaseMs).toISOString();
  }
}

/** Whether a check waits for something, rather than only to look. */
function waitsForSomething({ timeoutMs }: PublishCheck): boolean {
  return timeoutMs !== undefined;
}

async function mine(changed: Promise<boolean>): Promise<void> {
  if (!(await changed)) {
    throw new LeaseLostError();
  }
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
