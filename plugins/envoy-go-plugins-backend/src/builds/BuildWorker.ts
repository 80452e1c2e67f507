import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { LoggerService } from '@backstage/backend-plugin-api';
import { InputError, toError } from '@backstage/errors';
import type {
  BuildState,
  BuildStepStatus,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { type GitHubDoor, GitHubUnavailableError } from '../github';
import { LeaseLostError, WorkLoop, whileLeased } from '../leases';
import type { BuildChanges } from './BuildChanges';
import { BuildJournal } from './BuildJournal';
import type {
  BuildFacts,
  BuildSettlement,
  BuildStore,
  LeasedBuild,
  StoredBuild,
} from './BuildStore';
import { BUILD_TRANSITIONS } from './BuildTransition';
import { summaryOf } from './buildRow';
import { factsOfReport } from './factsOfReport';
import { SourceRefusedError, fetchSource } from './fetchSource';
import { nameOfBuild } from './nameOfBuild';
import type { ReleasePublisher, ReleaseToPublish } from './ReleasePublisher';
import { NoRunnerError, type RunnerPool, type RunnerResult } from './runners';
import type { WorkFolders } from './WorkFolders';

/** For how long a build is a worker's without a sign of life, in milliseconds. */
const DEFAULT_LEASE_MS = 30_000;

/** How often it is looked for builds that wait, were abandoned or are to be stopped, in milliseconds. */
const DEFAULT_POLL_MS = 1_000;

/**
 * How long to wait before the second, third, … attempt, in milliseconds; a build whose last
 * attempt could not run ends with that.
 */
const DEFAULT_RETRY_DELAYS_MS = [5_000, 30_000, 120_000, 600_000];

/** What GitHub asks to wait is waited at most, in milliseconds. */
const LONGEST_PAUSE_MS = 3_600_000;

/** So many builds one worker has at most, of which those that are being published need no runner. */
const MOST_HELD = 16;

/** The step that is this worker's own. */
const FETCH = 'source from GitHub';

/** Under which the log tells what the portal does. */
const PORTAL = 'portal';

/** What was built cannot be published, ever. */
class UnpublishableError extends Error {}

/** This process ends. */
class StoppingError extends Error {}

/** It took longer than a build may. */
class TimedOutError extends Error {}

/** Somebody stopped it. */
class CancelledError extends Error {
  constructor(readonly actor: string, readonly wish: string | undefined) {
    super('The build was cancelled');
  }
}

/** A build that this worker has. */
interface HeldBuild {
  build: LeasedBuild;
  control: AbortController;
  journal: BuildJournal;
  /** What a runner came to, once it did. */
  result?: RunnerResult;
}

/**
 * Has queued builds built while this replica has a runner that is free, and published. Any
 * number of workers may do so; what one of them leaves behind when it dies is queued again
 * when its lease has run out. A build that was being published then is built once more,
 * which is reproducible: its files went with the other.
 */
export class BuildWorker {
  readonly #id: string;
  readonly #store: BuildStore;
  readonly #pool: RunnerPool;
  readonly #publisher: ReleasePublisher;
  readonly #door: GitHubDoor;
  readonly #folders: WorkFolders;
  readonly #changes: BuildChanges;
  readonly #logger: LoggerService;
  readonly #now: () => Date;
  readonly #timeoutMs: number;
  readonly #leaseMs: number;
  readonly #pollMs: number;
  readonly #retryDelaysMs: number[];
  readonly #held = new Map<string, HeldBuild>();
  readonly #runs = new Set<Promise<void>>();
  /** Those that no runner has yet, although one is meant for them. */
  readonly #preparing = new Set<string>();
  readonly #loop: WorkLoop;
  #swept: Promise<void> | undefined;
  #unlisten: (() => void) | undefined;

  constructor(options: {
    /** Who it is, unlike any other. */
    id: string;
    store: BuildStore;
    pool: RunnerPool;
    publisher: ReleasePublisher;
    door: GitHubDoor;
    folders: WorkFolders;
    changes: BuildChanges;
    logger: LoggerService;
    now: () => Date;
    /** How long a build may take, in milliseconds. */
    timeoutMs: number;
    leaseMs?: number;
    pollMs?: number;
    retryDelaysMs?: number[];
  }) {
    this.#id = options.id;
    this.#store = options.store;
    this.#pool = options.pool;
    this.#publisher = options.publisher;
    this.#door = options.door;
    this.#folders = options.folders;
    this.#changes = options.changes;
    this.#logger = options.logger;
    this.#now = options.now;
    this.#timeoutMs = options.timeoutMs;
    this.#leaseMs = options.leaseMs ?? DEFAULT_LEASE_MS;
    this.#pollMs = options.pollMs ?? DEFAULT_POLL_MS;
    this.#retryDelaysMs = options.retryDelaysMs ?? DEFAULT_RETRY_DELAYS_MS;
    this.#loop = new WorkLoop({
      look: () => this.#look(),
      pollMs: this.#pollMs,
    });
  }

  start(): void {
    this.#unlisten ??= this.#pool.onFree(() => this.wake());
    this.#loop.start();
  }

  /** Looks for builds now, rather than with the next poll. */
  wake(): void {
    this.#loop.wake();
  }

  /** Takes no further build, and gives those back that it has. */
  async stop(): Promise<void> {
    this.#unlisten?.();
    const stopped = this.#loop.stop();
    for (const { control } of this.#held.values()) {
      control.abort(new StoppingError());
    }
    await stopped;
    await Promise.all(this.#runs);
    await this.#folders.close();
  }

  async #look(): Promise<void> {
    this.#swept ??= this.#attempt('Folders of builds that are over', () =>
      this.#folders.sweep(),
    );
    await this.#swept;
    await this.#attempt('Builds that were abandoned', () => this.#recover());
    await this.#attempt('Builds that are to be stopped', () =>
      this.#stopCancelled(),
    );
    await this.#attempt('Builds that wait', () => this.#takeAll());
  }

  /** What cannot be done now is done with the next poll. */
  async #attempt(what: string, run: () => Promise<void>): Promise<void> {
    try {
      await run();
    } catch (error) {
      this.#logger.warn(
        `${what} could not be looked for, which is tried again`,
        toError(error),
      );
    }
  }

  async #recover(): Promise<void> {
    const recovered = await this.#store.recover({
      now: this.#at(),
      mostTries: this.#mostTries,
    });
    for (const build of recovered) {
      if (build.state === 'could-not-run') {
        await this.#refuse(build, undefined);
      }
      this.#changes.changed(build.id);
    }
  }

  async #stopCancelled(): Promise<void> {
    if (this.#held.size === 0) {
      return;
    }
    const wishes = await this.#store.listToCancel([...this.#held.keys()]);
    for (const { id, actor, reason } of wishes) {
      this.#held.get(id)?.control.abort(new CancelledError(actor, reason));
    }
  }

  async #takeAll(): Promise<void> {
    while (
      !this.#loop.stopping.aborted &&
      this.#pool.free() > this.#preparing.size &&
      this.#held.size < MOST_HELD
    ) {
      const build = await this.#store.claim({
        owner: this.#id,
        now: this.#at(),
        until: this.#leasedUntil(),
      });
      if (!build) {
        return;
      }
      this.#preparing.add(build.id);
      const run = this.#handle(build).finally(() => {
        this.#runs.delete(run);
        this.wake();
      });
      this.#runs.add(run);
    }
  }

  async #handle(build: LeasedBuild): Promise<void> {
    const control = new AbortController();
    const held: HeldBuild = {
      build,
      control,
      journal: new BuildJournal({
        write: async progress => {
          await whileLeased(this.#store.progress(build, progress));
          this.#changes.changed(build.id);
        },
        onError: error => {
          if (error instanceof LeaseLostError) {
            control.abort(error);
          } else {
            this.#logger.warn(
              `Some of what build ${build.id} told could not be stored`,
              toError(error),
            );
          }
        },
      }),
    };
    this.#held.set(build.id, held);
    if (this.#loop.stopping.aborted) {
      control.abort(new StoppingError());
    }
    this.#changes.changed(build.id);
    const renewing = this.#keepRenewing(held);
    const timeout = setTimeout(
      () => control.abort(new TimedOutError()),
      this.#timeoutMs,
    );
    timeout.unref();
    let folder: string | undefined;
    try {
      folder = await this.#folders.make();
      await this.#build(held, folder);
    } catch (error) {
      await this.#leave(held, toError(error));
    } finally {
      clearInterval(renewing);
      clearTimeout(timeout);
      this.#held.delete(build.id);
      this.#preparing.delete(build.id);
      this.#changes.changed(build.id);
      if (folder !== undefined) {
        await this.#removeFolder(folder);
      }
    }
  }

  async #removeFolder(folder: string): Promise<void> {
    try {
      await this.#folders.remove(folder);
    } catch (error) {
      this.#logger.warn(
        `${folder} could not be removed, which is tried again at the next start`,
        toError(error),
      );
    }
  }

  #keepRenewing({ build, control }: HeldBuild): NodeJS.Timeout {
    let leasedUntil = this.#leasedUntil();
    const renew = async () => {
      const until = this.#leasedUntil();
      try {
        await whileLeased(this.#store.renew(build, until));
        leasedUntil = until;
        await this.#folders.touch();
      } catch (error) {
        if (error instanceof LeaseLostError || leasedUntil < this.#at()) {
          control.abort(new LeaseLostError());
          return;
        }
        this.#logger.warn(
          `The lease of build ${build.id} could not be renewed, which is tried again`,
          toError(error),
        );
      }
    };
    return setInterval(renew, this.#leaseMs / 3).unref();
  }

  async #build(held: HeldBuild, folder: string): Promise<void> {
    const { build, control, journal } = held;
    const { signal } = control;
    if (build.attempts > 1) {
      journal.line({ step: PORTAL, text: `Attempt ${build.attempts}` });
    }
    const archive = join(folder, 'source.tar.gz');
    const out = join(folder, 'out');
    await mkdir(out);
    await this.#step(held, FETCH, () =>
      fetchSource(build, { door: this.#door, file: archive, signal }),
    );
    signal.throwIfAborted();
    // From here on it counts as one of the runner's
    this.#preparing.delete(build.id);
    const result = await this.#pool.run(
      { buildId: build.id, archive, commit: build.commit, out },
      {
        onTaken: runner => journal.runner(runner),
        onStep: step => journal.step(step),
        onLog: ({ step, line }) => journal.line({ step, text: line }),
        signal,
      },
    );
    held.result = result;
    const facts = factsOfReport(result, this.#at());
    const { outcome, reason } = result.report;
    await journal.flush();
    if (outcome === 'could-not-run') {
      await this.#postpone(
        held,
        reason ?? 'The runner could not build it',
        facts,
      );
    } else if (outcome === 'failed') {
      await this.#fail(held, reason ?? 'It did not pass', facts);
    } else if (build.release) {
      await this.#publish(held, facts);
    } else {
      await this.#end(held, { transition: 'pass', facts });
    }
  }

  async #publish(held: HeldBuild, facts: BuildFacts): Promise<void> {
    const { build, control, journal, result } = held;
    const { release } = build;
    if (!release || !result) {
      throw new Error(`Build ${build.id} has nothing to be published`);
    }
    while (!(await this.#beginPublishing(held, facts))) {
      await wait(this.#pollMs, undefined, { signal: control.signal });
    }
    this.#changes.changed(build.id);
    const { image } = await publishWith(this.#publisher, {
      release: {
        build: summaryOf({ ...build, state: 'publishing' }),
        release,
        result,
      },
      onStep: step => journal.step(step),
      signal: control.signal,
    });
    await journal.flush();
    await this.#end(held, { transition: 'pass', facts: { ...facts, image } });
  }

  async #beginPublishing(
    { build }: HeldBuild,
    facts: BuildFacts,
  ): Promise<boolean> {
    const begun = await this.#store.beginPublishing(build, {
      at: this.#at(),
      facts,
    });
    if (begun === 'lost') {
      throw new LeaseLostError();
    }
    return begun === 'begun';
  }

  /** Runs one of the worker's own steps. */
  async #step(
    { journal }: HeldBuild,
    name: string,
    run: () => Promise<void>,
  ): Promise<void> {
    const startedAt = this.#at();
    journal.step({ name, state: 'running', startedAt });
    const end = (state: 'passed' | 'could-not-run', reason?: string) => {
      const endedAt = this.#at();
      const durationMs = Date.parse(endedAt) - Date.parse(startedAt);
      journal.step({ name, state, reason, startedAt, endedAt, durationMs });
    };
    try {
      await run();
    } catch (error) {
      end('could-not-run', toError(error).message);
      throw error;
    }
    end('passed');
  }

  /** What becomes of a build that came to no end. */
  async #leave(held: HeldBuild, error: Error): Promise<void> {
    const { build, control, journal } = held;
    // Whatever the others say once they are stopped
    const cause = control.signal.aborted
      ? toError(control.signal.reason)
      : error;
    if (cause instanceof LeaseLostError) {
      return;
    }
    try {
      await journal.flush();
      await this.#settleLeft(held, cause);
    } catch (thrown) {
      if (!(thrown instanceof LeaseLostError)) {
        // Its lease runs out
        this.#logger.error(
          `What became of build ${build.id} could not be stored; it is queued again soon`,
          toError(thrown),
        );
      }
    }
  }

  async #settleLeft(held: HeldBuild, cause: Error): Promise<void> {
    if (cause instanceof StoppingError || cause instanceof NoRunnerError) {
      await this.#end(held, { transition: 'give-back' });
    } else if (cause instanceof CancelledError) {
      await this.#end(
        held,
        { transition: 'cancel', reason: cause.wish },
        cause.actor,
      );
    } else if (cause instanceof TimedOutError) {
      await this.#giveUp(
        held,
        `It took longer than ${duration(
          this.#timeoutMs,
        )}, which is the most that a build may take here`,
      );
    } else if (cause instanceof SourceRefusedError) {
      await (cause.isPluginsDoing
        ? this.#fail(held, cause.message)
        : this.#giveUp(held, cause.message));
    } else if (cause instanceof UnpublishableError) {
      await this.#fail(held, cause.message);
    } else {
      const { build } = held;
      this.#logger.warn(
        `Attempt ${build.attempts} at build ${build.id} of ${build.repository} came to no end`,
        cause,
      );
      await this.#postpone(held, cause.message, {}, retryAtOf(cause));
    }
  }

  /** Has it tried again later, unless it was often enough. */
  async #postpone(
    held: HeldBuild,
    reason: string,
    facts: BuildFacts = {},
    askedFor?: Date,
  ): Promise<void> {
    const { tries } = held.build;
    if (tries >= this.#mostTries) {
      await this.#giveUp(held, reason, facts);
      return;
    }
    const now = this.#now().getTime();
    const waitMs = Math.min(
      Math.max(
        this.#retryDelaysMs[tries - 1],
        (askedFor?.getTime() ?? now) - now,
      ),
      LONGEST_PAUSE_MS,
    );
    await this.#end(held, {
      transition: 'postpone',
      reason,
      facts,
      nextAttemptAt: new Date(now + waitMs).toISOString(),
    });
  }

  async #fail(
    held: HeldBuild,
    reason: string,
    facts: BuildFacts = {},
  ): Promise<void> {
    await this.#refuse({ ...held.build, state: 'failed', reason }, held.result);
    await this.#end(held, { transition: 'fail', reason, facts });
  }

  async #giveUp(
    held: HeldBuild,
    reason: string,
    facts: BuildFacts = {},
  ): Promise<void> {
    await this.#refuse(
      { ...held.build, state: 'could-not-run', reason },
      held.result,
    );
    await this.#end(held, { transition: 'give-up', reason, facts });
  }

  async #refuse(
    build: StoredBuild,
    result: RunnerResult | undefined,
  ): Promise<void> {
    if (!build.release) {
      return;
    }
    try {
      await this.#publisher.refuse({
        build: summaryOf(build),
        release: build.release,
        result,
      });
    } catch (error) {
      // The build itself says it, too
      this.#logger.error(
        `What came of ${build.tag} of ${build.repository} could not be stored with its version`,
        toError(error),
      );
    }
  }

  async #end(
    { build }: HeldBuild,
    settlement: BuildSettlement,
    actor = 'system',
  ): Promise<void> {
    const state: BuildState = BUILD_TRANSITIONS[settlement.transition].to;
    await whileLeased(
      this.#store.settle(build, settlement, {
        actor,
        at: this.#at(),
        text: textOf(build, state, settlement.reason),
      }),
    );
  }

  get #mostTries(): number {
    return this.#retryDelaysMs.length + 1;
  }

  #at(): string {
    return this.#now().toISOString();
  }

  #leasedUntil(): string {
    return new Date(this.#now().getTime() + this.#leaseMs).toISOString();
  }
}

async function publishWith(
  publisher: ReleasePublisher,
  options: {
    release: ReleaseToPublish;
    onStep: (step: BuildStepStatus) => void;
    signal: AbortSignal;
  },
): Promise<{ image?: string }> {
  const { release, ...rest } = options;
  try {
    return await publisher.publish(release, rest);
  } catch (error) {
    if (error instanceof InputError) {
      throw new UnpublishableError(error.message);
    }
    throw error;
  }
}

function retryAtOf(error: Error): Date | undefined {
  return error instanceof GitHubUnavailableError ? error.retryAt : undefined;
}

function duration(ms: number): string {
  return ms < 60_000 ? `${ms / 1000} s` : `${Math.round(ms / 60_000)} minutes`;
}

/** For the record. */
function textOf(
  build: StoredBuild,
  state: BuildState,
  reason: string | undefined,
): string {
  const what = nameOfBuild(build);
  const because = reason === undefined ? '' : `: ${reason}`;
  const texts: Partial<Record<BuildState, string>> = {
    passed: `Built ${what}`,
    failed: `${what} did not pass${because}`,
    'could-not-run': `Could not build ${what}${because}`,
    cancelled: `Cancelled the build of ${what}${because}`,
  };
  return texts[state] ?? `The build of ${what} waits${because}`;
}
