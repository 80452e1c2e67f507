/**
 * A worker, in a process of its own, that begins to handle deliveries and never ends. Told
 * where the database is by the environment variable `STUCK_WORKER_DATABASE`, the
 * configuration of knex; says `handling` to its parent when it has begun.
 */
import type { LoggerService } from '@backstage/backend-plugin-api';
import knexFactory from 'knex';
import {
  DatabaseDeliveryStore,
  DeliveryHandlers,
  DeliveryWorker,
} from '../events';

const logger: LoggerService = {
  error: console.error,
  warn: console.warn,
  info: () => {},
  debug: () => {},
  child: () => logger,
};

// Without its parent nobody would end it
process.on('disconnect', () => process.exit());

const worker = new DeliveryWorker({
  id: 'stuck',
  store: new DatabaseDeliveryStore(
    knexFactory(JSON.parse(process.env.STUCK_WORKER_DATABASE ?? '{}')),
  ),
  handlers: new DeliveryHandlers().on('star', async () => {
    process.send?.('handling');
    await new Promise<void>(() => {});
  }),
  logger,
  now: () => new Date(),
  leaseMs: 1_000,
  pollMs: 50,
});
worker.start();
