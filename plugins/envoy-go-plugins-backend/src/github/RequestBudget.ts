import type { GitHubLane } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { GitHubBudgets } from './GitHubDoor';
import type { GitHubCredential } from './GitHubCredential';

/** In the order in which they are served. */
export const GITHUB_LANES: readonly GitHubLane[] = ['urgent', 'page', 'sweep'];

/** Which part of a limit a lane leaves to those before it. */
export const LANE_LEAVES: Record<GitHubLane, number> = {
  urgent: 0,
  page: 0.05,
  sweep: 0.2,
};

/** What GitHub said is left, with an answer. */
export interface RateLimit {
  /** What requests are counted under, such as `core` or `graphql`. */
  resource: string;
  limit: number;
  remaining: number;
  /** When counting starts anew. */
  resetAt: Date;
}

/** That a request may be sent. Exactly one of its methods is called, once. */
export interface Reservation {
  /**
   * The request was answered.
   *
   * @param cost - requests, or points of GraphQL; 0 for what GitHub does not count
   */
  settle(answer: {
    rateLimit: RateLimit | undefined;
    cost: number;
    notModified: boolean;
  }): Promise<void>;
  /** It was not, as far as we know. */
  cancel(): void;
}

/**
 * What the credentials may still ask, shared by all replicas: who may ask now, and what was
 * asked.
 */
export interface RequestBudget extends GitHubBudgets {
  /**
   * @param resource - what GitHub will count the request under
   * @param cost - what it will count, about
   * @throws GitHubUnavailableError when too little is left for the lane, or GitHub asked for
   * a pause
   */
  reserve(request: {
    credential: GitHubCredential;
    resource: string;
    lane: GitHubLane;
    cost: number;
  }): Promise<Reservation>;
  /**
   * GitHub asked not to be asked with this credential.
   *
   * @param until - when it said so; without it a minute, and twice as long each time that it
   * happens again within an hour
   * @returns until when nobody asks
   */
  pause(credential: GitHubCredential, until: Date | undefined): Promise<Date>;
  /** Writes down what was not yet, and nothing more by itself. */
  stop(): Promise<void>;
}
