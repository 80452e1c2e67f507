import { type Server, createServer } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { LoggerService } from '@backstage/backend-plugin-api';
import type { Config } from '@backstage/config';
import { InputError, NotFoundError, toError } from '@backstage/errors';
import express from 'express';
import type { Knex } from 'knex';
import {
  DatabaseDeliveryInbox,
  DeliveryIntake,
  MismatchRecorder,
  createWebhookRouter,
  readWebhookConfig,
} from '../intake';
import { answerErrors } from './answerErrors';
import { ConnectionDrain } from './ConnectionDrain';
import { openDatabase } from './openDatabase';

/** Where the backend plugin has its routes; the intake has the one of deliveries there, too. */
const PLUGIN_PATH = '/api/envoy-go-plugins';

/** How often it is tried whether the database is there by now, in milliseconds. */
const DEFAULT_RETRY_MS = 2_000;

/** What is slower than that when the intake ends is not waited for, in milliseconds. */
const DEFAULT_PATIENCE_MS = 10_000;

/** What {@link startEventIntake} needs. */
export interface EventIntakeOptions {
  /** The portal's app-config. */
  config: Config;
  /** 0 takes a free one. */
  port: number;
  host: string;
  logger: LoggerService;
  now: () => Date;
  /** Between attempts to reach the database, in milliseconds. */
  retryMs?: number;
  /**
   * How long the end waits for whoever is delivering, and then for the database to let go,
   * in milliseconds.
   */
  patienceMs?: number;
}

/** An intake that listens. */
export interface EventIntake {
  /** Such as `http://127.0.0.1:7010`. */
  url: string;
  /** Takes no further connection, answers what is under way, and closes the database. */
  stop(): Promise<void>;
}

/**
 * The intake of deliveries with nothing around it: no catalog, no plugins. It listens at
 * once; as long as the database or its tables are not there deliveries are answered with
 * 503, which GitHub shows as failed, and the reconciler of the portal fetches later.
 *
 * @throws InputError when the configuration has no secret for the webhook
 */
export async function startEventIntake(
  options: EventIntakeOptions,
): Promise<EventIntake> {
  const {
    config,
    port,
    host,
    logger,
    now,
    retryMs = DEFAULT_RETRY_MS,
    patienceMs = DEFAULT_PATIENCE_MS,
  } = options;
  const webhooks = readWebhookConfig(config);
  if (!webhooks) {
    throw new InputError(
      'envoyGoPlugins.github.webhookSecret: found none, or webhooks are turned off; without the secret of the webhook on GitHub anybody could deliver',
    );
  }
  const stopping = new AbortController();
  const db = await openDatabase({ config, logger });
  const inbox = new DatabaseDeliveryInbox(db);
  const intake = new DeliveryIntake({ inbox, onStored() {} });
  const app = express().disable('x-powered-by');
  app.get('/healthz', async (_req, res) => {
    try {
      await inbox.check();
      res.json({ status: 'ok' });
    } catch (error) {
      res
        .status(503)
        .json({ status: 'unavailable', message: toError(error).message });
    }
  });
  app.use(
    PLUGIN_PATH,
    createWebhookRouter({
      intake,
      mismatches: new MismatchRecorder({ inbox, logger }),
      ...webhooks,
      logger,
      now,
    }),
  );
  app.use(() => {
    throw new NotFoundError('Here is only the intake of deliveries');
  });
  app.use(answerErrors(logger));

  const server = createServer(app);
  const connections = new ConnectionDrain(server, { patienceMs });
  const url = await listen(server, port, host);
  const { signal } = stopping;
  void waitForInbox({ inbox, logger, retryMs, signal });
  logger.info(`Takes in deliveries at ${url}${PLUGIN_PATH}/webhooks/github`);
  return {
    url,
    async stop() {
      stopping.abort();
      await connections.close();
      await closeDatabase({ db, logger, patienceMs });
    },
  };
}

/** A database that does not answer holds its connections for a minute; nobody waits for that. */
async function closeDatabase(options: {
  db: Knex;
  logger: LoggerService;
  patienceMs: number;
}): Promise<void> {
  const { db, logger, patienceMs } = options;
  const settled = new AbortController();
  const closed = db.destroy().finally(() => settled.abort());
  await Promise.race([
    closed,
    wait(patienceMs, undefined, { signal: settled.signal }).then(
      () => logger.warn('The database does not let go of its connections'),
      () => closed,
    ),
  ]);
}

/** Says whether deliveries can be stored, again and again until they can. */
async function waitForInbox(options: {
  inbox: DatabaseDeliveryInbox;
  logger: LoggerService;
  retryMs: number;
  signal: AbortSignal;
}): Promise<void> {
  const { inbox, logger, retryMs, signal } = options;
  let said: string | undefined;
  while (!signal.aborted) {
    try {
      await inbox.check();
      if (signal.aborted) {
        return;
      }
      logger.info('The database is there; deliveries are stored');
      return;
    } catch (thrown) {
      if (signal.aborted) {
        return;
      }
      const { message } = toError(thrown);
      if (said !== message) {
        said = message;
        logger.warn(
          `Deliveries cannot be stored, and it is looked again every ${
            retryMs / 1000
          } s: ${message}`,
        );
      }
      await wait(retryMs, undefined, { signal }).catch(() => {});
    }
  }
}

async function listen(
  server: Server,
  port: number,
  host: string,
): Promise<string> {
  await new Promise<void>((done, fail) => {
    server.once('error', fail);
    server.listen(port, host, () => {
      server.off('error', fail);
      done();
    });
  });
  const address = server.address();
  const listening =
    typeof address === 'object' && address ? address.port : port;
  return `http://${host.includes(':') ? `[${host}]` : host}:${listening}`;
}
