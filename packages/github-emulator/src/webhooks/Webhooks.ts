import { ConflictError } from '@backstage/errors';
import { JsonObject } from '@backstage/types';
import { randomUUID } from 'node:crypto';
import { Clock, timestamp } from '../server/clock';
import { validationFailed } from '../server/GitHubError';
import { Store } from '../state/Store';
import {
  Webhook,
  WebhookDelivery,
  WebhookEvent,
} from '../state/webhookRecords';
import { deliveryAddressRefusal } from './deliveryAddress';
import { DeliveryQueue } from './DeliveryQueue';
import { WEBHOOK_EVENTS } from './events';

/** GitHub keeps deliveries for three days. */
const KEPT_MILLISECONDS = 3 * 24 * 3600 * 1000;

const SWEEP_MILLISECONDS = 60 * 1000;

const MOST_HOOKS = 20;

/** What a webhook to be made is like. */
export type NewWebhook = Pick<Webhook, 'target' | 'url'> &
  Partial<
    Pick<
      Webhook,
      'contentType' | 'secret' | 'insecureSsl' | 'events' | 'active'
    >
  >;

/** What a webhook can be changed to. */
export type WebhookChange = Partial<
  Pick<
    Webhook,
    'url' | 'contentType' | 'secret' | 'insecureSsl' | 'events' | 'active'
  >
>;

/** Something that happened, before anybody was told. */
export interface NewWebhookEvent {
  name: string;
  action?: string;
  repositoryId?: number;
  installationId?: number;
  payload: JsonObject;
}

/** Webhooks of organisations and repositories, and what was delivered to them. */
export class Webhooks {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #queue: DeliveryQueue;
  readonly #sweptAt = new Map<number, number>();

  constructor(options: { store: Store; clock: Clock; queue: DeliveryQueue }) {
    this.#store = options.store;
    this.#clock = options.clock;
    this.#queue = options.queue;
  }

  /** The webhooks of an organisation or of a repository, oldest first. */
  list(target: Webhook['target']): Webhook[] {
    return this.#store.collections.webhooks.by('target', key(target));
  }

  find(target: Webhook['target'], id: number): Webhook | undefined {
    const hook = this.#store.collections.webhooks.get(id);
    return hook && key(hook.target) === key(target) ? hook : undefined;
  }

  /**
   * Makes a webhook.
   *
   * @throws GitHubError 422 when it would deliver to another machine, listens to what there is not, or is there already
   */
  create(hook: NewWebhook): Webhook {
    this.#check(hook.target, hook);
    if (this.list(hook.target).length >= MOST_HOOKS) {
      throw validationFailed({
        resource: 'Hook',
        code: 'custom',
        message: `There cannot be more than ${MOST_HOOKS} hooks`,
      });
    }
    const now = timestamp(this.#clock());
    return this.#store.collections.webhooks.put({
      id: this.#store.nextId(),
      target: hook.target,
      url: hook.url,
      contentType: hook.contentType ?? 'form',
      secret: hook.secret || undefined,
      insecureSsl: hook.insecureSsl ?? '0',
      events: hook.events ?? ['push'],
      active: hook.active ?? true,
      createdAt: now,
      updatedAt: now,
    });
  }

  /** @throws GitHubError 422 for the same reasons as {@link Webhooks.create} */
  change(hook: Webhook, change: WebhookChange): Webhook {
    this.#check(hook.target, change, hook);
    return this.#store.collections.webhooks.update(hook.id, {
      ...change,
      updatedAt: timestamp(this.#clock()),
    });
  }

  /** Deletes a webhook and what was delivered to it. */
  delete(hook: Webhook): void {
    for (const delivery of this.#store.collections.webhookDeliveries.by(
      'hook',
      hook.id,
    )) {
      this.#forget(delivery);
    }
    this.#store.collections.webhooks.delete(hook.id);
  }

  /** The webhooks of some targets that want to know of an event. */
  interested(targets: Webhook['target'][], event: string): Webhook[] {
    return targets
      .flatMap(target => this.list(target))
      .filter(
        hook =>
          hook.active &&
          (hook.events.includes('*') || hook.events.includes(event)),
      );
  }

  /** Records an event, and that these webhooks are to be told; sending is not waited for. */
  record(event: NewWebhookEvent, hooks: Webhook[]): void {
    if (hooks.length === 0) {
      return;
    }
    const recorded = this.#store.collections.webhookEvents.put({
      id: this.#store.nextId(),
      guid: randomUUID(),
      name: event.name,
      action: event.action,
      repositoryId: event.repositoryId,
      installationId: event.installationId,
      payload: JSON.stringify(event.payload),
      createdAt: timestamp(this.#clock()),
    });
    for (const hook of hooks) {
      this.#forgetOld(hook);
      this.#enqueue(hook, recorded, false);
    }
  }

  /** Delivers an event to a webhook again: another delivery with the same GUID. */
  redeliver(hook: Webhook, delivery: WebhookDelivery): void {
    this.#enqueue(hook, this.event(delivery), true);
  }

  /** What was delivered to a webhook, or was tried to be, newest first. */
  deliveries(hook: Webhook): WebhookDelivery[] {
    return this.#store.collections.webhookDeliveries
      .by('hook', hook.id)
      .filter(delivery => delivery.state === 'done')
      .reverse();
  }

  findDelivery(hook: Webhook, id: number): WebhookDelivery | undefined {
    const delivery = this.#store.collections.webhookDeliveries.get(id);
    return delivery?.hookId === hook.id && delivery.state === 'done'
      ? delivery
      : undefined;
  }

  /** The event that is, or was, delivered. */
  event(delivery: WebhookDelivery): WebhookEvent {
    const event = this.#store.collections.webhookEvents.get(delivery.eventId);
    if (!event) {
      throw new ConflictError(
        `Event ${delivery.eventId} is referred to, but not there`,
      );
    }
    return event;
  }

  #enqueue(hook: Webhook, event: WebhookEvent, redelivery: boolean): void {
    this.#queue.add(
      this.#store.collections.webhookDeliveries.put({
        id: this.#store.nextId(),
        hookId: hook.id,
        eventId: event.id,
        redelivery,
        state: 'waiting',
      }),
    );
  }

  /** Forgets what is too old, looking for it now and then only: it takes as long as there are deliveries. */
  #forgetOld(hook: Webhook): void {
    const now = this.#clock().getTime();
    if (now - (this.#sweptAt.get(hook.id) ?? 0) < SWEEP_MILLISECONDS) {
      return;
    }
    this.#sweptAt.set(hook.id, now);
    const { webhookDeliveries } = this.#store.collections;
    for (const delivery of webhookDeliveries.by('hook', hook.id)) {
      const age = now - Date.parse(this.event(delivery).createdAt);
      if (delivery.state === 'done' && age > KEPT_MILLISECONDS) {
        this.#forget(delivery);
      }
    }
  }

  #forget(delivery: WebhookDelivery): void {
    const { webhookDeliveries, webhookEvents } = this.#store.collections;
    webhookDeliveries.delete(delivery.id);
    if (webhookDeliveries.countBy('event', delivery.eventId) === 0) {
      webhookEvents.delete(delivery.eventId);
    }
  }

  #check(
    target: Webhook['target'],
    change: WebhookChange,
    except?: Webhook,
  ): void {
    const { url, events } = change;
    const refusal = url === undefined ? undefined : deliveryAddressRefusal(url);
    if (refusal) {
      throw validationFailed(refusal);
    }
    const unknown = events?.find(
      event => event !== '*' && !WEBHOOK_EVENTS.includes(event),
    );
    if (unknown !== undefined || (events && new Set(events).size === 0)) {
      throw validationFailed({
        resource: 'Hook',
        code: 'custom',
        field: 'events',
        message:
          unknown === undefined
            ? 'Hook events must not be empty'
            : `${unknown} is not a valid event`,
      });
    }
    if (
      url !== undefined &&
      this.list(target).some(
        other => other.url === url && other.id !== except?.id,
      )
    ) {
      throw validationFailed({
        resource: 'Hook',
        code: 'custom',
        message: `Hook already exists on this ${target.type}`,
      });
    }
  }
}

function key(target: Webhook['target']): string {
  return `${target.type}/${target.id}`;
}
