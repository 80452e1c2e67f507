import { JsonObject } from '@backstage/types';
import { Emulator } from '../../Emulator';
import { GitHubApp, Installation } from '../../state/appRecords';
import { nodeId } from '../../state/nodeId';
import { simpleUser, simpleUserById } from './account';

/** `integration`. */
export function presentApp(emulator: Emulator, app: GitHubApp): JsonObject {
  return {
    id: app.id,
    slug: app.slug,
    client_id: app.clientId,
    node_id: nodeId('App', app.id),
    owner: simpleUser(emulator, emulator.accounts.get(app.ownerId)),
    name: app.name,
    description: app.description ?? null,
    external_url: emulator.urls.page(`/apps/${app.slug}`),
    html_url: emulator.urls.page(`/apps/${app.slug}`),
    created_at: app.createdAt,
    updated_at: app.updatedAt,
    permissions: app.permissions,
    events: app.events,
  };
}

/** `installation`. */
export function presentInstallation(
  emulator: Emulator,
  installation: Installation,
): JsonObject {
  const account = emulator.accounts.get(installation.accountId);
  const app = emulator.apps.get(installation.appId);
  return {
    id: installation.id,
    account: simpleUser(emulator, account),
    repository_selection: installation.selection,
    access_tokens_url: emulator.urls.api(
      `/app/installations/${installation.id}/access_tokens`,
    ),
    repositories_url: emulator.urls.api('/installation/repositories'),
    html_url: emulator.urls.page(
      account.type === 'Organization'
        ? `/organizations/${account.login}/settings/installations/${installation.id}`
        : `/settings/installations/${installation.id}`,
    ),
    app_id: app.id,
    app_slug: app.slug,
    target_id: account.id,
    target_type: account.type,
    permissions: installation.permissions,
    events: installation.events,
    created_at: installation.createdAt,
    updated_at: installation.updatedAt,
    single_file_name: null,
    suspended_by: simpleUserById(emulator, installation.suspendedById),
    suspended_at: installation.suspendedAt ?? null,
  };
}
