import type { LoggerService } from '@backstage/backend-plugin-api';
import {
  AuthenticationError,
  ServiceUnavailableError,
  toError,
} from '@backstage/errors';
import express, {
  type ErrorRequestHandler,
  type Request,
  type Router,
} from 'express';
import PromiseRouter from 'express-promise-router';
import {
  isSame,
  parseBasicCredentials,
  readPullEvents,
  type DatabasePullCounts,
  type TokenServer,
} from '../registry';

/**
 * What the registry and its clients call, below the plugin's address. They speak protocols
 * of their own, so that `openapi.yaml` does not have them.
 */
export const REGISTRY_PATH = '/registry';

/** An envelope has one event, or some, of less than 2 kB each. */
const MAX_EVENTS_BYTES = 1024 * 1024;

/** Adds to an answer what its protocol wants. */
const explainProblem: ErrorRequestHandler = (error, req, res, next) => {
  if (error instanceof AuthenticationError) {
    res.setHeader(
      'www-authenticate',
      req.path === '/token' ? 'Basic realm="envoy-go-plugins"' : 'Bearer',
    );
  }
  if (error?.type !== 'entity.too.large') {
    next(error);
    return;
  }
  res.status(413).json({
    error: {
      name: 'PayloadTooLargeError',
      message: `The body is larger than ${MAX_EVENTS_BYTES} bytes; no events are`,
    },
    request: { method: req.method, url: req.url },
    response: { statusCode: 413 },
  });
};

/** The routes of the token server, and of the registry's notifications. */
export function createRegistryRouter(options: {
  tokens?: {
    server: Pick<TokenServer, 'issue'>;
    /** PEM. */
    certificate: () => Promise<string>;
  };
  notifications?: {
    secret: string;
    counts: Pick<DatabasePullCounts, 'add'>;
    /** Whose pulls do not count. */
    ignoredActor?: string;
  };
  logger: LoggerService;
  now: () => Date;
}): Router {
  const { tokens, notifications, logger, now } = options;
  const router = PromiseRouter();

  if (tokens) {
    router.get(`${REGISTRY_PATH}/token`, async (req, res) => {
      res.setHeader('cache-control', 'no-store');
      const query = searchOf(req);
      res.json(
        await tokens.server.issue({
          service: query.get('service') ?? undefined,
          scopes: query.getAll('scope'),
          credentials: parseBasicCredentials(req.get('authorization')),
        }),
      );
    });
    // Clients that try OAuth2 first go on with GET when they are told so
    router.all(`${REGISTRY_PATH}/token`, async (req, res) => {
      res
        .status(405)
        .setHeader('allow', 'GET, HEAD')
        .json({
          error: {
            name: 'MethodNotAllowedError',
            message: `Tokens are asked for by GET, not ${req.method}`,
          },
        });
    });
    router.get(`${REGISTRY_PATH}/certificates`, async (_req, res) => {
      res.type('application/x-pem-file').send(await tokens.certificate());
    });
  }

  if (notifications) {
    const { secret, counts, ignoredActor } = notifications;
    router.post(
      `${REGISTRY_PATH}/events`,
      (req, _res, next) => {
        // Before anything of the body is read
        if (!isSame(req.get('authorization') ?? '', `Bearer ${secret}`)) {
          throw new AuthenticationError(
            'The header Authorization is not "Bearer" with envoyGoPlugins.registry.notifications.secret; the registry\'s notifications.endpoints[].headers must have it',
          );
        }
        next();
      },
      express.raw({
        type: () => true,
        limit: MAX_EVENTS_BYTES,
        inflate: false,
      }),
      async (req, res) => {
        const pulls = readPullEvents(
          Buffer.isBuffer(req.body) ? req.body.toString('utf8') : '',
          { ignoredActor, now: now() },
        );
        try {
          await counts.add(pulls);
        } catch (error) {
          logger.error('Pulls were not counted', toError(error));
          throw new ServiceUnavailableError(
            'The events could not be stored; tell of them again',
          );
        }
        res.status(202).json({ pulls: pulls.length });
      },
    );
  }
  router.use(REGISTRY_PATH, explainProblem);
  return router;
}

/** As it was sent: no lists and objects made of it. */
function searchOf(req: Request): URLSearchParams {
  const question = req.originalUrl.indexOf('?');
  return new URLSearchParams(
    question < 0 ? '' : req.originalUrl.slice(question + 1),
  );
}
