import type { Config } from '@backstage/config';
import { InputError } from '@backstage/errors';

/** What is configured of GitHub's webhooks; see `config.d.ts`. */
export interface WebhookConfig {
  /** Not empty. */
  secret: string;
  maxBodyBytes: number;
}

/** What GitHub sends at most: https://docs.github.com/webhooks/webhook-events-and-payloads#payload-cap */
const GITHUB_MAX_BODY_BYTES = 25 * 1024 * 1024;

/**
 * @returns `undefined` where webhooks are not configured
 * @throws InputError when they are, but without a secret
 */
export function readWebhookConfig(config: Config): WebhookConfig | undefined {
  const github = config.getOptionalConfig('envoyGoPlugins.github');
  const wanted =
    github?.getOptionalBoolean('webhooks') ?? github?.has('webhookSecret');
  if (!github || !wanted) {
    return undefined;
  }
  const secret = github.getOptional('webhookSecret');
  if (typeof secret !== 'string' || secret.trim() === '') {
    throw new InputError(
      'envoyGoPlugins.github.webhookSecret: found none, or an empty one; without the secret of the webhook on GitHub anybody could deliver, so set it, or envoyGoPlugins.github.webhooks to false',
    );
  }
  const maxBodyBytes =
    github.getOptionalNumber('webhookMaxBodyBytes') ?? GITHUB_MAX_BODY_BYTES;
  if (!Number.isInteger(maxBodyBytes) || maxBodyBytes < 1) {
    throw new InputError(
      `envoyGoPlugins.github.webhookMaxBodyBytes: found ${maxBodyBytes}, allowed are whole numbers from 1`,
    );
  }
  return { secret, maxBodyBytes };
}
