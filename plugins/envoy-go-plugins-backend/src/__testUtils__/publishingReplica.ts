/**
 * A backend of which only publishing is there, in a process of its own that dies as by
 * `kill -9`. Told what to be by the environment variable `PUBLISHING_REPLICA`:
 *
 * - `gitHub`, `database`: what it works with
 * - `diesAfter`: requests such as `POST /pulls$`; it dies once GitHub did what it was asked
 *   for, before it can write that down, of each once: the table `deaths` says of which it did
 * - `diesIn`: steps; it dies when one has done all that it does, before that is written down,
 *   of each once: the folder `graves` has a file for each of which it did
 * - `standsBy`: whether it begins to work only when it is told something
 *
 * Says `ready` to its parent.
 */
import knexFactory, { type Knex } from 'knex';
import { existsSync, writeFileSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { join } from 'node:path';
import { dieAfterRequests } from '../testing/dieAfterRequests';
import { startPublishing } from '../testing/publishingPortal';
import { ownAuth, silentLogger } from '../testing/replicaServices';

interface ReplicaOptions {
  gitHub: { host: string; url: string; apiBaseUrl: string };
  database: Knex.Config;
  diesAfter: string[];
  diesIn?: string[];
  graves?: string;
  standsBy?: boolean;
}

const {
  gitHub,
  database,
  diesAfter,
  diesIn = [],
  graves = '',
  standsBy = false,
}: ReplicaOptions = JSON.parse(process.env.PUBLISHING_REPLICA ?? '{}');

// Without its parent nobody would end it
process.on('disconnect', () => process.exit());
const db = knexFactory(database);
db.on('query', ({ sql, bindings = [] }: Knex.Sql) => {
  const step = /^update .publish_steps. set/.test(sql)
    ? diesIn.find(each => bindings.includes(each) && bindings.includes('done'))
    : undefined;
  const grave = step && join(graves, step);
  // Nothing may come between this and its death, as asking the database would
  if (grave !== undefined && !existsSync(grave)) {
    writeFileSync(grave, '');
    process.kill(process.pid, 'SIGKILL');
  }
});
dieAfterRequests(db, diesAfter);
const portal = startPublishing({
  gitHub,
  db,
  auth: ownAuth,
  logger: silentLogger,
  leaseMs: 300,
  transferPatienceMs: 1_000,
  works: !standsBy,
  sends: false,
});
// For the next one; whoever is killed does not come to it
flushCompileCache();
process.once('message', () => {
  portal.begin();
  process.send?.('ready');
});
process.send?.('ready');
