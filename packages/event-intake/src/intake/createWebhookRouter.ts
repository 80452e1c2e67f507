import {
  AuthenticationError,
  ServiceUnavailableError,
  toError,
} from '@backstage/errors';
import express, { type ErrorRequestHandler, type Router } from 'express';
import PromiseRouter from 'express-promise-router';
import type { DeliveryIntake } from './DeliveryIntake';
import type { IntakeLogger } from './IntakeLogger';
import type { MismatchRecorder } from './MismatchRecorder';
import { hasValidSignature, looksLikeSignature } from './hasValidSignature';
import { readDelivery } from './readDelivery';

/** Where GitHub delivers to, below the plugin's address. */
export const GITHUB_WEBHOOK_PATH = '/webhooks/github';

const WRONG_SIGNATURE =
  'The delivery is not signed with the secret that the portal has; envoyGoPlugins.github.webhookSecret and the secret of the webhook on GitHub must be the same';

/**
 * Takes in what GitHub's webhooks deliver: whatever is signed with the secret, and nothing
 * else. It is acknowledged once it is stored, and handled later.
 */
export function createWebhookRouter(options: {
  intake: DeliveryIntake;
  mismatches: MismatchRecorder;
  /** Not empty. */
  secret: string;
  /** Of a body, in bytes. */
  maxBodyBytes: number;
  logger: IntakeLogger;
  now: () => Date;
}): Router {
  const { intake, mismatches, secret, maxBodyBytes, logger, now } = options;
  const router = PromiseRouter();
  router.post(
    GITHUB_WEBHOOK_PATH,
    (req, _res, next) => {
      if (!looksLikeSignature(req.get('x-hub-signature-256'))) {
        // Before anything of the body is read
        mismatches.record(req.get('x-github-hook-id'), now());
        throw new AuthenticationError(WRONG_SIGNATURE);
      }
      next();
    },
    // GitHub does not compress, and what is small must not become large here
    express.raw({ type: () => true, limit: maxBodyBytes, inflate: false }),
    async (req, res) => {
      const body = Buffer.isBuffer(req.body) ? req.body.toString('utf8') : '';
      const signature = req.get('x-hub-signature-256');
      if (!(await hasValidSignature({ secret, body, signature }))) {
        mismatches.record(req.get('x-github-hook-id'), now());
        throw new AuthenticationError(WRONG_SIGNATURE);
      }
      const delivery = readDelivery({
        headers: req.headers,
        body,
        receivedAt: now(),
      });
      try {
        const outcome = await intake.receive(delivery);
        res
          .status(202)
          .json({ deliveryId: delivery.deliveryId, status: outcome });
      } catch (error) {
        logger.error(
          `Delivery ${delivery.deliveryId} (${delivery.event}) was not stored`,
          toError(error),
        );
        throw new ServiceUnavailableError(
          'The delivery could not be stored; deliver it again',
        );
      }
    },
  );
  router.use(explainBadBody(maxBodyBytes));
  return router;
}

/** Says in a sentence what the reading of a body complains of. */
function explainBadBody(maxBodyBytes: number): ErrorRequestHandler {
  return (error, req, res, next) => {
    if (error?.type !== 'entity.too.large') {
      next(error);
      return;
    }
    res.status(413).json({
      error: {
        name: 'PayloadTooLargeError',
        message: `The body is larger than ${maxBodyBytes} bytes, which is what envoyGoPlugins.github.webhookMaxBodyBytes allows`,
      },
      request: { method: req.method, url: req.url },
      response: { statusCode: 413 },
    });
  };
}
