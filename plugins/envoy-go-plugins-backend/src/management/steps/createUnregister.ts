import type { AuthService } from '@backstage/backend-plugin-api';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import type { ManagementStepRun } from './ManagementStepContext';

/** Where the repository was when the operation began. */
export function formerUrl(operation: {
  host: string;
  repository: string;
}): RegExp {
  const escaped = `${operation.host}/${operation.repository}/`.replace(
    /[.*+?^${}()|[\]\\]/g,
    '\\$&',
  );
  return new RegExp(`^(url:)?https?://${escaped}`, 'i');
}

/**
 * Takes the plugin's address out of the catalog. A catalog that finds plugins by itself loses it
 * when the repository has left the organisation.
 */
export function createUnregister(options: {
  catalog: CatalogService;
  auth: AuthService;
}): ManagementStepRun {
  const { catalog, auth } = options;
  return async ({ operation, log }) => {
    const credentials = await auth.getOwnServiceCredentials();
    const location = await catalog.getLocationByEntity(operation.entityRef, {
      credentials,
    });
    if (location && formerUrl(operation).test(location.target)) {
      await catalog.removeLocationById(location.id, { credentials });
      await log(`Took ${location.target} out of the catalog`);
      return;
    }
    await log(
      location
        ? `The catalog has it by ${location.target}, which is not the repository's`
        : 'The catalog finds it by itself, as long as it is in the organisation',
    );
  };
}
