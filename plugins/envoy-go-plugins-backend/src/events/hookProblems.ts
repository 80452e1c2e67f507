import type { WebhookHealth } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { Hook, HookAttempt, HookSettings } from './OrganizationHooks';

/** What is wrong with a webhook, and what to do. */
export type HookProblem = WebhookHealth['problems'][number];

/** What of a webhook's settings is not as it has to be. */
export function settingsProblems(
  hook: Hook,
  { url, events }: HookSettings,
): HookProblem[] {
  const problems: HookProblem[] = [];
  if (!hook.active) {
    problems.push({
      reason: 'inactive',
      message: 'The webhook is turned off. Turn it on on its page on GitHub.',
    });
  }
  if (hook.config.url?.replace(/\/+$/, '') !== url.replace(/\/+$/, '')) {
    problems.push({
      reason: 'wrong-address',
      message: `The webhook delivers to ${
        hook.config.url ?? 'nowhere'
      }, and should to ${url}. Change its address on GitHub, or envoyGoPlugins.github.webhookUrl.`,
    });
  }
  const missing = hook.events.includes('*')
    ? []
    : events.filter(event => !hook.events.includes(event));
  if (missing.length > 0) {
    problems.push({
      reason: 'missing-events',
      message: `The webhook does not tell of ${missing.join(
        ', ',
      )}. Add these events on its page on GitHub.`,
    });
  }
  if (hook.config.content_type !== 'json') {
    problems.push({
      reason: 'failing',
      message:
        'The webhook does not send JSON. Set its content type on GitHub to application/json.',
    });
  }
  return problems;
}

/**
 * What is wrong according to the newest attempt to deliver something; `undefined` when it
 * succeeded.
 *
 * @param attempts - newest first
 */
export function deliveryProblem(
  newest: HookAttempt,
  attempts: HookAttempt[],
  url: string,
): HookProblem | undefined {
  const { status_code: code, delivered_at: at, status } = newest;
  if (isSuccess(newest)) {
    return undefined;
  }
  if (code === 401) {
    return {
      reason: 'secret-mismatch',
      message: `The portal refused the delivery of ${at}, for it was signed with another secret.`,
    };
  }
  const firstSuccess = attempts.findIndex(isSuccess);
  const count = firstSuccess === -1 ? attempts.length : firstSuccess;
  const failures =
    count === 1 ? 'The newest delivery' : `The newest ${count} deliveries`;
  // So GitHub writes what was not answered at all, and proxies that nobody is behind them
  if (code === 0 || code === 502 || code === 504) {
    return {
      reason: 'unreachable',
      message: `${failures} did not reach the portal, last at ${at} (${status}). Look whether GitHub can reach ${url}; what was missed is fetched.`,
    };
  }
  return {
    reason: 'failing',
    message: `${failures} failed, last at ${at}: ${url} answered ${code} (${status}). What was missed is fetched.`,
  };
}

function isSuccess({ status_code: code }: HookAttempt): boolean {
  return code >= 200 && code < 300;
}
