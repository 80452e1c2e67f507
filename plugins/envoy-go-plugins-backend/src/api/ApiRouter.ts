import type { TypedRouter, internal } from '@backstage/backend-openapi-utils';
import type { Router } from 'express';
import PromiseRouter from 'express-promise-router';
import type { Endpoints } from './Endpoints';

/** Takes routes of `openapi.yaml`, and no others: all, or those of one capability. */
export type ApiRouter<Some extends internal.EndpointMap = Endpoints> =
  TypedRouter<Some>;

/**
 * Adds to the router that validates one for the routes of a capability. TypeScript gives up
 * telling apart the types of all of them together.
 */
export function partOf<Some extends internal.EndpointMap>(
  router: Router,
): ApiRouter<Some> {
  // As the validating one is made: the types are of the description, not of the router
  const part = PromiseRouter() as ApiRouter<Some>;
  router.use(part);
  return part;
}
