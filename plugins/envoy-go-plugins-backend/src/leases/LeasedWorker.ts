import type { LoggerService } from '@backstage/backend-plugin-api';
import { toError } from '@backstage/errors';

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

/**
 * Takes what waits in a store, leased for a while, and works at it. Any number of workers may
 * do so; what one of them leaves behind when it dies is taken over by the others when its lease
 * has run out.
 */
export class LeasedWorker<T> {
  readonly #what: string;
  readonly #claim: () => Promise<T | undefined>;
  readonly #renew: (item: T) => Promise<boolean>;
  readonly #handle: (item: T, signal: AbortSignal) => Promise<void>;
  readonly #leave: (
    item: T,
    error: Error,
    options: { stops: boolean },
  ) => Promise<void>;
  readonly #logger: LoggerService;
  readonly #concurrency: number;
  readonly #leaseMs: number;
  readonly #pollMs: number;
  readonly #stopping = new AbortController();
  readonly #running = new Set<Promise<void>>();
  #loop: Promise<void> | undefined;
  #woken = false;
  #wakeUp: (() => void) | undefined;

  /**
   * @param options - `what` it works at, in the plural, for the log; `renew` answers whether it
   *   still has the lease; `handle` ends with what it worked at given back, or throws; `leave`
   *   gives back what `handle` threw at; times in milliseconds
   */
  constructor(options: {
    what: string;
    claim: () => Promise<T | undefined>;
    renew: (item: T) => Promise<boolean>;
    handle: (item: T, signal: AbortSignal) => Promise<void>;
    leave: (
      item: T,
      error: Error,
      options: { stops: boolean },
    ) => Promise<void>;
    logger: LoggerService;
    concurrency: number;
    leaseMs: number;
    pollMs: number;
  }) {
    this.#what = options.what;
    this.#claim = options.claim;
    this.#renew = options.renew;
    this.#handle = options.handle;
    this.#leave = options.leave;
    this.#logger = options.logger;
    this.#concurrency = options.concurrency;
    this.#leaseMs = options.leaseMs;
    this.#pollMs = options.pollMs;
  }

  start(): void {
    this.#loop ??= this.#work();
  }

  /** Looks for work now, rather than with the next poll. */
  wake(): void {
    this.#woken = true;
    this.#wakeUp?.();
  }

  /** Takes nothing further, and waits until what it does can be left. */
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
        this.#running.size < this.#concurrency &&
        !this.#stopping.signal.aborted
      ) {
        const item = await this.#take();
        if (item === undefined) {
          break;
        }
        const run = this.#hold(item).finally(() => {
          this.#running.delete(run);
          this.wake();
        });
        this.#running.add(run);
      }
      await this.#waitForWork();
    }
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

  async #hold(item: T): Promise<void> {
    const lost = new AbortController();
    const signal = AbortSignal.any([this.#stopping.signal, lost.signal]);
    const renewing = setInterval(() => {
      this.#renew(item)
        .then(isMine => {
          if (!isMine) {
            lost.abort();
          }
        })
        .catch(error =>
          this.#logger.warn(
            `A lease of ${
              this.#what
            } could not be renewed, which is tried again`,
            toError(error),
          ),
        );
    }, this.#leaseMs / 3);
    renewing.unref();
    try {
      await this.#handle(item, signal);
    } catch (error) {
      if (!(error instanceof LeaseLostError)) {
        await this.#giveBack(item, toError(error));
      }
    } finally {
      clearInterval(renewing);
    }
  }

  async #giveBack(item: T, error: Error): Promise<void> {
    const stops = this.#stopping.signal.aborted;
    if (!stops) {
      this.#logger.error(
        `Some of the ${
          this.#what
        } could not be worked at, which is tried again`,
        error,
      );
    }
    try {
      await this.#leave(item, error, { stops });
    } catch (thrown) {
      // Its lease runs out
      this.#logger.warn(
        `Some of the ${this.#what} could not be given back`,
        toError(thrown),
      );
    }
  }
}
