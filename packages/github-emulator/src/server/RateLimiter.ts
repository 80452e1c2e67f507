import { Clock } from './clock';
import { GitHubError } from './GitHubError';
import { Viewer } from './Viewer';

/** What requests are counted under. */
export type RateLimitResource = 'core' | 'graphql' | 'search' | 'code_search';

/** How much may be asked for; requests (points for `graphql`) in a window. */
export interface RateLimits {
  /** Core requests an hour with a token. */
  core: number;
  /** Core requests an hour and address without a token. */
  anonymous: number;
  /** GraphQL points an hour. */
  graphql: number;
  /** Searches a minute. */
  search: number;
  /** Code searches a minute. */
  codeSearch: number;
}

/** github.com's limits (https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api). */
export const GITHUB_RATE_LIMITS: RateLimits = {
  core: 5000,
  anonymous: 60,
  graphql: 5000,
  search: 30,
  codeSearch: 10,
};

const HOUR = 3600;
const MINUTE = 60;

/** How things stand for one caller and resource. */
export interface RateLimitState {
  limit: number;
  used: number;
  remaining: number;
  /** When counting starts anew, in seconds since 1970. */
  reset: number;
  resource: RateLimitResource;
}

/** Counts requests by caller. A window opens with the first request in it. */
export class RateLimiter {
  readonly #clock: Clock;
  readonly #installationLimit: (id: number, base: number) => number;
  readonly #initial: RateLimits;
  #limits: RateLimits;
  readonly #windows = new Map<string, { used: number; reset: number }>();

  /** @param options - `installationLimit`: what an installation of an app has when others have so much */
  constructor(options: {
    clock: Clock;
    limits?: Partial<RateLimits>;
    installationLimit?: (installationId: number, base: number) => number;
  }) {
    this.#clock = options.clock;
    this.#installationLimit = options.installationLimit ?? ((_, base) => base);
    this.#initial = { ...GITHUB_RATE_LIMITS, ...options.limits };
    this.#limits = this.#initial;
  }

  /** Changes some limits; what was used until now stays used. */
  setLimits(limits: Partial<RateLimits>): void {
    this.#limits = { ...this.#limits, ...limits };
  }

  /** The limits of the start again; `forget` what was used too. */
  restore(options: { forget?: boolean } = {}): void {
    this.#limits = this.#initial;
    if (options.forget) {
      this.#windows.clear();
    }
  }

  /** How things stand, without counting anything. */
  state(key: string, resource: RateLimitResource): RateLimitState {
    const limit = this.#limit(key, resource);
    const now = this.#now();
    const window = this.#windows.get(`${resource}/${key}`);
    const current =
      window && window.reset > now
        ? window
        : { used: 0, reset: now + this.#length(resource) };
    return {
      limit,
      used: Math.min(limit, current.used),
      remaining: Math.max(0, limit - current.used),
      reset: current.reset,
      resource,
    };
  }

  /** Counts a request (or that many points) and returns how things stand then. */
  count(key: string, resource: RateLimitResource, cost = 1): RateLimitState {
    const { remaining, reset } = this.state(key, resource);
    const place = `${resource}/${key}`;
    const before = this.#windows.get(place);
    const used = before?.reset === reset ? before.used : 0;
    // What is refused costs nothing.
    this.#windows.set(place, {
      used: remaining > 0 ? used + cost : used,
      reset,
    });
    return this.state(key, resource);
  }

  #limit(key: string, resource: RateLimitResource): number {
    switch (resource) {
      case 'core':
        return key.startsWith('address:')
          ? this.#limits.anonymous
          : this.#hourly(key, this.#limits.core, GITHUB_RATE_LIMITS.core);
      case 'graphql':
        return key.startsWith('address:')
          ? 0
          : this.#hourly(key, this.#limits.graphql, GITHUB_RATE_LIMITS.graphql);
      case 'search':
        return this.#limits.search;
      default:
        return this.#limits.codeSearch;
    }
  }

  /** Installations have more than others, unless there is less for everybody than GitHub gives. */
  #hourly(key: string, limit: number, usual: number): number {
    const [kind, id] = key.split(':');
    return kind === 'installation' && limit >= usual
      ? this.#installationLimit(Number(id), limit)
      : limit;
  }

  #length(resource: RateLimitResource): number {
    return resource === 'core' || resource === 'graphql' ? HOUR : MINUTE;
  }

  #now(): number {
    return Math.floor(this.#clock().getTime() / 1000);
  }
}

/** The headers that tell a caller how things stand. */
export function rateLimitHeaders(
  state: RateLimitState,
): Record<string, string> {
  return {
    'x-ratelimit-limit': String(state.limit),
    'x-ratelimit-remaining': String(state.remaining),
    'x-ratelimit-used': String(state.used),
    'x-ratelimit-reset': String(state.reset),
    'x-ratelimit-resource': state.resource,
  };
}

/** What a caller for whom nothing is left is told; undefined when there is something left. */
export function whyExhausted(
  rateLimiter: RateLimiter,
  viewer: Viewer,
  resource: RateLimitResource,
): string | undefined {
  if (rateLimiter.state(viewer.rateLimitKey, resource).remaining > 0) {
    return undefined;
  }
  const [kind, id] = viewer.rateLimitKey.split(/:(.*)/);
  const who = {
    account: `user ID ${id}`,
    installation: `installation ID ${id}`,
  };
  return `API rate limit exceeded for ${Reflect.get(who, kind) ?? id}.`;
}

/** @throws GitHubError 403 when nothing is left to ask for */
export function refuseWhenExhausted(
  rateLimiter: RateLimiter,
  viewer: Viewer,
  resource: RateLimitResource,
): void {
  const refusal = whyExhausted(rateLimiter, viewer, resource);
  if (refusal) {
    throw new GitHubError(403, refusal);
  }
}
