/**
 * A backend in which only requests are worked at and discussed, in a process of its own that
 * dies, as by `kill -9`, once GitHub did what it was asked for and before it can write that
 * down. Told what to be by the environment variable `DISCUSSION_REPLICA`: `{ gitHub, database,
 * diesAfter }`, the last a list of requests such as `POST /issues$`, at each of which it dies
 * once: the table `deaths` says at which it did. Says `ready` to its parent.
 */
import { setTimeout as wait } from 'node:timers/promises';
import knexFactory, { type Knex } from 'knex';
import { dieAfterRequests } from '../testing/dieAfterRequests';
import { startPublishing } from '../testing/publishingPortal';
import { ownAuth, silentLogger } from '../testing/replicaServices';

interface ReplicaOptions {
  gitHub: { host: string; url: string; apiBaseUrl: string };
  database: Knex.Config;
  diesAfter: string[];
}

const { gitHub, database, diesAfter }: ReplicaOptions = JSON.parse(
  process.env.DISCUSSION_REPLICA ?? '{}',
);
// Without its parent nobody would end it
process.on('disconnect', () => process.exit());
const db = knexFactory(database);
dieAfterRequests(db, diesAfter);

/** Works, and looks for what people wrote in issues, where nobody tells of it. */
async function work(): Promise<void> {
  const { discussions } = startPublishing({
    gitHub,
    db,
    auth: ownAuth,
    logger: silentLogger,
    leaseMs: 1_500,
    sends: false,
  });
  for (;;) {
    await wait(300);
    await discussions?.reconciler.reconcile();
  }
}

// It may die as soon as it works: its parent has to know before that
process.send?.('ready', () => void work());
