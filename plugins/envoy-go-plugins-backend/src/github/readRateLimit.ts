import type { GitHubAnswer } from './GitHubAnswer';
import type { RateLimit } from './RequestBudget';

/**
 * What GitHub says is left.
 * https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#checking-the-status-of-your-rate-limit
 *
 * @returns undefined where rate limits are off, as they may be on GitHub Enterprise
 */
export function readRateLimit(
  headers: GitHubAnswer['headers'],
  usualResource: string,
): RateLimit | undefined {
  const limit = Number(headers['x-ratelimit-limit'] ?? NaN);
  const remaining = Number(headers['x-ratelimit-remaining'] ?? NaN);
  const reset = Number(headers['x-ratelimit-reset'] ?? NaN);
  if (![limit, remaining, reset].every(Number.isFinite)) {
    return undefined;
  }
  return {
    resource: String(headers['x-ratelimit-resource'] ?? usualResource),
    limit,
    remaining,
    resetAt: new Date(reset * 1000),
  };
}

/** What GitHub will count a request under, going by its address. */
export function resourceOf(url: string): string {
  const { pathname } = new URL(url);
  if (pathname.endsWith('/graphql')) {
    return 'graphql';
  }
  if (/^(\/api\/v3)?\/search\/code$/.test(pathname)) {
    return 'code_search';
  }
  return /^(\/api\/v3)?\/search\//.test(pathname) ? 'search' : 'core';
}
