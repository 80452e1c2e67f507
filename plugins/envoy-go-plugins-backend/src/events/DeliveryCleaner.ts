import type { LoggerService } from '@backstage/backend-plugin-api';
import type { DeletedTagStore } from './DeletedTagStore';
import type { DeliveryStore } from './DeliveryStore';

/** How many are deleted together, so that nobody waits for it. */
const BATCH = 500;

/** Deletes deliveries that were settled long ago. */
export class DeliveryCleaner {
  readonly #store: Pick<DeliveryStore, 'clean'>;
  readonly #deletedTags: DeletedTagStore;
  readonly #keepFinishedMs: number;
  readonly #keepDeadMs: number;
  readonly #logger: LoggerService;
  readonly #now: () => Date;

  constructor(options: {
    store: Pick<DeliveryStore, 'clean'>;
    deletedTags: DeletedTagStore;
    /** How long done and ignored ones are kept, in milliseconds. */
    keepFinishedMs: number;
    /** How long dead ones are kept, in milliseconds. */
    keepDeadMs: number;
    logger: LoggerService;
    now: () => Date;
  }) {
    this.#store = options.store;
    this.#deletedTags = options.deletedTags;
    this.#keepFinishedMs = options.keepFinishedMs;
    this.#keepDeadMs = options.keepDeadMs;
    this.#logger = options.logger;
    this.#now = options.now;
  }

  async clean(signal?: AbortSignal): Promise<void> {
    const now = this.#now().getTime();
    const before = (ms: number) => new Date(now - ms).toISOString();
    const finishedBefore = before(this.#keepFinishedMs);
    const deadBefore = before(this.#keepDeadMs);
    let total = 0;
    let deleted = BATCH;
    while (deleted === BATCH && !signal?.aborted) {
      deleted = await this.#store.clean({
        finishedBefore,
        deadBefore,
        limit: BATCH,
      });
      total += deleted;
    }
    await this.#deletedTags.clean(deadBefore);
    if (total > 0) {
      this.#logger.info(
        `Deleted ${total} deliveries that were settled long ago`,
      );
    }
  }
}
