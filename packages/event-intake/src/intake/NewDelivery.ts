/** How a delivery came here: by itself, or fetched afterwards because it had been missed. */
export type DeliveryOrigin = 'webhook' | 'reconciler';

/** What a webhook of GitHub delivered. */
export interface NewDelivery {
  /** GitHub's own; a redelivery has the same. */
  deliveryId: string;
  /** Of the webhook. */
  hookId?: string;
  /** Such as `release`. */
  event: string;
  /** Such as `published`. */
  action?: string;
  /** The repository that it is about. */
  repository?: {
    /** Stays when the repository is renamed. */
    id: number;
    /** `OWNER/NAME`, as it was then. */
    fullName: string;
  };
  /** Deliveries that have this in common are handled one by one, in order of arrival. */
  orderedBy: string;
  /** GitHub's own headers, their names in lower case. */
  headers: Record<string, string>;
  /** The JSON, as it was signed. */
  body: string;
  /** ISO 8601, UTC. */
  receivedAt: string;
  origin: DeliveryOrigin;
}
