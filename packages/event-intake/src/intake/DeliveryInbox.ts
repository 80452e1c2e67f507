import type { NewDelivery } from './NewDelivery';

/** The delivery ids of those that were not stored before, or that are handled anew. */
export interface AddedDeliveries {
  stored: Set<string>;
  /** Stored before and dead; delivered anew, they get as many attempts as at first. */
  revived: Set<string>;
}

/** Where deliveries are kept until they are handled, and for a while afterwards. */
export interface DeliveryInbox {
  /**
   * Stores deliveries durably, all or none; those that are there already are left alone,
   * but for dead ones, which are handled anew.
   */
  add(deliveries: NewDelivery[]): Promise<AddedDeliveries>;
  /**
   * Takes note that a webhook delivers with a wrong signature. Does nothing for webhooks
   * that are not known, for anybody can name one.
   *
   * @param at - ISO 8601, UTC
   */
  recordMismatch(hookId: string, at: string): Promise<void>;
  /** @throws when nothing could be stored now */
  check(): Promise<void>;
}
