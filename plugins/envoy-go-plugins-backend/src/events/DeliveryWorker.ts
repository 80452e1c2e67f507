import type { LoggerService } from '@backstage/backend-plugin-api';
import { toError } from '@backstage/errors';
import { WorkLoop } from '../leases';
import type { Delivery } from './Delivery';
import type { DeliveryHandlers } from './DeliveryHandlers';
import type { DeliveryResult, DeliveryStore, Lease } from './DeliveryStore';

/** Deliveries that are handled at the same time. */
const DEFAULT_CONCURRENCY = 8;

/** For how long a delivery is a worker's without a sign of life, in milliseconds. */
const DEFAULT_LEASE_MS = 30_000;

/** How often it is looked for what others received or abandoned, in milliseconds. */
const DEFAULT_POLL_MS = 1_000;

/**
 * How long to wait before the second, third, … attempt, in milliseconds; a delivery whose
 * last attempt fails is dead.
 */
const DEFAULT_RETRY_DELAYS_MS = [1_000, 5_000, 20_000, 60_000, 300_000];

/** What cannot be done yet is tried again after that at the earliest and latest, in milliseconds. */
const POSTPONE_MS = { least: 1_000, most: 3_600_000 };

/** How many deliveries are taken in a row of what has its order in common. */
const RUN_LENGTH = 50;

/**
 * Handles what is in the store: in order where deliveries have that in common, otherwise
 * side by side. Any number of workers may do so; what one of them leaves behind when it
 * dies is taken over by the others when its lease has run out.
 */
export class DeliveryWorker {
  readonly #id: string;
  readonly #store: DeliveryStore;
  readonly #handlers: DeliveryHandlers;
  readonly #logger: LoggerService;
  readonly #now: () => Date;
  readonly #concurrency: number;
  readonly #leaseMs: number;
  readonly #loop: WorkLoop;
  readonly #retryDelaysMs: number[];
  readonly #onChanged: () => void;
  readonly #runs = new Set<Promise<void>>();
  readonly #leased = new Set<number>();
  #renewing: NodeJS.Timeout | undefined;

  constructor(options: {
    /** Who it is, unlike any other. */
    id: string;
    store: DeliveryStore;
    handlers: DeliveryHandlers;
    logger: LoggerService;
    now: () => Date;
    concurrency?: number;
    leaseMs?: number;
    pollMs?: number;
    retryDelaysMs?: number[];
    /** Called when it was settled what became of a delivery. */
    onChanged?: () => void;
  }) {
    this.#id = options.id;
    this.#store = options.store;
    this.#handlers = options.handlers;
    this.#logger = options.logger;
    this.#now = options.now;
    this.#concurrency = options.concurrency ?? DEFAULT_CONCURRENCY;
    this.#leaseMs = options.leaseMs ?? DEFAULT_LEASE_MS;
    this.#loop = new WorkLoop({
      look: () => this.#take(),
      pollMs: options.pollMs ?? DEFAULT_POLL_MS,
    });
    this.#onChanged = options.onChanged ?? (() => {});
    this.#retryDelaysMs = options.retryDelaysMs ?? DEFAULT_RETRY_DELAYS_MS;
  }

  start(): void {
    this.#loop.start();
    this.#renewing ??= setInterval(() => this.#renew(), this.#leaseMs / 3);
    // Leases alone must not keep a process alive
    this.#renewing.unref();
  }

  /** Looks for deliveries now, rather than with the next poll. */
  wake(): void {
    this.#loop.wake();
  }

  /** Takes no further delivery, and waits for those that are being handled. */
  async stop(): Promise<void> {
    await this.#loop.stop();
    await Promise.all(this.#runs);
    clearInterval(this.#renewing);
  }

  async #take(): Promise<void> {
    const free = this.#concurrency - this.#runs.size;
    if (free > 0) {
      for (const delivery of await this.#claim(free)) {
        this.#begin(delivery);
      }
    }
  }

  async #claim(limit: number, orderedBy?: string): Promise<Delivery[]> {
    try {
      const deliveries = await this.#store.claim({
        lease: this.#lease(),
        now: this.#now().toISOString(),
        limit,
        orderedBy,
      });
      for (const { id } of deliveries) {
        this.#leased.add(id);
      }
      return deliveries;
    } catch (error) {
      this.#logger.warn(
        'Deliveries could not be taken from the store, which is tried again',
        toError(error),
      );
      return [];
    }
  }

  #begin(first: Delivery): void {
    const run = this.#handleRun(first).finally(() => {
      this.#runs.delete(run);
      this.wake();
    });
    this.#runs.add(run);
  }

  /** Handles a delivery and those that waited for it. */
  async #handleRun(first: Delivery): Promise<void> {
    let next: Delivery | undefined = first;
    for (let taken = 1; next; taken += 1) {
      const current: Delivery = next;
      next = undefined;
      const settled = await this.#handle(current);
      this.#leased.delete(current.id);
      if (settled && taken < RUN_LENGTH && !this.#loop.stopping.aborted) {
        [next] = await this.#claim(1, current.orderedBy);
      }
    }
  }

  /** @returns whether what it came to could be stored */
  async #handle(delivery: Delivery): Promise<boolean> {
    const result = await this.#attempt(delivery);
    try {
      const settled = await this.#store.settle(
        delivery,
        this.#id,
        result,
        this.#now().toISOString(),
      );
      if (settled) {
        this.#onChanged();
      } else {
        this.#logger.warn(
          `Delivery ${delivery.deliveryId} took so long that another worker has taken it over`,
        );
      }
      return settled;
    } catch (error) {
      this.#logger.warn(
        `What became of delivery ${delivery.deliveryId} (${result.transition}) could not be stored, so it is handled again`,
        toError(error),
      );
      return false;
    }
  }

  async #attempt(delivery: Delivery): Promise<DeliveryResult> {
    const { deliveryId, event, attempts } = delivery;
    const mostAttempts = this.#retryDelaysMs.length + 1;
    if (attempts > mostAttempts) {
      const error = `Each of ${mostAttempts} workers ended while it handled this`;
      this.#logger.error(`Delivery ${deliveryId} (${event}) is dead: ${error}`);
      return { transition: 'bury', error };
    }
    try {
      const effects = await this.#handlers.handle({
        delivery,
        signal: this.#loop.stopping,
      });
      return effects
        ? { transition: 'finish', effects }
        : { transition: 'ignore' };
    } catch (thrown) {
      const error = toError(thrown);
      const retryAt = this.#retryAt(thrown);
      if (retryAt) {
        this.#logger.info(
          `Delivery ${deliveryId} (${event}) waits until ${retryAt.toISOString()}: ${
            error.message
          }`,
        );
        return {
          transition: 'postpone',
          error: error.message,
          nextAttemptAt: retryAt.toISOString(),
        };
      }
      if (attempts >= mostAttempts) {
        this.#logger.error(
          `Delivery ${deliveryId} (${event}) is dead after ${attempts} attempts`,
          error,
        );
        return { transition: 'bury', error: describe(error) };
      }
      const delay = this.#retryDelaysMs[attempts - 1];
      this.#logger.warn(
        `Delivery ${deliveryId} (${event}) failed, and is tried again in ${
          delay / 1000
        } s: ${error.message}`,
      );
      return {
        transition: 'fail',
        error: describe(error),
        nextAttemptAt: new Date(this.#now().getTime() + delay).toISOString(),
      };
    }
  }

  /** When there is use in another attempt, where this one could not be made at all. */
  #retryAt(thrown: unknown): Date | undefined {
    const now = this.#now().getTime();
    if (this.#loop.stopping.aborted) {
      // What it was interrupted at is for another worker
      return new Date(now);
    }
    if (
      typeof thrown !== 'object' ||
      thrown === null ||
      !('retryAt' in thrown) ||
      !(thrown.retryAt instanceof Date)
    ) {
      return undefined;
    }
    const wait = thrown.retryAt.getTime() - now;
    const { least, most } = POSTPONE_MS;
    return new Date(now + Math.min(Math.max(wait, least), most));
  }

  async #renew(): Promise<void> {
    if (this.#leased.size === 0) {
      return;
    }
    try {
      await this.#store.renew([...this.#leased], this.#lease());
    } catch (error) {
      this.#logger.warn(
        'The leases of deliveries could not be renewed, which is tried again',
        toError(error),
      );
    }
  }

  #lease(): Lease {
    const until = new Date(this.#now().getTime() + this.#leaseMs);
    return { owner: this.#id, until: until.toISOString() };
  }
}

function describe(error: Error): string {
  return error.stack ?? `${error.name}: ${error.message}`;
}
