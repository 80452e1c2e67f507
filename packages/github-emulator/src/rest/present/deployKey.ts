import { JsonObject } from '@backstage/types';
import { Emulator } from '../../Emulator';
import { DeployKey, Repository } from '../../state/repositoryRecords';

/** `deploy-key` as webhooks show it. */
export function simpleDeployKey(
  emulator: Emulator,
  repository: Repository,
  key: DeployKey,
): JsonObject {
  const fullName = emulator.repositories.fullName(repository);
  return {
    id: key.id,
    key: key.key,
    url: emulator.urls.api(`/repos/${fullName}/keys/${key.id}`),
    title: key.title,
    verified: true,
    created_at: key.createdAt,
    read_only: key.readOnly,
  };
}

/** `deploy-key`. */
export function presentDeployKey(
  emulator: Emulator,
  repository: Repository,
  key: DeployKey,
): JsonObject {
  return {
    ...simpleDeployKey(emulator, repository, key),
    added_by: emulator.accounts.get(key.addedById).login,
    last_used: null,
    enabled: true,
  };
}
