import { JsonObject } from '@backstage/types';
import { Emulator } from '../Emulator';
import { presentInstallation } from '../rest/present/app';
import { Account } from '../state/accountRecords';
import { Installation } from '../state/appRecords';
import { Repository } from '../state/repositoryRecords';
import { webhookUser, withoutRestOnly } from './payloads';

function briefly(emulator: Emulator, repositories: Repository[]) {
  return repositories.map(repository => ({
    id: repository.id,
    node_id: emulator.repositories.nodeId(repository),
    name: repository.name,
    full_name: emulator.repositories.fullName(repository),
    private: repository.visibility !== 'public',
  }));
}

function tell(
  emulator: Emulator,
  installation: Installation,
  sender: Account,
  name: string,
  action: string,
  fields: JsonObject,
): void {
  emulator.webhooks.record(
    {
      name,
      action,
      installationId: installation.id,
      payload: {
        action,
        installation:
          withoutRestOnly(presentInstallation(emulator, installation)) ?? null,
        ...fields,
        sender: webhookUser(emulator, sender),
      },
    },
    emulator.webhooks.list({ type: 'app', id: installation.appId }),
  );
}

/** Tells an app what became of its place in an account. */
export function announceInstallation(
  emulator: Emulator,
  installation: Installation,
  sender: Account,
  action: 'created' | 'deleted' | 'suspend' | 'unsuspend',
): void {
  tell(emulator, installation, sender, 'installation', action, {
    repositories: briefly(emulator, emulator.apps.repositories(installation)),
  });
}

/** Tells an app which repositories it got or lost. */
export function announceInstallationRepositories(
  emulator: Emulator,
  installation: Installation,
  sender: Account,
  change: { added?: Repository[]; removed?: Repository[] },
): void {
  const { added = [], removed = [] } = change;
  tell(
    emulator,
    installation,
    sender,
    'installation_repositories',
    added.length > 0 ? 'added' : 'removed',
    {
      repository_selection: installation.selection,
      repositories_added: briefly(emulator, added),
      repositories_removed: briefly(emulator, removed),
      requester: null,
    },
  );
}
