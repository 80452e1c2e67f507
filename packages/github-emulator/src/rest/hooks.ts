import { GitHubError, notFound, validationFailed } from '../server/GitHubError';
import { RequestBody } from '../server/RequestBody';
import { permits } from '../state/repositoryRecords';
import { Webhook, WebhookDelivery } from '../state/webhookRecords';
import { ping, testPush } from '../webhooks/ping';
import { WebhookChange } from '../webhooks/Webhooks';
import {
  presentDelivery,
  presentDeliveryItem,
  presentHook,
  presentHookConfig,
} from './present/hook';
import { created, noContent, ok, RestAnswer, RestRequest } from './RestRequest';
import { Method, Route, route } from './RouteTable';

const DELIVERIES_PER_PAGE = 30;
const MOST_DELIVERIES_PER_PAGE = 100;

type Need = 'read' | 'write';

/** The organisation or repository whose webhooks are meant. Whoever may not manage them is told that there is nothing. */
type FindTarget = (request: RestRequest, need: Need) => Webhook['target'];

const ofOrganization: FindTarget = request => {
  const organization = request.organization();
  request.requireScope('admin:org_hook');
  const membership = request.emulator.accounts.membership(
    organization.id,
    request.viewer.id,
  );
  if (
    membership?.role !== 'admin' &&
    !request.viewer.isInstalledIn(organization.id)
  ) {
    throw notFound();
  }
  return { type: 'organization', id: organization.id };
};

const ofRepository: FindTarget = (request, need) => {
  const repository = request.repository();
  const { repositories } = request.emulator;
  request.requireScope(`${need}:repo_hook`);
  const permission = request.viewer.installation
    ? repositories.permissionOf(repository, request.viewer)
    : repositories.permission(repository, request.viewer.id);
  if (!permits(permission, 'admin')) {
    throw notFound();
  }
  return { type: 'repository', id: repository.id };
};

/** What the `config` of a body says; what it leaves out is undefined. */
function readConfig(config: RequestBody): WebhookChange {
  const { insecure_ssl: insecure } = config.fields;
  return {
    url: config.string('url'),
    contentType: config.oneOf('content_type', ['json', 'form']),
    secret: config.string('secret'),
    ...(insecure !== undefined && {
      insecureSsl: String(insecure) === '1' ? '1' : '0',
    }),
  };
}

function given(change: WebhookChange): WebhookChange {
  return Object.fromEntries(
    Object.entries(change).filter(([, value]) => value !== undefined),
  );
}

function requireHook(request: RestRequest, target: Webhook['target']): Webhook {
  const hook = request.emulator.webhooks.find(
    target,
    request.number('hook_id'),
  );
  if (!hook) {
    throw notFound();
  }
  return hook;
}

function createHook(request: RestRequest, findTarget: FindTarget): RestAnswer {
  const target = findTarget(request, 'write');
  const { body, emulator } = request;
  const name = body.string('name') ?? 'web';
  if (name !== 'web') {
    throw validationFailed({
      resource: 'Hook',
      code: 'invalid',
      field: 'name',
    });
  }
  const { url, ...config } = readConfig(
    body.object('config') ?? new RequestBody({}),
  );
  if (!url) {
    throw validationFailed({
      resource: 'Hook',
      code: 'missing_field',
      field: 'url',
    });
  }
  const hook = emulator.webhooks.create({
    target,
    url,
    ...config,
    events: body.strings('events'),
    active: body.boolean('active'),
  });
  ping(emulator, hook, request.signedIn().account);
  return {
    ...created(presentHook(emulator, hook)),
    headers: { location: String(presentHook(emulator, hook).url) },
  };
}

function changeHook(request: RestRequest, hook: Webhook): RestAnswer {
  const { body, emulator } = request;
  const config = body.object('config');
  const events = new Set(body.strings('events') ?? hook.events);
  body.strings('add_events')?.forEach(event => events.add(event));
  body.strings('remove_events')?.forEach(event => events.delete(event));
  const changed = emulator.webhooks.change(hook, {
    // A configuration replaces the one before, also its secret.
    ...(config && {
      contentType: 'form' as const,
      insecureSsl: '0' as const,
      secret: undefined,
      ...given(readConfig(config)),
    }),
    events: [...events],
    active: body.boolean('active') ?? hook.active,
  });
  return ok(presentHook(emulator, changed));
}

/** Changes where and how a webhook is told. */
export function changeConfig(request: RestRequest, hook: Webhook): RestAnswer {
  return ok(
    presentHookConfig(
      request.emulator.webhooks.change(hook, given(readConfig(request.body))),
    ),
  );
}

/** A page of what was delivered to a webhook. */
export function listDeliveries(
  request: RestRequest,
  hook: Webhook,
): RestAnswer {
  const { emulator, query } = request;
  const status = query.get('status');
  const cursor = query.get('cursor');
  const from = cursor === null ? undefined : /^v1_(\d+)$/.exec(cursor)?.[1];
  if (cursor !== null && from === undefined) {
    throw new GitHubError(400, 'Invalid cursor');
  }
  const asked = Number(query.get('per_page') ?? DELIVERIES_PER_PAGE);
  const perPage = Math.min(
    asked >= 1 ? Math.floor(asked) : DELIVERIES_PER_PAGE,
    MOST_DELIVERIES_PER_PAGE,
  );
  const succeeded = ({ outcome }: WebhookDelivery) =>
    outcome !== undefined && outcome.statusCode < 400;
  const found = emulator.webhooks
    .deliveries(hook)
    .filter(
      delivery =>
        (from === undefined || delivery.id <= Number(from)) &&
        (status === null || (status === 'success') === succeeded(delivery)),
    );
  const next = found.at(perPage);
  const target = new URLSearchParams(query);
  target.set('cursor', `v1_${next?.id}`);
  return {
    status: 200,
    body: found
      .slice(0, perPage)
      .map(delivery => presentDeliveryItem(emulator, delivery)),
    headers: next
      ? { link: `<${emulator.urls.api(request.path)}?${target}>; rel="next"` }
      : {},
  };
}

/** The delivery of the path. */
export function requireDelivery(
  request: RestRequest,
  hook: Webhook,
): WebhookDelivery {
  const delivery = request.emulator.webhooks.findDelivery(
    hook,
    request.number('delivery_id'),
  );
  if (!delivery) {
    throw notFound();
  }
  return delivery;
}

/** Delivers again. */
export function redeliver(request: RestRequest, hook: Webhook): RestAnswer {
  request.emulator.webhooks.redeliver(hook, requireDelivery(request, hook));
  return { status: 202, body: {} };
}

function hookRoutes(base: string, findTarget: FindTarget): Route[] {
  const onHook = (
    method: Method,
    path: string,
    handle: (
      request: RestRequest,
      hook: Webhook,
    ) => RestAnswer | Promise<RestAnswer>,
  ) =>
    route(method, `${base}/{hook_id}${path}`, request =>
      handle(
        request,
        requireHook(
          request,
          findTarget(request, method === 'GET' ? 'read' : 'write'),
        ),
      ),
    );
  return [
    route('GET', base, request =>
      request.paged(
        request.emulator.webhooks.list(findTarget(request, 'read')),
        hook => presentHook(request.emulator, hook),
      ),
    ),
    route('POST', base, request => createHook(request, findTarget)),
    onHook('GET', '', (request, hook) =>
      ok(presentHook(request.emulator, hook)),
    ),
    onHook('PATCH', '', changeHook),
    onHook('DELETE', '', (request, hook) => {
      request.emulator.webhooks.delete(hook);
      return noContent();
    }),
    onHook('GET', '/config', (_, hook) => ok(presentHookConfig(hook))),
    onHook('PATCH', '/config', changeConfig),
    onHook('GET', '/deliveries', listDeliveries),
    onHook('GET', '/deliveries/{delivery_id}', (request, hook) =>
      ok(presentDelivery(request.emulator, requireDelivery(request, hook))),
    ),
    onHook('POST', '/deliveries/{delivery_id}/attempts', redeliver),
    onHook('POST', '/pings', (request, hook) => {
      ping(request.emulator, hook, request.signedIn().account);
      return noContent();
    }),
  ];
}

/** Webhooks of organisations and repositories, and their deliveries. */
export const webhookRoutes: Route[] = [
  ...hookRoutes('/orgs/{org}/hooks', ofOrganization),
  ...hookRoutes('/repos/{owner}/{repo}/hooks', ofRepository),
  route(
    'POST',
    '/repos/{owner}/{repo}/hooks/{hook_id}/tests',
    async request => {
      const hook = requireHook(request, ofRepository(request, 'write'));
      await testPush(request.emulator, hook, request.signedIn().account);
      return noContent();
    },
  ),
];
