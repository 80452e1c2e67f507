import { toError } from '@backstage/errors';
import { type DeferredPromise, createDeferred } from '@backstage/types';
import type { DeliveryInbox } from './DeliveryInbox';
import type { NewDelivery } from './NewDelivery';

/**
 * What the intake of a delivery came to: `known` ones had been stored before, as had
 * `revived` ones, which were dead and are handled anew.
 */
export type IntakeOutcome = 'stored' | 'known' | 'revived';

/** Deliveries that are stored together at most, … */
const BATCH_SIZE = 200;

/** … and characters of their bodies. */
const BATCH_CHARACTERS = 8_000_000;

interface Waiting {
  delivery: NewDelivery;
  outcome: DeferredPromise<IntakeOutcome>;
}

/**
 * Stores what arrives. What arrives while something is being stored is stored together
 * afterwards, so that the database has to make sure of many deliveries only once.
 */
export class DeliveryIntake {
  readonly #inbox: Pick<DeliveryInbox, 'add'>;
  readonly #onStored: () => void;
  readonly #waiting: Waiting[] = [];
  #storing = false;

  constructor(options: {
    inbox: Pick<DeliveryInbox, 'add'>;
    /** Called when deliveries were stored or revived, not for those that are known. */
    onStored: () => void;
  }) {
    this.#inbox = options.inbox;
    this.#onStored = options.onStored;
  }

  /**
   * @returns once it is stored durably
   * @throws whatever the store threw; it is not stored then
   */
  async receive(delivery: NewDelivery): Promise<IntakeOutcome> {
    const outcome = createDeferred<IntakeOutcome>();
    this.#waiting.push({ delivery, outcome });
    if (!this.#storing) {
      void this.#storeWaiting();
    }
    return outcome;
  }

  async #storeWaiting(): Promise<void> {
    this.#storing = true;
    while (this.#waiting.length > 0) {
      const batch = this.#takeBatch();
      try {
        const { stored, revived } = await this.#inbox.add(
          batch.map(({ delivery }) => delivery),
        );
        const changed = stored.size > 0 || revived.size > 0;
        for (const { delivery, outcome } of batch) {
          // Should it be in the batch twice, the first is the one that was stored
          if (stored.delete(delivery.deliveryId)) {
            outcome.resolve('stored');
          } else {
            outcome.resolve(
              revived.has(delivery.deliveryId) ? 'revived' : 'known',
            );
          }
        }
        if (changed) {
          this.#onStored();
        }
      } catch (error) {
        for (const { outcome } of batch) {
          outcome.reject(toError(error));
        }
      }
    }
    this.#storing = false;
  }

  #takeBatch(): Waiting[] {
    let count = 0;
    let characters = 0;
    for (const { delivery } of this.#waiting) {
      characters += delivery.body.length;
      if (
        count === BATCH_SIZE ||
        (count > 0 && characters > BATCH_CHARACTERS)
      ) {
        break;
      }
      count += 1;
    }
    return this.#waiting.splice(0, count);
  }
}
