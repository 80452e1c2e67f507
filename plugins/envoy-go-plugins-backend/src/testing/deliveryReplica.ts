/**
 * What a backend has of deliveries, in a process of its own: an intake and a worker, whose
 * handler writes down what it handles. Told what to be by the environment variable
 * `DELIVERY_REPLICA`: `{ port, secret, database }`, the last a configuration of knex; says
 * `ready` to its parent.
 */
import { createServer } from 'node:http';
import type { LoggerService } from '@backstage/backend-plugin-api';
import {
  DeliveryIntake,
  MismatchRecorder,
  createWebhookRouter,
} from '@envoy-go/event-intake';
import express from 'express';
import knexFactory, { type Knex } from 'knex';
import { DatabaseDeliveryStore } from '../events/DatabaseDeliveryStore';
import { DeliveryHandlers } from '../events/DeliveryHandlers';
import { DeliveryWorker } from '../events/DeliveryWorker';

interface ReplicaOptions {
  port: number;
  secret: string;
  database: Knex.Config;
}

const logger: LoggerService = {
  error: () => {},
  warn: () => {},
  info: () => {},
  debug: () => {},
  child: () => logger,
};

async function main() {
  const { port, secret, database }: ReplicaOptions = JSON.parse(
    process.env.DELIVERY_REPLICA ?? '',
  );
  // Without its parent nobody would end it
  process.on('disconnect', () => process.exit());
  const db = knexFactory(database);
  const store = new DatabaseDeliveryStore(db);
  const now = () => new Date();
  const worker = new DeliveryWorker({
    id: `replica ${process.pid}`,
    store,
    handlers: new DeliveryHandlers().on('star', async (_, { delivery }) => {
      await db('handled')
        .insert({ delivery_id: delivery.deliveryId })
        .onConflict('delivery_id')
        .ignore();
    }),
    logger,
    now,
    leaseMs: 2_000,
    pollMs: 100,
    // However often it is killed over the same one
    retryDelaysMs: Array.from({ length: 50 }, () => 50),
  });
  const app = express();
  app.use(
    createWebhookRouter({
      intake: new DeliveryIntake({
        inbox: store,
        onStored: () => worker.wake(),
      }),
      mismatches: new MismatchRecorder({ inbox: store, logger }),
      secret,
      maxBodyBytes: 1_000_000,
      logger,
      now,
    }),
  );
  const server = createServer(app);
  await new Promise<void>(done => server.listen(port, '127.0.0.1', done));
  worker.start();
  process.send?.('ready');
}

main().catch(error => {
  process.stderr.write(`${error?.stack ?? error}\n`);
  process.exit(1);
});
