import { ConflictError } from '@backstage/errors';
import type { DeliveryState } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { NewDelivery } from '@envoy-go/event-intake';

/** What can happen to a delivery. */
export type DeliveryTransition =
  | 'claim'
  | 'finish'
  | 'ignore'
  | 'fail'
  | 'postpone'
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
  postpone: { from: ['processing'], to: 'failed' },
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
  /** When it became `done`, `ignored` or `dead`. */
  settledAt?: string;
}
