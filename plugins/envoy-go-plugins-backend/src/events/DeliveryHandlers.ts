import type {
  EventPayloadMap,
  WebhookEventName,
} from '@octokit/webhooks-types';
import { withRequestId } from '../audit/requestId';
import type { ChangeEffect } from '../marketplace';
import type { Delivery } from './Delivery';

/** What a handler is told besides the payload. */
export interface HandlerContext {
  delivery: Delivery;
  /** Aborted when the worker stops. */
  signal: AbortSignal;
}

/**
 * Handles deliveries of one event. It may be called more than once with the same delivery,
 * and after newer ones when somebody has it replayed, or it had been missed.
 *
 * @returns what it did, for administrators
 */
export type DeliveryHandler<Event extends WebhookEventName> = (
  payload: EventPayloadMap[Event],
  context: HandlerContext,
) => Promise<ChangeEffect[] | void>;

/** Which deliveries are handled by what. */
export class DeliveryHandlers {
  readonly #handlers = new Map<
    string,
    ((context: HandlerContext) => Promise<ChangeEffect[] | void>)[]
  >();

  /** Has deliveries of an event handled, by several handlers one after the other. */
  on<Event extends WebhookEventName>(
    event: Event,
    handle: DeliveryHandler<Event>,
  ): this {
    const handlers = this.#handlers.get(event) ?? [];
    handlers.push(async context =>
      handle(JSON.parse(context.delivery.body), context),
    );
    this.#handlers.set(event, handlers);
    return this;
  }

  /**
   * @returns what the handlers did, `undefined` where nothing handles such deliveries
   * @throws whatever a handler threw
   */
  async handle(context: HandlerContext): Promise<ChangeEffect[] | undefined> {
    const handlers = this.#handlers.get(context.delivery.event);
    if (!handlers) {
      return undefined;
    }
    const effects: ChangeEffect[] = [];
    // What the record takes in by it names it
    await withRequestId(context.delivery.deliveryId, async () => {
      for (const handle of handlers) {
        effects.push(...((await handle(context)) ?? []));
      }
    });
    return effects;
  }
}
