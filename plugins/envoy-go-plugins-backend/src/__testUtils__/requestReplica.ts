/**
 * A backend of which only publishing and builds are there, in a process of its own, whose
 * runners never come to an end. Told what to be by the environment variable
 * `REQUEST_REPLICA`:
 *
 * - `gitHub`, `database`, `workDirectory`: what it works with
 * - `builds`: whether it has anything built, rather than only waiting for it
 * - `diesOrdering`: whether it dies, as by `kill -9`, while it orders a build
 *
 * Says `ready` to its parent.
 */
import knexFactory, { type Knex } from 'knex';
import { flushCompileCache } from 'node:module';
import {
  FakeRunnerPool,
  neverEnd,
} from '../builds/__testUtils__/FakeRunnerPool';
import { startBuilding } from '../testing/buildPortal';
import { startPublishing } from '../testing/publishingPortal';
import { ownAuth, silentLogger } from '../testing/replicaServices';

interface ReplicaOptions {
  gitHub: { host: string; url: string; apiBaseUrl: string };
  database: Knex.Config;
  workDirectory: string;
  builds: boolean;
  diesOrdering: boolean;
}

const options: ReplicaOptions = JSON.parse(process.env.REQUEST_REPLICA ?? '{}');
// Without its parent nobody would end it
process.on('disconnect', () => process.exit());
const db = knexFactory(options.database);
db.on('query-response', (_response: unknown, { sql }: Knex.Sql) => {
  if (options.diesOrdering && /^insert into .builds./.test(sql)) {
    process.kill(process.pid, 'SIGKILL');
  }
});

const { gitHub, workDirectory } = options;
const services = {
  gitHub,
  db,
  auth: ownAuth,
  logger: silentLogger,
  sends: false,
};
const { builds } = startBuilding({
  ...services,
  workDirectory,
  pool: new FakeRunnerPool({ slots: 8, behaviour: neverEnd }),
  leaseMs: 300,
  works: options.builds,
});
startPublishing({
  ...services,
  builds,
  checks: [],
  runnerPatienceMs: 60_000,
  leaseMs: 300,
});
// For the next one; whoever is killed does not come to it
flushCompileCache();
process.send?.('ready');
