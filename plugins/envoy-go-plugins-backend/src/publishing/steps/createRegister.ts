import type { AuthService } from '@backstage/backend-plugin-api';
import { type Entity, stringifyEntityRef } from '@backstage/catalog-model';
import { ConflictError } from '@backstage/errors';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import { findRepository } from '../findRepository';
import type { PublishStepContext, StepWaits } from './PublishStepContext';

/** Until then the catalog must have it, in milliseconds. */
const PATIENCE_MS = 15 * 60_000;

/** Between two looks, in milliseconds. */
const POLL_MS = 2_000;

/** What of a step's context it needs. */
type RegisterContext = Pick<
  PublishStepContext,
  'github' | 'target' | 'startedAt' | 'now' | 'log'
> & {
  request: Pick<
    PublishStepContext['request'],
    'name' | 'plugin' | 'branch' | 'repositoryId' | 'repositoryUrl'
  >;
};

/**
 * Sees to it that the catalog has the plugin.
 *
 * @param options - `registration`: whether its address is given to the catalog, or the
 * catalog finds it by itself; `notePlugin`: keeps which entity it is
 */
export function createRegister(options: {
  catalog: CatalogService;
  auth: AuthService;
  registration: 'location' | 'discovery';
  pollMs?: number;
}): (context: RegisterContext) => Promise<StepWaits | void> {
  const { catalog, auth, registration, pollMs = POLL_MS } = options;
  return async ({ request, github, target, startedAt, now, log }) => {
    const { url, owner, repo } = await findRepository(
      github,
      request.repositoryId,
    );
    const credentials = await auth.getOwnServiceCredentials();
    const ref = stringifyEntityRef({
      kind: 'EnvoyGoPlugin',
      namespace: request.plugin?.namespace ?? 'default',
      name: request.name,
    });
    const entity = await catalog.getEntityByRef(ref, { credentials });
    if (entity && comesFrom(entity, url)) {
      await log(`The catalog has it as ${ref}`);
      return undefined;
    }
    if (entity && comesFrom(entity, request.repositoryUrl)) {
      // Whoever came first keeps an entity in the catalog, and its author may have
      // registered it where it was
      const former = await catalog.getLocationByEntity(ref, { credentials });
      if (former) {
        await catalog.removeLocationById(former.id, { credentials });
        await log(
          `Took its former address out of the catalog: ${former.target}`,
        );
      }
    }
    if (now.getTime() - startedAt.getTime() > PATIENCE_MS) {
      throw new ConflictError(
        entity
          ? `The catalog has ${ref} from somewhere else than ${owner}/${repo}. Remove that location, then try again`
          : `The catalog has no ${ref} yet, although it is at ${target.owner}/${target.repo}. Look for what the catalog says of its catalog-info.yaml, then try again`,
      );
    }
    if (registration === 'location') {
      const location = {
        type: 'url',
        target: `${url}/blob/${request.branch}/catalog-info.yaml`,
      };
      const known = await catalog.getLocationByRef(
        `${location.type}:${location.target}`,
        { credentials },
      );
      if (!known) {
        await catalog.addLocation(location, { credentials });
        await log(`Told the catalog of ${location.target}`);
      }
    }
    return { waitMs: pollMs };
  };
}

function comesFrom(entity: Entity, url: string): boolean {
  const annotations = entity.metadata.annotations ?? {};
  return [
    annotations['backstage.io/managed-by-location'],
    annotations['backstage.io/managed-by-origin-location'],
  ].some(location =>
    location
      ?.toLocaleLowerCase('en-US')
      .startsWith(`url:${url}/`.toLocaleLowerCase('en-US')),
  );
}
