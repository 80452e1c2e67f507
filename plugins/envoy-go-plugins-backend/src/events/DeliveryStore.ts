import type { Delivery, DeliveryState, NewDelivery } from './Delivery';

/** What an attempt came to. */
export type DeliveryResult =
  | { transition: 'finish' }
  | { transition: 'ignore' }
  /** Failed, and is tried again at a time (ISO 8601, UTC). */
  | { transition: 'fail'; error: string; nextAttemptAt: string }
  /** Failed for the last time. */
  | { transition: 'bury'; error: string };

/** A worker's claim to deliveries, and until when others respect it (ISO 8601, UTC). */
export interface Lease {
  owner: string;
  until: string;
}

/** Keeps deliveries, shared by all that receive and handle them. */
export interface DeliveryStore {
  /**
   * Stores deliveries durably, all or none; those that are there already are left alone.
   *
   * @returns the delivery ids of those that were not
   */
  add(deliveries: NewDelivery[]): Promise<Set<string>>;
  /**
   * Takes deliveries that are due, oldest first: of those that have `orderedBy` in common
   * only the oldest that is not finished, and none while another of them is processed.
   *
   * @param options.now - ISO 8601, UTC
   * @param options.orderedBy - takes only deliveries that have this in common
   */
  claim(options: {
    lease: Lease;
    now: string;
    limit: number;
    orderedBy?: string;
  }): Promise<Delivery[]>;
  /** Prolongs the owner's lease of deliveries that it still has. */
  renew(ids: number[], lease: Lease): Promise<void>;
  /**
   * Stores what an attempt came to.
   *
   * @returns whether the owner still had the delivery; nothing is stored otherwise
   */
  settle(
    delivery: Delivery,
    owner: string,
    result: DeliveryResult,
  ): Promise<boolean>;
  /**
   * Has a delivery handled anew, with as many attempts as at first.
   *
   * @throws NotFoundError when there is no such delivery
   * @throws ConflictError when it is not settled yet
   */
  replay(deliveryId: string): Promise<Delivery>;
  get(deliveryId: string): Promise<Delivery | undefined>;
  /** How many there are in each state in which there are some. */
  countByState(): Promise<Partial<Record<DeliveryState, number>>>;
}
