import { serializeError } from '@backstage/errors';
import type { ErrorRequestHandler } from 'express';
import type { IntakeLogger } from '../intake';

const STATUSES: Record<string, number> = {
  AuthenticationError: 401,
  InputError: 400,
  NotFoundError: 404,
  ServiceUnavailableError: 503,
};

/** Answers errors as the portal's backend does. */
export function answerErrors(logger: IntakeLogger): ErrorRequestHandler {
  return (error, req, res, next) => {
    if (res.headersSent) {
      next(error);
      return;
    }
    const statusCode =
      STATUSES[error?.name] ??
      (Number.isInteger(error?.statusCode) ? error.statusCode : 500);
    if (statusCode === 500) {
      logger.error(`${req.method} ${req.path} failed`, error);
    }
    const { name, message } = serializeError(error);
    res.status(statusCode).json({
      error:
        statusCode === 500
          ? {
              name: 'InternalError',
              message: 'The intake failed; its log says why',
            }
          : { name, message },
      request: { method: req.method, url: req.url },
      response: { statusCode },
    });
  };
}
