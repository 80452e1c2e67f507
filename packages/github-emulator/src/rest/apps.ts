import { JsonValue } from '@backstage/types';
import { GitHubError, notFound } from '../server/GitHubError';
import { timestamp } from '../server/clock';
import { grants } from '../apps/neededPermission';
import { AppPermissions, GitHubApp, Installation } from '../state/appRecords';
import { Repository } from '../state/repositoryRecords';
import { announceInstallation } from '../webhooks/announceInstallation';
import {
  changeConfig,
  listDeliveries,
  redeliver,
  requireDelivery,
} from './hooks';
import { presentApp, presentInstallation } from './present/app';
import { presentDelivery, presentHookConfig } from './present/hook';
import { presentRepository } from './present/repository';
import { created, noContent, ok, RestAnswer, RestRequest } from './RestRequest';
import { Method, Route, route } from './RouteTable';
import { linkHeader, readPage } from '../server/paging';

/** The app that asks. */
function self(request: RestRequest): GitHubApp {
  const { app } = request.viewer;
  if (!app) {
    throw new GitHubError(401, 'A JSON web token could not be decoded');
  }
  return app;
}

function requireInstallation(request: RestRequest): Installation {
  const installation = request.emulator.apps.findInstallation(
    self(request),
    request.number('installation_id'),
  );
  if (!installation) {
    throw notFound();
  }
  return installation;
}

function readPermissions(
  request: RestRequest,
  installation: Installation,
): AppPermissions | undefined {
  const asked = request.body.object('permissions')?.fields;
  if (!asked) {
    return undefined;
  }
  const permissions: AppPermissions = { metadata: 'read' };
  for (const [name, level] of Object.entries(asked)) {
    if (
      (level !== 'read' && level !== 'write') ||
      !grants(installation.permissions, name, level)
    ) {
      throw new GitHubError(
        422,
        'The permissions requested are not granted to this installation.',
      );
    }
    permissions[name] = level;
  }
  return permissions;
}

function readRepositories(
  request: RestRequest,
  installation: Installation,
): Repository[] | undefined {
  const names = request.body.strings('repositories');
  const ids = request.body.fields.repository_ids;
  if (!names && !Array.isArray(ids)) {
    return undefined;
  }
  const reached = request.emulator.apps.repositories(installation);
  const select = (is: (repository: Repository) => boolean) => {
    const found = reached.find(is);
    if (!found) {
      throw new GitHubError(
        422,
        'There is at least one repository that does not exist or is not accessible to the parent installation.',
      );
    }
    return found;
  };
  return [
    ...(names ?? []).map(name =>
      select(one => one.name.toLowerCase() === name.toLowerCase()),
    ),
    ...(Array.isArray(ids) ? ids : []).map(id => select(one => one.id === id)),
  ];
}

function createToken(request: RestRequest): RestAnswer {
  const installation = requireInstallation(request);
  if (installation.suspendedAt !== undefined) {
    throw new GitHubError(403, 'This installation has been suspended');
  }
  const { emulator } = request;
  const repositories = readRepositories(request, installation);
  const token = emulator.apps.createToken(installation, {
    permissions: readPermissions(request, installation),
    repositoryIds: repositories?.map(({ id }) => id),
  });
  return created({
    token: token.token,
    expires_at: token.expiresAt,
    permissions: token.permissions,
    repository_selection: repositories ? 'selected' : installation.selection,
    ...(repositories && {
      repositories: repositories.map(one =>
        presentRepository(emulator, one, request.viewer),
      ),
    }),
  });
}

function suspend(request: RestRequest, on: boolean): RestAnswer {
  const { apps, accounts, clock } = request.emulator;
  const installation = requireInstallation(request);
  const bot = accounts.get(self(request).botId);
  const changed = apps.change(installation, {
    suspendedAt: on ? timestamp(clock()) : undefined,
    suspendedById: on ? bot.id : undefined,
  });
  announceInstallation(
    request.emulator,
    changed,
    bot,
    on ? 'suspend' : 'unsuspend',
  );
  return noContent();
}

function listRepositories(request: RestRequest): RestAnswer {
  const place = request.viewer.installation;
  if (!place) {
    throw new GitHubError(
      403,
      'You must authenticate with an installation access token in order to list repositories for an installation.',
    );
  }
  const { emulator, path, query } = request;
  const all = emulator.apps
    .repositories(place.installation)
    .filter(one => place.token.repositoryIds?.includes(one.id) ?? true);
  const { offset, perPage } = readPage(query);
  const link = linkHeader(emulator.urls, path, query, all.length);
  const page: JsonValue[] = all
    .slice(offset, offset + perPage)
    .map(one => presentRepository(emulator, one, request.viewer));
  return {
    ...ok({
      total_count: all.length,
      repository_selection: place.token.repositoryIds
        ? 'selected'
        : place.installation.selection,
      repositories: page,
    }),
    headers: link ? { link } : {},
  };
}

function installationOf(
  request: RestRequest,
  accountId: number | undefined,
  repository?: Repository,
): RestAnswer {
  const app = self(request);
  const installation =
    accountId === undefined
      ? undefined
      : request.emulator.apps.installationIn(app, accountId);
  if (
    !installation ||
    (repository && !request.emulator.apps.reaches(installation, repository))
  ) {
    throw notFound();
  }
  return ok(presentInstallation(request.emulator, installation));
}

function hookOf(request: RestRequest) {
  const [hook] = request.emulator.webhooks.list({
    type: 'app',
    id: self(request).id,
  });
  if (!hook) {
    throw notFound();
  }
  return hook;
}

/** A route that only apps themselves may ask for. */
function ownRoute(
  method: Method,
  path: string,
  handle: (request: RestRequest) => RestAnswer,
): Route {
  return route(method, path, request => {
    self(request);
    return handle(request);
  });
}

/** GitHub Apps and their installations. */
export const appRoutes: Route[] = [
  ownRoute('GET', '/app', request => {
    const app = self(request);
    return ok({
      ...presentApp(request.emulator, app),
      installations_count: request.emulator.apps.installations(app).length,
    });
  }),
  route('GET', '/apps/{app_slug}', request => {
    const app = request.emulator.apps.find(request.params.app_slug);
    if (!app) {
      throw notFound();
    }
    return ok(presentApp(request.emulator, app));
  }),
  route('GET', '/app/installations', request =>
    request.paged(
      request.emulator.apps.installations(self(request)),
      installation => presentInstallation(request.emulator, installation),
    ),
  ),
  ownRoute('GET', '/app/installations/{installation_id}', request =>
    ok(presentInstallation(request.emulator, requireInstallation(request))),
  ),
  ownRoute('DELETE', '/app/installations/{installation_id}', request => {
    const installation = requireInstallation(request);
    announceInstallation(
      request.emulator,
      installation,
      request.emulator.accounts.get(self(request).botId),
      'deleted',
    );
    request.emulator.apps.delete(installation);
    return noContent();
  }),
  ownRoute(
    'POST',
    '/app/installations/{installation_id}/access_tokens',
    createToken,
  ),
  ownRoute('PUT', '/app/installations/{installation_id}/suspended', request =>
    suspend(request, true),
  ),
  ownRoute(
    'DELETE',
    '/app/installations/{installation_id}/suspended',
    request => suspend(request, false),
  ),
  ownRoute('GET', '/repos/{owner}/{repo}/installation', request => {
    const { owner, repo } = request.params;
    const repository = request.emulator.repositories.find(owner, repo);
    return installationOf(request, repository?.ownerId, repository);
  }),
  ownRoute('GET', '/orgs/{org}/installation', request =>
    installationOf(request, request.organization().id),
  ),
  ownRoute('GET', '/users/{username}/installation', request =>
    installationOf(request, request.account().id),
  ),
  route('GET', '/installation/repositories', listRepositories),
  route('DELETE', '/installation/token', request => {
    const place = request.viewer.installation;
    if (!place) {
      throw new GitHubError(401, 'Requires authentication');
    }
    request.emulator.apps.revoke(place.token);
    return noContent();
  }),
  ownRoute('GET', '/app/hook/config', request =>
    ok(presentHookConfig(hookOf(request))),
  ),
  ownRoute('PATCH', '/app/hook/config', request =>
    changeConfig(request, hookOf(request)),
  ),
  ownRoute('GET', '/app/hook/deliveries', request =>
    listDeliveries(request, hookOf(request)),
  ),
  ownRoute('GET', '/app/hook/deliveries/{delivery_id}', request =>
    ok(
      presentDelivery(
        request.emulator,
        requireDelivery(request, hookOf(request)),
      ),
    ),
  ),
  ownRoute('POST', '/app/hook/deliveries/{delivery_id}/attempts', request =>
    redeliver(request, hookOf(request)),
  ),
];
