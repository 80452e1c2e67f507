import { Clock, timestamp } from '../server/clock';
import { Store } from '../state/Store';
import { DeliveryOutcome, WebhookDelivery } from '../state/webhookRecords';
import { interrupted, sendDelivery } from './sendDelivery';

/** How long attempts that run may still run when the emulator stops, in milliseconds. */
const CLOSING_TIME = 1000;

/**
 * Sends deliveries in the order in which they were recorded for each webhook, and to all webhooks at the same time.
 *
 * A delivery is attempted at most once. That an attempt begins is on disk before it begins: what was waiting when the process
 * died is sent by the next one, and what was under way then counts as failed, to be delivered again by whoever asks for it.
 */
export class DeliveryQueue {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #timeout: number;
  readonly #waiting = new Map<number, number[]>();
  readonly #running = new Map<number, Promise<void>>();
  readonly #stop = new AbortController();
  #isOpen = false;

  constructor(options: { store: Store; clock: Clock; timeout: number }) {
    this.#store = options.store;
    this.#clock = options.clock;
    this.#timeout = options.timeout;
  }

  /** Takes up what the process before left, and begins to send. */
  async open(): Promise<void> {
    const { webhookDeliveries, webhooks } = this.#store.collections;
    this.#isOpen = true;
    for (const delivery of webhookDeliveries.list()) {
      const hook = webhooks.get(delivery.hookId);
      if (hook && delivery.state === 'sending') {
        webhookDeliveries.update(delivery.id, {
          state: 'done',
          outcome: interrupted(hook, timestamp(this.#clock())),
        });
      } else if (delivery.state === 'waiting') {
        this.add(delivery);
      }
    }
    await this.#store.saved();
  }

  /** Sends a delivery when all before it were sent. What comes while nothing is sent is taken up by {@link DeliveryQueue.open}. */
  add(delivery: WebhookDelivery): void {
    if (!this.#isOpen) {
      return;
    }
    const { hookId } = delivery;
    const ids = this.#waiting.get(hookId) ?? [];
    this.#waiting.set(hookId, ids);
    ids.push(delivery.id);
    if (!this.#running.has(hookId)) {
      const work = this.#work(hookId, ids);
      this.#running.set(hookId, work);
      // It fails when nothing can be saved any more, which whoever sends a request is told, and whoever waits for `settled`.
      work.catch(() => {});
    }
  }

  /** Resolves when nothing waits to be sent. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) {
      await Promise.all(this.#running.values());
    }
  }

  /** Begins no more attempts, and waits for those that run, but not for long. */
  async close(): Promise<void> {
    this.#isOpen = false;
    const timer = setTimeout(() => this.#stop.abort(), CLOSING_TIME);
    await this.settled();
    clearTimeout(timer);
  }

  async #work(hookId: number, ids: number[]): Promise<void> {
    try {
      await this.#store.saved();
      let id = ids.shift();
      while (id !== undefined) {
        await this.#attempt(id);
        id = this.#isOpen ? ids.shift() : undefined;
      }
    } finally {
      this.#running.delete(hookId);
    }
  }

  async #attempt(id: number): Promise<void> {
    const { webhookDeliveries, webhookEvents, webhooks } =
      this.#store.collections;
    const delivery = webhookDeliveries.get(id);
    const event = webhookEvents.get(delivery?.eventId);
    if (!delivery || !event) {
      return;
    }
    webhookDeliveries.update(id, { state: 'sending' });
    await this.#store.saved();
    const hook = webhooks.get(delivery.hookId);
    if (hook) {
      const outcome = await sendDelivery(hook, event, {
        clock: this.#clock,
        timeout: this.#timeout,
        signal: this.#stop.signal,
      });
      this.#note(id, outcome);
      await this.#store.saved();
    }
  }

  #note(id: number, outcome: DeliveryOutcome): void {
    const { webhookDeliveries } = this.#store.collections;
    // The webhook may have been deleted in between, with its deliveries.
    if (webhookDeliveries.get(id)) {
      webhookDeliveries.update(id, { state: 'done', outcome });
    }
  }
}
