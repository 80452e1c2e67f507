import type { ObservedRateLimit } from './BudgetStore';

/** By so much two answers may differ about the same reset, in milliseconds. */
const SAME_RESET_MS = 5_000;

/**
 * What two observations of the same credential and resource say together. In one window what
 * is left only becomes less, unless the limit itself was changed; answers may arrive in
 * another order than GitHub gave them.
 */
export function mergeRateLimits(
  one: ObservedRateLimit,
  other: ObservedRateLimit,
): ObservedRateLimit {
  const [older, newer] =
    one.observedAt <= other.observedAt ? [one, other] : [other, one];
  const between = newer.resetAt.getTime() - older.resetAt.getTime();
  if (Math.abs(between) > SAME_RESET_MS) {
    return between > 0 ? newer : older;
  }
  if (newer.limit !== older.limit) {
    return newer;
  }
  return {
    ...newer,
    remaining: Math.min(newer.remaining, older.remaining),
  };
}
