import { isDeepStrictEqual } from 'node:util';
import type { AuthService } from '@backstage/backend-plugin-api';
import type { Entity } from '@backstage/catalog-model';
import { ConflictError } from '@backstage/errors';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import { descriptionEditOf } from './descriptionEdit';
import type { ManagementStepRun } from './ManagementStepContext';

/** Until then the catalog must have read it, in milliseconds. */
const PATIENCE_MS = 15 * 60_000;

/**
 * Has the catalog read the description at once, so that pages change by themselves, and waits
 * until it did.
 *
 * @param options - `pollMs`: between two looks, in milliseconds
 */
export function createRefresh(options: {
  catalog: CatalogService;
  auth: AuthService;
  pollMs: number;
}): ManagementStepRun {
  const { catalog, auth, pollMs } = options;
  return async ({ operation, startedAt, now, log }) => {
    const { entityRef } = operation;
    const credentials = await auth.getOwnServiceCredentials();
    const entity = await catalog.getEntityByRef(entityRef, { credentials });
    if (entity && says(entity, descriptionEditOf(operation))) {
      await log('The catalog has read it');
      return undefined;
    }
    if (now.getTime() - startedAt.getTime() > PATIENCE_MS) {
      throw new ConflictError(
        entity
          ? 'It is on GitHub, but the catalog has not read it. Look for what the catalog says of the description, then try again'
          : 'It is on GitHub, but the catalog does not have the plugin any more',
      );
    }
    if (entity) {
      await catalog.refreshEntity(entityRef, { credentials });
    }
    return { waitMs: pollMs };
  };
}

function says(entity: Entity, edit: Record<string, unknown>): boolean {
  return Object.entries(edit).every(([field, value]) =>
    isDeepStrictEqual(entity.spec?.[field], value),
  );
}
