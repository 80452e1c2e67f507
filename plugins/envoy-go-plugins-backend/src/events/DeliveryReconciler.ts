import type { IncomingHttpHeaders } from 'node:http';
import type { LoggerService } from '@backstage/backend-plugin-api';
import { InputError, isError, toError } from '@backstage/errors';
import { type NewDelivery, readDelivery } from '@envoy-go/event-intake';
import type { DeliveryStore } from './DeliveryStore';
import type { HookAttempt, OrganizationHooks } from './OrganizationHooks';

/** For how long GitHub keeps deliveries, in milliseconds. */
const GITHUB_KEEPS_MS = 3 * 24 * 3_600_000;

/**
 * How much further back it is looked than was looked already, in milliseconds: clocks
 * differ, and attempts are listed only after they ended.
 */
const MARGIN_MS = 600_000;

/** How many are read before they are stored. */
const BATCH = 50;

/** What a comparison came to. */
export interface Reconciliation {
  /** GitHub's attempts that were looked at, newest first. */
  attempts: HookAttempt[];
  /** How many deliveries had not arrived here, and were fetched or asked for again. */
  found: number;
}

/**
 * Finds deliveries that GitHub made and that never arrived here: GitHub itself never tries
 * again (https://docs.github.com/webhooks/using-webhooks/handling-failed-webhook-deliveries).
 * They are read and stored as if they had come, and so may be handled after newer ones of
 * their repository.
 */
export class DeliveryReconciler {
  readonly #hooks: OrganizationHooks;
  readonly #store: Pick<DeliveryStore, 'add' | 'findKnown'>;
  readonly #logger: LoggerService;
  readonly #onStored: () => void;

  constructor(options: {
    hooks: OrganizationHooks;
    store: Pick<DeliveryStore, 'add' | 'findKnown'>;
    logger: LoggerService;
    /** Called when something was found and stored. */
    onStored: () => void;
  }) {
    this.#hooks = options.hooks;
    this.#store = options.store;
    this.#logger = options.logger;
    this.#onStored = options.onStored;
  }

  /**
   * @param options.comparedUntil - what was delivered before that was compared earlier
   * @throws whatever GitHub answers; what was found until then is stored
   */
  async reconcile(options: {
    hookId: number;
    comparedUntil?: Date;
    now: Date;
    signal?: AbortSignal;
  }): Promise<Reconciliation> {
    const { hookId, comparedUntil, now, signal } = options;
    const since = new Date(
      Math.max(
        now.getTime() - GITHUB_KEEPS_MS,
        comparedUntil ? comparedUntil.getTime() - MARGIN_MS : 0,
      ),
    );
    const attempts = await this.#hooks.listAttempts(hookId, since, signal);
    const missing = await this.#findMissing(attempts);
    for (let start = 0; start < missing.length; start += BATCH) {
      await this.#fetch(hookId, missing.slice(start, start + BATCH), signal);
    }
    if (missing.length > 0) {
      this.#logger.info(
        `Found ${missing.length} of ${attempts.length} deliveries of webhook ${hookId} that never arrived`,
      );
    }
    return { attempts, found: missing.length };
  }

  /** The first attempt of each delivery that is not here, oldest first. */
  async #findMissing(attempts: HookAttempt[]): Promise<HookAttempt[]> {
    const firsts = new Map<string, HookAttempt>();
    for (const attempt of attempts) {
      firsts.set(attempt.guid, attempt);
    }
    const known = await this.#store.findKnown([...firsts.keys()]);
    return [...firsts.values()]
      .filter(({ guid }) => !known.has(guid))
      .sort((a, b) => a.id - b.id)
      .sort((a, b) => Date.parse(a.delivered_at) - Date.parse(b.delivered_at));
  }

  async #fetch(
    hookId: number,
    attempts: HookAttempt[],
    signal?: AbortSignal,
  ): Promise<void> {
    const read: NewDelivery[] = [];
    try {
      for (const attempt of attempts) {
        const delivery = await this.#read(hookId, attempt, signal);
        if (delivery) {
          read.push(delivery);
        }
      }
    } finally {
      // Should GitHub not answer further, what it answered is kept
      if (read.length > 0) {
        await this.#store.add(read);
        this.#onStored();
      }
    }
  }

  async #read(
    hookId: number,
    attempt: HookAttempt,
    signal?: AbortSignal,
  ): Promise<NewDelivery | undefined> {
    try {
      const { request } = await this.#hooks.readAttempt(
        hookId,
        attempt.id,
        signal,
      );
      return readDelivery({
        headers: {
          'content-type': 'application/json',
          ...toHeaders(request.headers),
          'x-github-delivery': attempt.guid,
          'x-github-event': attempt.event,
          'x-github-hook-id': `${hookId}`,
        },
        body: JSON.stringify(request.payload),
        receivedAt: new Date(attempt.delivered_at),
        origin: 'reconciler',
      });
    } catch (error) {
      if (isError(error) && error.name === 'NotFoundError') {
        this.#logger.warn(
          `Delivery ${attempt.guid} (${attempt.event}) never arrived, and GitHub has forgotten it`,
        );
        return undefined;
      }
      if (error instanceof InputError) {
        this.#logger.warn(
          `Delivery ${attempt.guid} (${attempt.event}) never arrived and could not be read, so GitHub is asked to deliver it again`,
          toError(error),
        );
        await this.#hooks.redeliver(hookId, attempt.id, signal);
        return undefined;
      }
      throw error;
    }
  }
}

/** GitHub's headers; their names come as they were sent. */
function toHeaders(
  headers: { [name: string]: unknown } | null,
): IncomingHttpHeaders {
  return Object.fromEntries(
    Object.entries(headers ?? {}).map(([name, value]) => [
      name.toLowerCase(),
      `${value}`,
    ]),
  );
}
