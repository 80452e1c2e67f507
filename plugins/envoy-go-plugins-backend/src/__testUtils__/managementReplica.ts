/**
 * A backend of which only the management of plugins is there, in a process of its own that dies,
 * as by `kill -9`, once GitHub did what it was asked for and before it can write that down; or
 * once a step was written down, before the next begins. Told what to be by the environment
 * variable `MANAGEMENT_REPLICA`: `{ gitHub, database, diesAfter }`, the last a list of requests
 * such as `POST /pulls$` and of steps such as `step merge`, at each of which it dies once: the
 * table `deaths` says at which it did. Says `ready` to its parent.
 */
import knexFactory, { type Knex } from 'knex';
import { DatabaseManagementStore } from '../management/DatabaseManagementStore';
import { dieAfterRequests, dieAt } from '../testing/dieAfterRequests';
import { startManagement } from '../testing/managementPortal';
import { ownAuth, silentLogger } from '../testing/replicaServices';

interface ReplicaOptions {
  gitHub: { host: string; url: string; apiBaseUrl: string };
  database: Knex.Config;
  diesAfter: string[];
}

const { gitHub, database, diesAfter }: ReplicaOptions = JSON.parse(
  process.env.MANAGEMENT_REPLICA ?? '{}',
);
// Without its parent nobody would end it
process.on('disconnect', () => process.exit());
const db = knexFactory(database);
dieAfterRequests(db, diesAfter);

const { finishStep } = DatabaseManagementStore.prototype;
DatabaseManagementStore.prototype.finishStep = async function finishAndDie(
  operation,
  stepId,
  at,
) {
  const finished = await finishStep.call(this, operation, stepId, at);
  if (diesAfter.includes(`step ${stepId}`)) {
    await dieAt(db, `step ${stepId}`);
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
      auth: ownAuth,
      logger: silentLogger,
      leaseMs: 600,
      sends: false,
      patienceMs: 5_000,
    }),
);
