import { isError } from '@backstage/errors';
import express, { NextFunction, Request, Response } from 'express';
import Router from 'express-promise-router';
import { Emulator } from '../Emulator';
import { handleGitRequest, parseGitPath } from '../git/httpBackend';
import { Faults } from '../faults/Faults';
import { faultMiddleware } from '../faults/faultMiddleware';
import { GraphApi } from '../graphql/GraphApi';
import { createOAuthRouter } from '../oauth/router';
import { RestApi, Validation } from '../rest/RestApi';
import { htmlPage } from '../web/html';
import { createWebRouter } from '../web/router';
import { GitHubError } from './GitHubError';
import { RequestLog } from './RequestLog';

const LARGEST_BODY = '100mb';

const CORS_HEADERS = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers':
    'ETag, Link, Location, Retry-After, X-GitHub-OTP, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Used, X-RateLimit-Resource, X-RateLimit-Reset, X-OAuth-Scopes, X-Accepted-OAuth-Scopes, X-Poll-Interval, X-GitHub-Media-Type, X-GitHub-SSO, X-GitHub-Request-Id, Deprecation, Sunset',
};

const PREFLIGHT_HEADERS = {
  ...CORS_HEADERS,
  'access-control-allow-headers':
    'Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, X-GitHub-OTP, X-Requested-With, User-Agent, X-GitHub-Api-Version, Accept',
  'access-control-allow-methods': 'GET, POST, PATCH, PUT, DELETE',
  'access-control-max-age': '86400',
};

/** The whole server as an express application. */
export function createApp(options: {
  emulator: Emulator;
  log: RequestLog;
  validation: Validation;
  faults: Faults;
}) {
  const { emulator, log } = options;
  const rest = new RestApi(options);
  const graph = new GraphApi({ emulator, log });
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');

  app.use('/api', express.raw({ type: () => true, limit: LARGEST_BODY }));
  app.use(faultMiddleware(options));
  const api = Router();
  api.use((request, response, next) => {
    if (request.method === 'OPTIONS') {
      response.set(PREFLIGHT_HEADERS).status(204).end();
      return;
    }
    response.set(CORS_HEADERS);
    next();
  });
  const bodyOf = (request: Request): Buffer =>
    Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  api.post('/graphql', async (request, response) => {
    await graph.handle(request, bodyOf(request), response);
  });
  const answerRest = async (request: Request, response: Response) => {
    await rest.handle(request, bodyOf(request), response);
  };
  api.use('/v3', answerRest);
  api.use('/uploads', answerRest);
  app.use('/api', api);

  const pages = Router();
  pages.use(async (request, response) => {
    const git = parseGitPath(request.path);
    if (!git) {
      return 'next';
    }
    await handleGitRequest(emulator, git, request, response);
    return undefined;
  });
  pages.use(createOAuthRouter(emulator));
  pages.use(createWebRouter(emulator));
  app.use(pages);

  app.use((_request, response) => {
    response.status(404).send(htmlPage('Not found', '<h1>Not found</h1>'));
  });
  app.use(
    (
      error: unknown,
      _request: Request,
      response: Response,
      _next: NextFunction,
    ) => {
      if (response.headersSent) {
        response.destroy();
        return;
      }
      if (error instanceof GitHubError) {
        response.status(error.status).json(error.toBody());
        return;
      }
      const message = isError(error)
        ? String(error.stack ?? error.message)
        : String(error);
      response
        .status(statusOf(error))
        .json({ message: `GitHub emulator: ${message}` });
    },
  );
  return app;
}

/** The status that a parser gave an error, such as 413 for a body that is too large. */
function statusOf(error: unknown): number {
  return isError(error) && typeof error.status === 'number'
    ? error.status
    : 500;
}
