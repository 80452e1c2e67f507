import { ConflictError } from '@backstage/errors';

/**
 * What becomes of a delivery: `received` and `failed` ones wait for a worker, the latter
 * until it is time for the next attempt; `dead` ones failed too often and wait for somebody
 * to look at them.
 */
export type DeliveryState =
  | 'received'
  | 'processing'
  | 'done'
  | 'ignored'
  | 'failed'
  | 'dead';

/** What can happen to a delivery. */
export type DeliveryTransition =
  | 'claim'
  | 'finish'
  | 'ignore'
  | 'fail'
  | 'bury'
  | 'replay';

/**
 * From which states each transition leads where. A delivery that is processed is claimed
 * once more when the lease of the worker that did has run out.
 */
export const DELIVERY_TRANSITIONS: Record<
  DeliveryTransition,
  { from: readonly DeliveryState[]; to: DeliveryState }
> = {
  claim: { from: ['received', 'failed', 'processing'], to: 'processing' },
  finish: { from: ['processing'], to: 'done' },
  ignore: { from: ['processing'], to: 'ignored' },
  fail: { from: ['processing'], to: 'failed' },
  bury: { from: ['processing'], to: 'dead' },
  replay: { from: ['done', 'ignored', 'failed', 'dead'], to: 'received' },
};

/** The error of a transition that is not in {@link DELIVERY_TRANSITIONS}. */
export function refusedTransition(
  deliveryId: string,
  transition: DeliveryTransition,
  state: DeliveryState,
): ConflictError {
  return new ConflictError(
    `Delivery ${deliveryId} is ${state}; ${transition} is possible only when it is ${DELIVERY_TRANSITIONS[
      transition
    ].from.join(' or ')}`,
  );
}

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
}

/** A delivery that is stored, and what became of it. All times are ISO 8601, UTC. */
export interface Delivery extends NewDelivery {
  /** In order of arrival. */
  id: number;
  state: DeliveryState;
  /** Begun ones, since it was received or last replayed. */
  attempts: number;
  /** While it is `failed`. */
  nextAttemptAt?: string;
  /** The worker, while it is `processing`. */
  leaseOwner?: string;
  /** Afterwards another worker may take it over. */
  leaseUntil?: string;
  /** Of the last attempt that failed. */
  error?: string;
}
