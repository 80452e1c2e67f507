/**
 * A backend of which only the management of plugins is there, in a process of its own that dies,
 * as by `kill -9`, once GitHub did what it was asked for and before it can write that down; or
 * once a step was written down, before the next begins. Told what to be by the environment
 * variable `MANAGEMENT_REPLICA`: `{ gitHub, database, diesAfter }`, the last a list of requests
 * such as `POST /pulls$` and of steps such as `step merge`, at each of which it dies once: the
 * table `deaths` says at which it did. Says `ready` to its parent.
 */
import type { LoggerService } from '@backstage/backend-plugin-api';
import { mockServices } from '@backstage/backend-test-utils';
import knexFactory, { type Knex } from 'knex';
import { DatabaseManagementStore } from '../management/DatabaseManagementStore';
import { startManagement } from '../testing/managementPortal';

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
  process.env.MANAGEMENT_REPLICA ?? '{}',
);
// Without its parent nobody would end it
process.on('disconnect', () => process.exit());
const db = knexFactory(database);

async function dieAt(point: string): Promise<void> {
  if (!(await db('deaths').where({ point }).first())) {
    await db('deaths').insert({ point });
    process.kill(process.pid, 'SIGKILL');
    await new Promise(() => {});
  }
}

const send = globalThis.fetch;
globalThis.fetch = async (input, init) => {
  const response = await send(input, init);
  const asked = `${init?.method ?? 'GET'} ${String(input)}`;
  const point = diesAfter.find(each => {
    const [method, path] = each.split(' ');
    return asked.startsWith(`${method} `) && new RegExp(path).test(asked);
  });
  if (point !== undefined && response.ok) {
    await dieAt(point);
  }
  return response;
};

const { finishStep } = DatabaseManagementStore.prototype;
DatabaseManagementStore.prototype.finishStep = async function finishAndDie(
  operation,
  stepId,
  at,
) {
  const finished = await finishStep.call(this, operation, stepId, at);
  if (diesAfter.includes(`step ${stepId}`)) {
    await dieAt(`step ${stepId}`);
  }
  return finished;
};

// It may die as soon as it works: its parent has to know before that
process.send?.(
  'ready',
  () =>
    void startManagement({
      gitHub,
      db,
      auth: mockServices.auth(),
      logger,
      leaseMs: 600,
      patienceMs: 5_000,
    }),
);
