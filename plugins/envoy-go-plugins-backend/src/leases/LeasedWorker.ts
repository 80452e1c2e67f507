import type { LoggerService } from '@backstage/backend-plugin-api';
import { toError } from '@backstage/errors';
import { WorkLoop } from './WorkLoop';

/** Another worker has it by now: there is nothing more to do for this one. */
export class LeaseLostError extends Error {}

/**
 * Goes on only where a change could be made under the lease.
 *
 * @throws LeaseLostError
 */
export async function whileLeased(changed: Promise<boolean>): Promise<void> {
  if (!(await changed)) {
    throw new LeaseLostError();
  }
}

/** What there is for who works at something leased. */
export interface LeasedRun {
  /** Aborted when the lease is lost, or the worker stops. */
  signal: AbortSignal;
  /** Says that the lease was found to be lost. */
  loseLease(): void;
  /** Lets another be taken at once, as this one only waits from now on. */
  makeRoom(): void;
}

/**
 * Takes what waits in a store, leased for a while, and works at it. Any number of workers may
 * do so; what one of them leaves behind when it dies is taken over by the others when its lease
 * has run out.
 */
export class LeasedWorker<T> {
  readonly #what: string;
  readonly #nameOf: (item: T) => string;
  readonly #claim: () => Promise<T | undefined>;
  readonly #renew: (item: T) => Promise<boolean>;
  readonly #handle: (item: T, run: LeasedRun) => Promise<void>;
  readonly #leave: (
    item: T,
    error: Error,
    options: { stops: boolean },
  ) => Promise<void>;
  readonly #logger: LoggerService;
  readonly #concurrency: number;
  readonly #mostHeld: number;
  readonly #leaseMs: number;
  readonly #loop: WorkLoop;
  readonly #running = new Set<Promise<void>>();
  #busy = 0;

  /**
   * @param options - `what` it works at, in the plural, and `nameOf` one of it, for the log;
   *   `renew` answers whether it still has the lease; `handle` ends with what it worked at given
   *   back, or throws; `leave` gives back what `handle` threw at, and says so; `mostHeld` counts
   *   those that made room, too; times in milliseconds
   */
  constructor(options: {
    what: string;
    nameOf: (item: T) => string;
    claim: () => Promise<T | undefined>;
    renew: (item: T) => Promise<boolean>;
    handle: (item: T, run: LeasedRun) => Promise<void>;
    leave: (
      item: T,
      error: Error,
      options: { stops: boolean },
    ) => Promise<void>;
    logger: LoggerService;
    concurrency: number;
    mostHeld?: number;
    leaseMs: number;
    pollMs: number;
  }) {
    this.#what = options.what;
    this.#nameOf = options.nameOf;
    this.#claim = options.claim;
    this.#renew = options.renew;
    this.#handle = options.handle;
    this.#leave = options.leave;
    this.#logger = options.logger;
    this.#concurrency = options.concurrency;
    this.#mostHeld = options.mostHeld ?? options.concurrency;
    this.#leaseMs = options.leaseMs;
    this.#loop = new WorkLoop({
      look: () => this.#takeAll(),
      pollMs: options.pollMs,
    });
  }

  start(): void {
    this.#loop.start();
  }

  /** Looks for work now, rather than with the next poll. */
  wake(): void {
    this.#loop.wake();
  }

  /** Takes nothing further, and waits until what it does can be left. */
  async stop(): Promise<void> {
    await this.#loop.stop();
    await Promise.all(this.#running);
  }

  async #takeAll(): Promise<void> {
    while (
      this.#busy < this.#concurrency &&
      this.#running.size < this.#mostHeld &&
      !this.#loop.stopping.aborted
    ) {
      const item = await this.#take();
      if (item === undefined) {
        return;
      }
      const makeRoom = this.#takePlace();
      const run = this.#hold(item, makeRoom).finally(() => {
        this.#running.delete(run);
        makeRoom();
        this.wake();
      });
      this.#running.add(run);
    }
  }

  /** @returns lets another be taken, at once however often it is called */
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

  async #take(): Promise<T | undefined> {
    try {
      return await this.#claim();
    } catch (error) {
      this.#logger.warn(
        `No ${this.#what} could be taken from the store, which is tried again`,
        toError(error),
      );
      return undefined;
    }
  }

  async #hold(item: T, makeRoom: () => void): Promise<void> {
    const { stopping } = this.#loop;
    const lost = new AbortController();
    const loseLease = () => lost.abort();
    const renewing = setInterval(() => {
      this.#renew(item)
        .then(isMine => {
          if (!isMine) {
            loseLease();
          }
        })
        .catch(error =>
          this.#logger.warn(
            `The lease of ${this.#nameOf(
              item,
            )} could not be renewed, which is tried again`,
            toError(error),
          ),
        );
    }, this.#leaseMs / 3);
    renewing.unref();
    try {
      await this.#handle(item, {
        signal: AbortSignal.any([stopping, lost.signal]),
        loseLease,
        makeRoom,
      });
    } catch (error) {
      if (!(error instanceof LeaseLostError || lost.signal.aborted)) {
        await this.#giveBack(item, toError(error));
      }
    } finally {
      clearInterval(renewing);
    }
  }

  async #giveBack(item: T, error: Error): Promise<void> {
    try {
      await this.#leave(item, error, { stops: this.#loop.stopping.aborted });
    } catch (thrown) {
      // Its lease runs out
      this.#logger.warn(
        `${this.#nameOf(item)} could not be given back`,
        toError(thrown),
      );
    }
  }
}
