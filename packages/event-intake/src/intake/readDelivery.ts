import type { IncomingHttpHeaders } from 'node:http';
import { InputError } from '@backstage/errors';
import type { DeliveryOrigin, NewDelivery } from './NewDelivery';

/** What all payloads may have, as far as it is looked into before they are handled. */
interface Payload {
  action?: unknown;
  repository?: { id?: unknown; full_name?: unknown; html_url?: unknown } | null;
  organization?: { id?: unknown } | null;
}

/** Headers that are kept. Others, such as those of proxies and cookies, say nothing of it. */
const KEPT_HEADERS = /^(?:x-github-.*|x-hub-.*|user-agent|content-type)$/;

/**
 * Makes a delivery of a request that is known to come from GitHub.
 * https://docs.github.com/webhooks/webhook-events-and-payloads#delivery-headers
 *
 * @throws InputError when a header is missing, or the body is no JSON object
 */
export function readDelivery(options: {
  headers: IncomingHttpHeaders;
  body: string;
  receivedAt: Date;
  /** Default `webhook`. */
  origin?: DeliveryOrigin;
}): NewDelivery {
  const { headers, body, receivedAt, origin = 'webhook' } = options;
  const deliveryId = readHeader(headers, 'x-github-delivery', /^[\w-]{1,100}$/);
  const event = readHeader(headers, 'x-github-event', /^\w{1,100}$/);
  const hookId = headers['x-github-hook-id'];
  const payload = parseBody(body);
  const repository = readRepository(payload);
  return {
    deliveryId,
    hookId:
      typeof hookId === 'string' && /^\d{1,30}$/.test(hookId)
        ? hookId
        : undefined,
    event,
    action: matching(payload.action, /^[\w-]{1,100}$/),
    repository,
    orderedBy: orderOf(payload, repository) ?? `delivery ${deliveryId}`,
    headers: Object.fromEntries(
      Object.entries(headers).flatMap(([name, value]) =>
        KEPT_HEADERS.test(name) && value !== undefined
          ? [[name, `${value}`]]
          : [],
      ),
    ),
    body,
    receivedAt: receivedAt.toISOString(),
    origin,
  };
}

function readHeader(
  headers: IncomingHttpHeaders,
  name: string,
  allowed: RegExp,
): string {
  const value = matching(headers[name], allowed);
  if (value === undefined) {
    throw new InputError(
      `Header "${name}": found ${
        headers[name] === undefined ? 'none' : `"${headers[name]}"`
      }, every delivery of GitHub has one that matches ${allowed}`,
    );
  }
  return value;
}

function parseBody(body: string): Payload {
  let payload: unknown;
  try {
    payload = JSON.parse(body);
  } catch {
    throw new InputError(
      'The body is not JSON; the content type of the webhook has to be application/json',
    );
  }
  if (
    typeof payload !== 'object' ||
    payload === null ||
    Array.isArray(payload)
  ) {
    throw new InputError(
      'The body is JSON but no object, as every delivery of GitHub is',
    );
  }
  if (body.includes('\0')) {
    throw new InputError('The body has a NUL in it, which no JSON has');
  }
  return payload;
}

function readRepository(payload: Payload): NewDelivery['repository'] {
  const id = readId(payload.repository);
  const fullName = matching(
    payload.repository?.full_name,
    /^[\w.-]{1,100}\/[\w.-]{1,100}$/,
  );
  return id === undefined || fullName === undefined
    ? undefined
    : { id, fullName };
}

/** By repository where it is about one, else by organisation; ids are those of a host. */
function orderOf(
  payload: Payload,
  repository: NewDelivery['repository'],
): string | undefined {
  if (repository) {
    return `${hostOf(payload)} repository ${repository.id}`;
  }
  const organizationId = readId(payload.organization);
  return organizationId === undefined
    ? undefined
    : `organization ${organizationId}`;
}

function hostOf(payload: Payload): string {
  const { html_url: url } = payload.repository ?? {};
  return typeof url === 'string' && URL.canParse(url) ? new URL(url).host : '';
}

function readId(owner: { id?: unknown } | null | undefined) {
  const id = owner?.id;
  return typeof id === 'number' && Number.isSafeInteger(id) ? id : undefined;
}

function matching(value: unknown, allowed: RegExp): string | undefined {
  return typeof value === 'string' && allowed.test(value) ? value : undefined;
}
