import { RequestError } from '@octokit/request-error';

/** Why GitHub could not answer. */
export interface GitHubFailure {
  /** A sentence. */
  reason: string;
  /** Whether GitHub said that there is no such thing. */
  missing: boolean;
  /** Until when there is no use in asking again, and whom: the host, or this address. */
  pause?: { until: Date; of: 'host' | 'address' };
}

/** For how long a host that did not answer is left alone, in milliseconds. */
const OUTAGE_MS = 15_000;

/** For how long what is missing is not looked for again, in milliseconds. */
const MISSING_MS = 60_000;

/**
 * Says in a sentence what went wrong with a request to GitHub.
 *
 * @param timedOut - whether we stopped waiting
 */
export function describeGitHubFailure(options: {
  error: unknown;
  host: string;
  timedOut: boolean;
  timeoutMs: number;
  now: Date;
}): GitHubFailure {
  const { error, host, timedOut, timeoutMs, now } = options;
  const after = (ms: number) => new Date(now.getTime() + ms);
  if (timedOut) {
    return {
      reason: `GitHub did not answer for ${timeoutMs / 1000} s.`,
      missing: false,
      pause: { until: after(OUTAGE_MS), of: 'host' },
    };
  }
  if (!(error instanceof RequestError) || error.response === undefined) {
    return {
      reason: `GitHub could not be reached at ${host}.`,
      missing: false,
      pause: { until: after(OUTAGE_MS), of: 'host' },
    };
  }
  const { status } = error;
  const headers = error.response.headers;
  // https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
  if (status === 429 || status === 403) {
    const retryAfter = Number(headers['retry-after']);
    const reset = Number(headers['x-ratelimit-reset']);
    if (retryAfter > 0) {
      return limited(after(retryAfter * 1000));
    }
    if (headers['x-ratelimit-remaining'] === '0' && reset > 0) {
      return limited(new Date(reset * 1000));
    }
    if (status === 429) {
      return limited(after(60_000));
    }
  }
  if (status === 404 || status === 410 || status === 451) {
    return {
      reason: `GitHub at ${host} does not have this repository, or does not show it to the portal.`,
      missing: true,
      pause: { until: after(MISSING_MS), of: 'address' },
    };
  }
  if (status === 401 || status === 403) {
    return {
      reason: `GitHub at ${host} refuses the portal's credentials (${status}); integrations.github in its configuration names them.`,
      missing: false,
      pause: { until: after(OUTAGE_MS), of: 'address' },
    };
  }
  return {
    reason: `GitHub answered ${status}.`,
    missing: false,
    pause: { until: after(OUTAGE_MS), of: 'address' },
  };
}

function limited(until: Date): GitHubFailure {
  return {
    reason: `The portal's requests to GitHub are used up until ${clockTime(
      until,
    )}.`,
    missing: false,
    pause: { until, of: 'host' },
  };
}

/** The time of day, in UTC: `14:02 UTC`. */
export function clockTime(time: Date): string {
  return `${time.toISOString().slice(11, 16)} UTC`;
}
