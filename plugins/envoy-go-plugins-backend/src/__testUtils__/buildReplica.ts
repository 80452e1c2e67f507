/**
 * A backend of which only builds are there, in a process of its own that dies, as by
 * `kill -9`, at certain points. Told what to be by the environment variable
 * `BUILD_REPLICA`: `{ gitHub, database, workDirectory, diesAt }`, the last a list of points at
 * each of which it dies once: the table `deaths` says at which it did. Says `ready` to its
 * parent, and begins to work when it is told something.
 */
import knexFactory, { type Knex } from 'knex';
import { flushCompileCache } from 'node:module';
import type { ReleasePublisher } from '../builds';
import {
  FakeRunnerPool,
  buildIt,
} from '../builds/__testUtils__/FakeRunnerPool';
import { startBuilding } from '../testing/buildPortal';
import { dieAt } from '../testing/dieAfterRequests';
import { ownAuth, silentLogger } from '../testing/replicaServices';

interface ReplicaOptions {
  gitHub: { host: string; apiBaseUrl: string };
  database: Knex.Config;
  workDirectory: string;
  diesAt: string[];
}

const { gitHub, database, workDirectory, diesAt }: ReplicaOptions = JSON.parse(
  process.env.BUILD_REPLICA ?? '{}',
);
// Without its parent nobody would end it
process.on('disconnect', () => process.exit());
const db = knexFactory(database);

/** Dies there unless it did before. */
async function pass(point: string): Promise<void> {
  if (diesAt.includes(point)) {
    await dieAt(db, point);
  }
}

const send = globalThis.fetch;
globalThis.fetch = async (input, init) => {
  const response = await send(input, init);
  if (String(input).includes('/tarball/')) {
    await pass('source');
  }
  return response;
};

const publisher: ReleasePublisher = {
  async publish({ build, release, result }, { onStep }) {
    await pass('publishing begun');
    onStep({ name: 'image', state: 'running' });
    const digest = result.report.libraries[0].digest;
    await db('images')
      .insert({ version: release.version, digest })
      .onConflict('version')
      .ignore();
    await pass('image pushed');
    await db('tags')
      .insert({ tag: release.version, digest })
      .onConflict('tag')
      .merge();
    await pass('image tagged');
    return { image: `${build.plugin.name}@${digest}` };
  },
  async refuse() {},
};

const { worker } = startBuilding({
  gitHub,
  db,
  workDirectory,
  publisher,
  pool: new FakeRunnerPool({
    behaviour: async (job, options) => {
      await pass('building begun');
      const result = await buildIt(job, options);
      await pass('built');
      return result;
    },
  }),
  auth: ownAuth,
  logger: silentLogger,
  leaseMs: 600,
  // However often it is killed over the same one
  retryDelaysMs: Array.from({ length: 20 }, () => 1),
  works: false,
  sends: false,
});
// For the next one; whoever is killed does not come to it
flushCompileCache();
process.once('message', () => {
  worker.start();
  process.send?.('ready');
});
process.send?.('ready');
