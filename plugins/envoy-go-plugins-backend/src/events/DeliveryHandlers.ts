import type {
  EventPayloadMap,
  WebhookEventName,
} from '@octokit/webhooks-types';
import type { Delivery } from './Delivery';

/** What a handler is told besides the payload. */
export interface HandlerContext {
  delivery: Delivery;
  /** Aborted when the worker stops. */
  signal: AbortSignal;
}

/**
 * Handles deliveries of one event. It may be called more than once with the same delivery,
 * and after newer ones when somebody has it replayed.
 */
export type DeliveryHandler<Event extends WebhookEventName> = (
  payload: EventPayloadMap[Event],
  context: HandlerContext,
) => Promise<void>;

/** Which deliveries are handled by what. */
export class DeliveryHandlers {
  readonly #handlers = new Map<
    string,
    ((context: HandlerContext) => Promise<void>)[]
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
   * @returns whether anything handles such deliveries
   * @throws whatever a handler threw
   */
  async handle(context: HandlerContext): Promise<boolean> {
    const handlers = this.#handlers.get(context.delivery.event) ?? [];
    for (const handle of handlers) {
      await handle(context);
    }
    return handlers.length > 0;
  }
}
