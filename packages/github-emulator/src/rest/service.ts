import { RateLimitResource } from '../server/RateLimiter';
import { ZEN } from '../webhooks/ping';
import { ok, RestRequest } from './RestRequest';
import { Route, route } from './RouteTable';

/** The version of the API that answers are in. */
export const API_VERSION = '2022-11-28';

function rateLimit(request: RestRequest) {
  const { rateLimiter } = request.emulator;
  const state = (resource: RateLimitResource) => {
    const { limit, used, remaining, reset } = rateLimiter.state(
      request.viewer.rateLimitKey,
      resource,
    );
    return { limit, used, remaining, reset };
  };
  return ok({
    resources: {
      core: state('core'),
      graphql: state('graphql'),
      search: state('search'),
      code_search: state('code_search'),
    },
    rate: state('core'),
  });
}

/** Asking how much one may still ask does not count. */
export const RATE_LIMIT_PATH = '/rate_limit';

/** What the service says about itself. */
export const serviceRoutes: Route[] = [
  route('GET', RATE_LIMIT_PATH, rateLimit),
  route('GET', '/versions', () => ok([API_VERSION])),
  route('GET', '/zen', () => ({
    status: 200,
    body: Buffer.from(ZEN),
    headers: { 'content-type': 'text/plain; charset=utf-8' },
  })),
];
