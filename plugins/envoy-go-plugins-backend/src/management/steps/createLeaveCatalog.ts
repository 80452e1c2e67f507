import type { AuthService } from '@backstage/backend-plugin-api';
import { ConflictError } from '@backstage/errors';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import { formerUrl } from './createUnregister';
import type { ManagementStepRun } from './ManagementStepContext';

/** Until then the catalog must have noticed that the repository left, in milliseconds. */
const PATIENCE_MS = 2 * 60 * 60_000;

/**
 * Waits until the catalog has nothing of the plugin from where it was.
 *
 * @param options - `pollMs`: between two looks, in milliseconds
 */
export function createLeaveCatalog(options: {
  catalog: CatalogService;
  auth: AuthService;
  pollMs: number;
}): ManagementStepRun {
  const { catalog, auth, pollMs } = options;
  return async ({ operation, startedAt, now, log }) => {
    const { entityRef } = operation;
    const credentials = await auth.getOwnServiceCredentials();
    const entity = await catalog.getEntityByRef(entityRef, { credentials });
    const annotations = entity?.metadata.annotations ?? {};
    const from = annotations['backstage.io/managed-by-location'] ?? '';
    if (!entity || !formerUrl(operation).test(from)) {
      await log(
        entity
          ? `The catalog has a plugin of that name from elsewhere: ${from}`
          : 'The catalog does not have it any more',
      );
      return undefined;
    }
    const { uid } = entity.metadata;
    if (annotations['backstage.io/orphan'] === 'true' && uid !== undefined) {
      await catalog.removeEntityByUid(uid, { credentials });
      await log('Took what was left of it out of the catalog');
      return undefined;
    }
    if (now.getTime() - startedAt.getTime() > PATIENCE_MS) {
      throw new ConflictError(
        `The repository is given back, but the catalog still has ${entityRef} from ${from}. Take that out of the catalog, then try again`,
      );
    }
    return { waitMs: pollMs };
  };
}
