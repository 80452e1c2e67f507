import { NotFoundError, isError } from '@backstage/errors';
import type {
  DeliveryDetails,
  DeliveryList,
  DeliveryQuery,
  DeliveryReplayRequest,
  DeliveryReplayResult,
  WebhookHealth,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { DeliveryStore } from './DeliveryStore';
import type { WebhookKeeper } from './WebhookKeeper';
import { refusedTransition } from './Delivery';

/** How many are handled anew at once at most. */
const REPLAY_LIMIT = 10_000;

/** How many that are not are named. */
const REFUSED_LIMIT = 100;

/** What administrators see of deliveries and webhooks, and do with them. */
export interface DeliveryAdministration {
  list(query: DeliveryQuery): Promise<DeliveryList>;
  /** @throws NotFoundError when there is none */
  get(deliveryId: string): Promise<DeliveryDetails>;
  /** Has up to 10,000 handled anew, those that are settled. */
  replay(request: DeliveryReplayRequest): Promise<DeliveryReplayResult>;
  /** One for each organisation whose webhook is watched; GitHub is not asked. */
  getWebhooks(): Promise<WebhookHealth[]>;
  /** Compares GitHub's deliveries with ours now. */
  reconcile(): Promise<WebhookHealth[]>;
}

/** Administers what is in the store. */
export class DefaultDeliveryAdministration implements DeliveryAdministration {
  readonly #store: DeliveryStore;
  readonly #keepers: WebhookKeeper[];
  readonly #onReplayed: () => void;

  constructor(options: {
    store: DeliveryStore;
    keepers: WebhookKeeper[];
    /** Called when there is something to do for workers. */
    onReplayed: () => void;
  }) {
    this.#store = options.store;
    this.#keepers = options.keepers;
    this.#onReplayed = options.onReplayed;
  }

  async list(query: DeliveryQuery): Promise<DeliveryList> {
    return this.#store.list(query);
  }

  async get(deliveryId: string): Promise<DeliveryDetails> {
    const delivery = await this.#store.getDetails(deliveryId);
    if (!delivery) {
      throw new NotFoundError(
        `There is no delivery ${deliveryId}; settled ones are deleted after a while`,
      );
    }
    return delivery;
  }

  async replay(request: DeliveryReplayRequest): Promise<DeliveryReplayResult> {
    const result =
      'deliveryIds' in request
        ? await this.#replayEach(request.deliveryIds.slice(0, REPLAY_LIMIT))
        : await this.#replayMatching(request.query);
    if (result.replayed > 0) {
      this.#onReplayed();
    }
    return result;
  }

  async getWebhooks(): Promise<WebhookHealth[]> {
    return Promise.all(this.#keepers.map(keeper => keeper.getHealth()));
  }

  async reconcile(): Promise<WebhookHealth[]> {
    await Promise.all(this.#keepers.map(keeper => keeper.run()));
    return this.getWebhooks();
  }

  async #replayEach(deliveryIds: string[]): Promise<DeliveryReplayResult> {
    const result: DeliveryReplayResult = { replayed: 0, refused: [] };
    for (const deliveryId of new Set(deliveryIds)) {
      try {
        await this.#store.replay(deliveryId);
        result.replayed += 1;
      } catch (error) {
        if (
          !isError(error) ||
          !['NotFoundError', 'ConflictError'].includes(error.name)
        ) {
          throw error;
        }
        if (result.refused.length < REFUSED_LIMIT) {
          result.refused.push({ deliveryId, reason: error.message });
        }
      }
    }
    return result;
  }

  async #replayMatching(
    query: Omit<DeliveryQuery, 'offset' | 'limit'>,
  ): Promise<DeliveryReplayResult> {
    const { replayed, refused } = await this.#store.replayMatching(
      query,
      REPLAY_LIMIT,
    );
    return {
      replayed,
      refused: refused.map(({ deliveryId, state }) => ({
        deliveryId,
        reason: refusedTransition(deliveryId, 'replay', state).message,
      })),
    };
  }
}
