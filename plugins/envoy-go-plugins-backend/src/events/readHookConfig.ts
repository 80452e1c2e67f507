import type { SchedulerServiceTaskScheduleDefinition } from '@backstage/backend-plugin-api';
import { readSchedulerServiceTaskScheduleDefinitionFromConfig } from '@backstage/backend-plugin-api';
import type { Config } from '@backstage/config';
import { readDurationFromConfig } from '@backstage/config';
import { InputError } from '@backstage/errors';
import { type HumanDuration, durationToMilliseconds } from '@backstage/types';
import { GITHUB_WEBHOOK_PATH } from '@envoy-go/event-intake';

/** What is configured of the organisation's webhook and of what is kept; see `config.d.ts`. */
export interface HookConfig {
  /** Where GitHub has to deliver to. */
  url: string;
  manage: boolean;
  schedule: SchedulerServiceTaskScheduleDefinition;
  /** How long finished deliveries are kept, in milliseconds. */
  keepFinishedMs: number;
  /** How long dead deliveries are kept, in milliseconds. */
  keepDeadMs: number;
}

const DEFAULT_SCHEDULE: SchedulerServiceTaskScheduleDefinition = {
  frequency: { minutes: 10 },
  timeout: { minutes: 10 },
};

/**
 * @param organization - the store on GitHub, if there is one
 * @throws InputError when something is not allowed
 */
export function readHookConfig(
  config: Config,
  organization: string | undefined,
): HookConfig {
  const github = config.getOptionalConfig('envoyGoPlugins.github');
  const manage = github?.getOptionalBoolean('manageWebhook') ?? false;
  if (manage && organization === undefined) {
    throw new InputError(
      'envoyGoPlugins.github.manageWebhook: there is no envoyGoPlugins.github.organization whose webhook could be managed',
    );
  }
  const url =
    github?.getOptionalString('webhookUrl') ??
    `${(config.getOptionalString('backend.baseUrl') ?? '').replace(
      /\/+$/,
      '',
    )}/api/envoy-go-plugins${GITHUB_WEBHOOK_PATH}`;
  if (
    organization !== undefined &&
    (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
  ) {
    throw new InputError(
      `envoyGoPlugins.github.webhookUrl: found "${url}", which is no http or https address`,
    );
  }
  const keep = (key: string, fallback: HumanDuration) =>
    durationToMilliseconds(
      github?.has(key) ? readDurationFromConfig(github, { key }) : fallback,
    );
  return {
    url,
    manage,
    schedule: github?.has('reconcileSchedule')
      ? readSchedulerServiceTaskScheduleDefinitionFromConfig(
          github.getConfig('reconcileSchedule'),
        )
      : DEFAULT_SCHEDULE,
    keepFinishedMs: keep('keepDeliveriesFor', { days: 30 }),
    keepDeadMs: keep('keepDeadDeliveriesFor', { days: 90 }),
  };
}
