import type { createValidatedOpenApiRouterFromGeneratedEndpointMap } from '@backstage/backend-openapi-utils';
import type { Endpoints } from './Endpoints';

/** Takes routes of `openapi.yaml`, and no others. */
export type ApiRouter = ReturnType<
  typeof createValidatedOpenApiRouterFromGeneratedEndpointMap<Endpoints>
>;
