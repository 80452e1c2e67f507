import type { GitHubLane } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { RateLimit } from './RequestBudget';

/** A credential, as all replicas know it. */
export interface StoredCredential {
  id: string;
  host: string;
  label: string;
  kind: 'portal' | 'user';
  pause?: CredentialPause;
}

/** That GitHub asked not to be asked. */
export interface CredentialPause {
  from: Date;
  until: Date;
  /** A sentence. */
  reason: string;
}

/** What GitHub said is left, and when. */
export interface ObservedRateLimit extends RateLimit {
  observedAt: Date;
}

/** What was used by one lane of one resource in five minutes. */
export interface BudgetUsage {
  resource: string;
  /** When the five minutes began. */
  bucketAt: Date;
  lane: GitHubLane;
  /** Requests, or points of GraphQL. */
  used: number;
  /** Requests that cost nothing because nothing had changed. */
  notModified: number;
}

/** Keeps what the credentials may still ask, shared by all replicas. */
export interface BudgetStore {
  /** What is known of a credential; `undefined` when nothing is. */
  read(
    credential: string,
  ): Promise<
    { pause?: CredentialPause; rateLimits: ObservedRateLimit[] } | undefined
  >;
  /**
   * Adds what a replica observed and used. What another saw of the same rate limit stays
   * where it says that less is left.
   */
  write(entry: {
    credential: Omit<StoredCredential, 'pause'>;
    usedAt: Date;
    rateLimits: ObservedRateLimit[];
    usage: BudgetUsage[];
  }): Promise<void>;
  /** Takes note of a pause; ignored when there is one that lasts longer. */
  pause(
    credential: Omit<StoredCredential, 'pause'>,
    pause: CredentialPause,
  ): Promise<void>;
  /** The portal's credentials that were used since. */
  list(since: Date): Promise<
    {
      credential: StoredCredential;
      rateLimits: ObservedRateLimit[];
      /** Since then; oldest first. */
      usage: BudgetUsage[];
    }[]
  >;
  /** Forgets what was used, and credentials that were used last, before a time. */
  deleteBefore(time: Date): Promise<void>;
}
