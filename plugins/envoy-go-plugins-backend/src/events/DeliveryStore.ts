import type {
  DeliveryDetails,
  DeliveryList,
  DeliveryQuery,
  DeliveryState,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { DeliveryInbox } from '@envoy-go/event-intake';
import type { ChangeEffect } from '../marketplace';
import type { Delivery } from './Delivery';

/** What an attempt came to. */
export type DeliveryResult =
  | { transition: 'finish'; effects: ChangeEffect[] }
  | { transition: 'ignore' }
  /** Failed, and is tried again at a time (ISO 8601, UTC). */
  | { transition: 'fail'; error: string; nextAttemptAt: string }
  /** Could not be made now, and is not counted. */
  | { transition: 'postpone'; error: string; nextAttemptAt: string }
  /** Failed for the last time. */
  | { transition: 'bury'; error: string };

/** A worker's claim to deliveries, and until when others respect it (ISO 8601, UTC). */
export interface Lease {
  owner: string;
  until: string;
}

/** Keeps deliveries, shared by all that receive and handle them. */
export interface DeliveryStore extends DeliveryInbox {
  /**
   * Takes deliveries that are due: of those that have `orderedBy` in common only the oldest
   * that is not finished, and none while another of them is processed. Whatever has its
   * order in common gets its turn, however much waits of the rest.
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
   * @param at - ISO 8601, UTC
   * @returns whether the owner still had the delivery; nothing is stored otherwise
   */
  settle(
    delivery: Delivery,
    owner: string,
    result: DeliveryResult,
    at: string,
  ): Promise<boolean>;
  /**
   * Has a delivery handled anew, with as many attempts as at first.
   *
   * @throws NotFoundError when there is no such delivery
   * @throws ConflictError when it is not settled yet
   */
  replay(deliveryId: string): Promise<Delivery>;
  /**
   * Has what matches a query handled anew, as far as it is settled, oldest first.
   *
   * @param limit - how many at most
   * @returns how many are, and up to 100 that are not
   */
  replayMatching(
    query: Omit<DeliveryQuery, 'offset' | 'limit'>,
    limit: number,
  ): Promise<{
    replayed: number;
    refused: { deliveryId: string; state: DeliveryState }[];
  }>;
  list(query: DeliveryQuery): Promise<DeliveryList>;
  getDetails(deliveryId: string): Promise<DeliveryDetails | undefined>;
  /** Which of these delivery ids are stored. */
  findKnown(deliveryIds: string[]): Promise<Set<string>>;
  /**
   * Deletes what was settled long ago.
   *
   * @param options.finishedBefore - of done and ignored ones; ISO 8601, UTC
   * @param options.deadBefore - of dead ones; ISO 8601, UTC
   * @param options.limit - how many at most
   * @returns how many were deleted
   */
  clean(options: {
    finishedBefore: string;
    deadBefore: string;
    limit: number;
  }): Promise<number>;
  get(deliveryId: string): Promise<Delivery | undefined>;
  /** How many there are in each state in which there are some. */
  countByState(): Promise<Partial<Record<DeliveryState, number>>>;
}
