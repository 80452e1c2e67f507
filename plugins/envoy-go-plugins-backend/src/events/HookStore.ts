import type { WebhookHealth } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';

/** Whose webhook it is. */
export interface HookOwner {
  /** `github.com`, or the host of a GitHub Enterprise. */
  host: string;
  /** Login of the organisation. */
  organization: string;
}

/** What is known of an organisation's webhook. Times are ISO 8601, UTC. */
export interface HookRecord {
  hookId?: string;
  /** The page of its settings on GitHub. */
  url?: string;
  /** As of `checkedAt`. */
  state: WebhookHealth['state'];
  problems: WebhookHealth['problems'];
  checkedAt?: string;
  /** When a delivery of it had a wrong signature. */
  mismatchAt?: string;
  /** When the portal last gave it its secret. */
  secretSetAt?: string;
  /** When GitHub's deliveries were last compared with ours. */
  reconciledAt?: string;
  /** What was delivered before that was compared. */
  reconciledUntil?: string;
  /** How many were missing at `reconciledAt`. */
  reconcileFound?: number;
}

/** Remembers how webhooks fare, for all replicas. */
export interface HookStore {
  get(owner: HookOwner): Promise<HookRecord | undefined>;
  save(owner: HookOwner, changes: Partial<HookRecord>): Promise<void>;
  /** The newest that came from a webhook by itself. */
  getLastDelivery(
    hookId: string,
  ): Promise<{ at: string; event: string } | undefined>;
  /**
   * Makes somebody the one who looks after a webhook.
   *
   * @param lease.now - ISO 8601, UTC
   * @param lease.until - ISO 8601, UTC
   * @returns whether nobody else was
   */
  lease(
    owner: HookOwner,
    lease: { by: string; now: string; until: string },
  ): Promise<boolean>;
  release(owner: HookOwner, by: string): Promise<void>;
}
