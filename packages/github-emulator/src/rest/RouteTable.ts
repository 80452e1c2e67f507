import { RateLimitResource } from '../server/RateLimiter';
import { RestAnswer, RestRequest } from './RestRequest';

/** Methods that GitHub's REST API uses. */
export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Answers one kind of request. */
export type Handler = (
  request: RestRequest,
) => RestAnswer | Promise<RestAnswer>;

/** An endpoint; `path` is the template in GitHub's OpenAPI description. */
export interface Route {
  method: Method;
  path: string;
  handler: Handler;
  resource: RateLimitResource;
}

/** Declares an endpoint. */
export function route(
  method: Method,
  path: string,
  handler: Handler,
  resource: RateLimitResource = 'core',
): Route {
  return { method, path, handler, resource };
}
