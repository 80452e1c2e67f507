import type {
  GitHubBudget,
  GitHubLane,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { Octokit } from '@octokit/rest';
import type {
  RepositoryPointer,
  RepositoryReading,
} from './RepositorySnapshot';

/**
 * The one door to GitHub. Whatever goes through it is counted against the budget of its
 * credential, which all replicas share; is asked conditionally where it was asked before
 * (https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api#use-conditional-requests-if-appropriate);
 * and never hangs.
 *
 * Requests of its clients throw errors of `@backstage/errors` whose messages are sentences
 * for people: `NotFoundError` (404, 410, 451), `NotAllowedError` (403), `AuthenticationError`
 * (401), `InputError` (422 and other refusals of what was asked), `ConflictError` (409), and
 * `GitHubUnavailableError` for what ends by itself.
 */
export interface GitHubDoor {
  /** Whether the portal has an integration for this host. */
  integrates(host: string): boolean;
  /** The hosts that the portal has an integration for. */
  hosts(): string[];
  /**
   * A client that acts as the portal itself: by its GitHub App's installation on `owner`,
   * else by the token of the host. Answers to GET requests come out of the store where
   * GitHub says that nothing changed.
   *
   * @param owner - whose things are asked for; needed where the portal is a GitHub App
   * @throws NotFoundError when the portal has no integration for the host
   */
  asPortal(options: {
    host: string;
    owner?: string;
    lane: GitHubLane;
    signal?: AbortSignal;
  }): Octokit;
  /**
   * Whom GitHub takes the portal for where it acts for an account's things: the account of
   * its token, or the bot of its GitHub App, which has no account to ask for.
   *
   * @param owner - whose things they are; default: the organisation's
   * @throws NotFoundError when the portal has no integration for the host
   */
  identify(options: {
    host: string;
    owner?: string;
    lane: GitHubLane;
  }): Promise<PortalIdentity>;
  /**
   * A client that acts as a GitHub App of the portal itself, which may ask where it is
   * installed and as what: https://docs.github.com/rest/apps/apps
   *
   * @throws NotFoundError when the portal has no integration for the host
   */
  asApp(options: {
    host: string;
    appId: number;
    lane: GitHubLane;
    signal?: AbortSignal;
  }): Octokit;
  /**
   * A client that acts as somebody who is signed in, with a budget of their own. Neither the
   * token nor what GitHub answers is kept or logged.
   *
   * @throws NotFoundError when the portal has no integration for the host
   */
  asUser(options: {
    host: string;
    token: string;
    signal?: AbortSignal;
  }): Octokit;
  /**
   * What GitHub says of many repositories, in few requests: many in one GraphQL query, fewer
   * where GitHub takes too long, and over REST where it does not answer for a single one.
   *
   * @returns in the order asked; it rejects only when `signal` is aborted
   * @throws NotFoundError when the portal has no integration for the host
   */
  readRepositories(options: {
    host: string;
    repositories: RepositoryPointer[];
    lane: GitHubLane;
    signal?: AbortSignal;
  }): Promise<RepositoryReading[]>;
  /** What is left of the credentials' budgets, for administrators. */
  readonly budgets: GitHubBudgets;
}

/** Whom GitHub takes the portal for. */
export interface PortalIdentity {
  /** Such as `portal-bot`, or `envoy-portal[bot]` for a GitHub App. */
  login: string;
  /** Where it is a GitHub App. */
  app?: {
    id: number;
    name: string;
    /** The App's page, from which it can be installed. */
    url: string;
  };
}

/** What the portal's credentials may still ask GitHub. */
export interface GitHubBudgets {
  /** Those that were used in the last 24 hours, by all replicas; ordered by label. */
  list(): Promise<GitHubBudget[]>;
}
