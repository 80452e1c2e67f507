import { JsonObject } from '@backstage/types';
import { Emulator } from '../../Emulator';
import { Webhook, WebhookDelivery } from '../../state/webhookRecords';

/** What is shown instead of a secret. */
const HIDDEN = '********';

/** `webhook-config`. Secrets are never shown. */
export function presentHookConfig(hook: Webhook): JsonObject {
  return {
    content_type: hook.contentType,
    insecure_ssl: hook.insecureSsl,
    ...(hook.secret !== undefined && { secret: HIDDEN }),
    url: hook.url,
  };
}

/** The path of a webhook in the REST API. */
export function hookPath(emulator: Emulator, hook: Webhook): string {
  const { type, id } = hook.target;
  return type === 'organization'
    ? `/orgs/${emulator.accounts.get(id).login}/hooks/${hook.id}`
    : `/repos/${emulator.repositories.fullName(
        emulator.repositories.get(id),
      )}/hooks/${hook.id}`;
}

/** `org-hook` or `hook`. */
export function presentHook(emulator: Emulator, hook: Webhook): JsonObject {
  const url = emulator.urls.api(hookPath(emulator, hook));
  const common = {
    id: hook.id,
    name: 'web',
    active: hook.active,
    events: hook.events,
    config: presentHookConfig(hook),
    url,
    ping_url: `${url}/pings`,
    deliveries_url: `${url}/deliveries`,
    created_at: hook.createdAt,
    updated_at: hook.updatedAt,
  };
  if (hook.target.type === 'organization') {
    return { type: 'Organization', ...common };
  }
  const [last] = emulator.webhooks.deliveries(hook);
  return {
    type: 'Repository',
    ...common,
    test_url: `${url}/tests`,
    last_response: last?.outcome
      ? {
          code: last.outcome.statusCode,
          status: last.outcome.status === 'OK' ? 'active' : 'misconfigured',
          message: last.outcome.status,
        }
      : { code: null, status: 'unused', message: null },
  };
}

/** `hook-delivery-item`. */
export function presentDeliveryItem(
  emulator: Emulator,
  delivery: WebhookDelivery,
): JsonObject {
  const event = emulator.webhooks.event(delivery);
  const { outcome } = delivery;
  return {
    id: delivery.id,
    guid: event.guid,
    delivered_at: outcome?.deliveredAt ?? event.createdAt,
    redelivery: delivery.redelivery,
    duration: outcome?.duration ?? 0,
    status: outcome?.status ?? '',
    status_code: outcome?.statusCode ?? 0,
    event: event.name,
    action: event.action ?? null,
    installation_id: event.installationId ?? null,
    repository_id: event.repositoryId ?? null,
    throttled_at: null,
  };
}

/** `hook-delivery`: with what was sent and what came back. */
export function presentDelivery(
  emulator: Emulator,
  delivery: WebhookDelivery,
): JsonObject {
  const event = emulator.webhooks.event(delivery);
  const { outcome } = delivery;
  return {
    ...presentDeliveryItem(emulator, delivery),
    url: outcome?.url ?? '',
    request: {
      headers: outcome?.requestHeaders ?? {},
      payload: JSON.parse(event.payload),
    },
    response: {
      headers: outcome?.responseHeaders ?? {},
      payload: outcome?.responseBody ?? null,
    },
  };
}
