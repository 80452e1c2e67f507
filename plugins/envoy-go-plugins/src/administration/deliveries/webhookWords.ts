import type { WebhookHealth } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';

/** What a problem of a webhook is called. */
export const PROBLEM_TITLES: Record<
  WebhookHealth['problems'][number]['reason'],
  string
> = {
  missing: 'No webhook',
  inactive: 'Switched off',
  'wrong-address': 'Wrong address',
  'missing-events': 'Events missing',
  'secret-mismatch': 'Secret mismatch',
  unreachable: 'Not reachable',
  failing: 'Deliveries fail',
  silent: 'Silent',
  'not-allowed': 'Not allowed to look',
  'github-unavailable': 'GitHub did not answer',
};

/** How a webhook fares, in a few words. */
export const HEALTH_WORDS: Record<WebhookHealth['state'], string> = {
  healthy: 'Works',
  degraded: 'Needs attention',
  broken: 'Broken',
  unknown: 'Not known',
};

/** What the last comparison with GitHub found. */
export function describeComparison(found: number | undefined): string {
  if (found === undefined) {
    return '';
  }
  if (found === 0) {
    return 'nothing was missing';
  }
  return found === 1
    ? '1 delivery was missing'
    : `${found} deliveries were missing`;
}
