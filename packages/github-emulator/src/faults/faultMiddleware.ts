import { JsonObject } from '@backstage/types';
import { RequestHandler, Response } from 'express';
import { parseGitPath } from '../git/httpBackend';
import { countRepositories } from '../graphql/countRepositories';
import { GRAPHQL_PATH, RequestLog } from '../server/RequestLog';
import { isJsonObject } from '../truth/jsonSchema';
import { applyFault } from './applyFault';
import { Fault, FaultableRequest, Faults } from './Faults';

const REST_PREFIX = /^\/api\/(v3|uploads)/;

const struck = new WeakMap<Response, Fault['type']>();

/** What a test made go wrong with the request of a response. */
export function faultOf(response: Response): Fault['type'] | undefined {
  return struck.get(response);
}

/** Makes the requests go wrong that {@link Faults} says, before anybody sees them. */
export function faultMiddleware(options: {
  faults: Faults;
  log: RequestLog;
}): RequestHandler {
  const { faults, log } = options;
  return (request, response, next) => {
    const seen = describe(request.method, request.path, request.body);
    const rule = seen && faults.take(seen);
    if (!seen || !rule) {
      next();
      return;
    }
    struck.set(response, rule.fault.type);
    applyFault(rule, request, response)
      .then(goesOn => {
        if (goesOn) {
          next();
          return;
        }
        if (seen.kind !== 'git') {
          log.add({
            method: seen.method,
            path: seen.path,
            query: request.url.split('?')[1] ?? '',
            status: response.headersSent ? response.statusCode : 0,
            cost: 0,
            fault: rule.fault.type,
          });
        }
      })
      .catch(next);
  };
}

function describe(
  method: string,
  path: string,
  body: unknown,
): FaultableRequest | undefined {
  if (path === '/api/graphql') {
    return {
      kind: 'graphql',
      method,
      path: GRAPHQL_PATH,
      repositories: () => repositoriesIn(body),
    };
  }
  if (REST_PREFIX.test(path)) {
    return {
      kind: 'rest',
      method,
      path: path.replace(REST_PREFIX, '') || '/',
      repositories: () => 0,
    };
  }
  return parseGitPath(path)
    ? { kind: 'git', method, path, repositories: () => 0 }
    : undefined;
}

function repositoriesIn(body: unknown): number {
  let query: JsonObject;
  try {
    query = JSON.parse(String(body));
  } catch {
    return 0;
  }
  return typeof query.query === 'string'
    ? countRepositories(
        query.query,
        isJsonObject(query.variables) ? query.variables : {},
      )
    : 0;
}
