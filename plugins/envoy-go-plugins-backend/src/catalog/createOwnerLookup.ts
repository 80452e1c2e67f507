import type { AuthService } from '@backstage/backend-plugin-api';
import { RELATION_OWNED_BY } from '@backstage/catalog-model';
import type { CatalogService } from '@backstage/plugin-catalog-node';

/** @returns entity ref of who owns an entity; `undefined` where there is nobody, or no entity */
export type OwnerLookup = (entityRef: string) => Promise<string | undefined>;

/** Looks owners up in the catalog, as the portal itself. */
export function createOwnerLookup(options: {
  catalog: Pick<CatalogService, 'getEntityByRef'>;
  auth: AuthService;
}): OwnerLookup {
  return async entityRef => {
    const entity = await options.catalog.getEntityByRef(entityRef, {
      credentials: await options.auth.getOwnServiceCredentials(),
    });
    return entity?.relations?.find(({ type }) => type === RELATION_OWNED_BY)
      ?.targetRef;
  };
}
