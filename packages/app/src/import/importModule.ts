import {
  configApiRef,
  createApiFactory,
  discoveryApiRef,
  fetchApiRef,
} from '@backstage/core-plugin-api';
import {
  ApiBlueprint,
  createFrontendModule,
} from '@backstage/frontend-plugin-api';
import {
  scmAuthApiRef,
  scmIntegrationsApiRef,
} from '@backstage/integration-react';
import {
  CatalogImportClient,
  catalogImportApiRef,
} from '@backstage/plugin-catalog-import';
import { catalogApiRef } from '@backstage/plugin-catalog-react';
import { fetchWithReason } from './fetchWithReason';

export const importModule = createFrontendModule({
  pluginId: 'catalog-import',
  extensions: [
    ApiBlueprint.make({
      params: defineParams =>
        defineParams(
          createApiFactory({
            api: catalogImportApiRef,
            deps: {
              catalogApi: catalogApiRef,
              configApi: configApiRef,
              discoveryApi: discoveryApiRef,
              fetchApi: fetchApiRef,
              scmAuthApi: scmAuthApiRef,
              scmIntegrationsApi: scmIntegrationsApiRef,
            },
            factory: deps =>
              new CatalogImportClient({
                ...deps,
                fetchApi: fetchWithReason(deps.fetchApi),
              }),
          }),
        ),
    }),
  ],
});
