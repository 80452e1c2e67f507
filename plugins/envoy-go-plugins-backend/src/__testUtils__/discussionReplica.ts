/**
 * A backend in which only requests are worked at and discussed, in a process of its own that
 * dies, as by `kill -9`, once GitHub did what it was asked for and before it can write that
 * down. Told what to be by the environment variable `DISCUSSION_REPLICA`: `{ gitHub, database,
 * diesAfter }`, the last a list of requests such as `POST /issues$`, at each of which it dies
 * once: the table `deaths` says at which it did. Says `ready` to its parent.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { LoggerService } from '@backstage/backend-plugin-api';
import { mockServices } from '@backstage/backend-test-utils';
import knexFactory, { type Knex } from 'knex';
import { startPublishing } from '../testing/publishingPortal';

interface ReplicaOptions {
  gitHub: { host: string; url: string; apiBaseUrl: string };
  database: Knex.Config;
  diesAfter: string[];
}

const logger: LoggerService = {
  error: () => {},
  warn: () => {},
  info: () => {},
  debug: () => {},
  child: () => logger,
};

const { gitHub, database, diesAfter }: ReplicaOptions = JSON.parse(
  process.env.DISCUSSION_REPLICA ?? '{}',
);
// Without its parent nobody would end it
process.on('disconnect', () => process.exit());
const db = knexFactory(database);
const send = globalThis.fetch;
globalThis.fetch = async (input, init) => {
  const response = await send(input, init);
  const asked = `${init?.method ?? 'GET'} ${String(input)}`;
  const point = diesAfter.find(each => {
    const [method, path] = each.split(' ');
    return asked.startsWith(`${method} `) && new RegExp(path).test(asked);
  });
  if (point !== undefined && response.ok) {
    const known = await db('deaths').where({ point }).first();
    if (!known) {
      await db('deaths').insert({ point });
      process.kill(process.pid, 'SIGKILL');
      await new Promise(() => {});
    }
  }
  return response;
};
/** Works, and looks for what people wrote in issues, where nobody tells of it. */
async function work(): Promise<void> {
  const { discussions } = startPublishing({
    gitHub,
    db,
    auth: mockServices.auth(),
    logger,
    leaseMs: 1_500,
  });
  for (;;) {
    await wait(300);
    await discussions?.reconciler.reconcile();
  }
}

// It may die as soon as it works: its parent has to know before that
process.send?.('ready', () => void work());
