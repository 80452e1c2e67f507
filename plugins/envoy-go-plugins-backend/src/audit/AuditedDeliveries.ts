import type {
  BackstageCredentials,
  BackstageUserPrincipal,
} from '@backstage/backend-plugin-api';
import type {
  DeliveryDetails,
  DeliveryList,
  DeliveryQuery,
  DeliveryReplayRequest,
  DeliveryReplayResult,
  WebhookHealth,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { Request } from 'express';
import type { DeliveryAdministration } from '../events';
import type { AuditRecorder } from './AuditRecorder';

/** How many delivery ids the record of a replay names. */
const NAMED_DELIVERIES = 20;

/** An administrator, and the request by which something is done. */
export interface RequestedBy {
  credentials: BackstageCredentials<BackstageUserPrincipal>;
  request?: Request;
}

/** What administrators do with deliveries, on the record. */
export class AuditedDeliveries {
  readonly #deliveries: DeliveryAdministration;
  readonly #recorder: AuditRecorder;

  constructor(options: {
    deliveries: DeliveryAdministration;
    recorder: AuditRecorder;
  }) {
    this.#deliveries = options.deliveries;
    this.#recorder = options.recorder;
  }

  async list(query: DeliveryQuery): Promise<DeliveryList> {
    return this.#deliveries.list(query);
  }

  /** @throws NotFoundError when there is none */
  async get(deliveryId: string): Promise<DeliveryDetails> {
    return this.#deliveries.get(deliveryId);
  }

  async replay(
    which: DeliveryReplayRequest,
    by: RequestedBy,
  ): Promise<DeliveryReplayResult> {
    const ids = 'deliveryIds' in which ? which.deliveryIds : undefined;
    return this.#recorder.record(
      {
        ...actorOf(by),
        action: 'delivery.replay',
        subject: ids?.length === 1 ? ids[0] : undefined,
        severity: 'medium',
        details: ids
          ? { deliveries: ids.slice(0, NAMED_DELIVERIES) }
          : { query: JSON.stringify('query' in which ? which.query : {}) },
        succeeded: ({ replayed, refused }) =>
          `Had ${count(replayed)} handled anew${
            refused.length > 0 ? `, ${refused.length} were refused` : ''
          }`,
        failed: `Could not have ${
          ids ? count(ids.length) : 'deliveries'
        } handled anew`,
      },
      () => this.#deliveries.replay(which),
    );
  }

  async getWebhooks(): Promise<WebhookHealth[]> {
    return this.#deliveries.getWebhooks();
  }

  async reconcile(by: RequestedBy): Promise<WebhookHealth[]> {
    return this.#recorder.record(
      {
        ...actorOf(by),
        action: 'webhook.reconcile',
        severity: 'medium',
        succeeded: webhooks =>
          `Compared GitHub's deliveries with ours: ${count(
            webhooks.reduce(
              (sum, { lastReconcileFound = 0 }) => sum + lastReconcileFound,
              0,
            ),
          )} had been missed`,
        failed: "Could not compare GitHub's deliveries with ours",
      },
      () => this.#deliveries.reconcile(),
    );
  }
}

function actorOf({ credentials, request }: RequestedBy) {
  return { actor: credentials.principal.userEntityRef, request };
}

function count(deliveries: number): string {
  return deliveries === 1 ? '1 delivery' : `${deliveries} deliveries`;
}
