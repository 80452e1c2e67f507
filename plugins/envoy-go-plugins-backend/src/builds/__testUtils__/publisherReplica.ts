/**
 * A backend of which only the publisher of releases is there, in a process of its own that
 * dies, as by `kill -9`, at a point. Told what to be by the environment variable
 * `PUBLISHER_REPLICA`: `{ database, config, folder, tag, diesAt }`; the last is a step of the
 * publication, or `stored`. Says `ready` to its parent when the release is published.
 */
import type { LoggerService } from '@backstage/backend-plugin-api';
import knexFactory, { type Knex } from 'knex';
import type { ArtifactsConfig } from '../../artifacts';
import { startReleases, testBuilt } from './releasesPortal';

interface ReplicaOptions {
  database: Knex.Config;
  config: ArtifactsConfig;
  folder: string;
  tag: string;
  diesAt: string;
}

const logger: LoggerService = {
  error: () => {},
  warn: () => {},
  info: () => {},
  debug: () => {},
  child: () => logger,
};

const { database, config, folder, tag, diesAt }: ReplicaOptions = JSON.parse(
  process.env.PUBLISHER_REPLICA ?? '{}',
);
// Without its parent nobody would end it
process.on('disconnect', () => process.exit());

const die = () => process.kill(process.pid, 'SIGKILL');

async function publish(): Promise<void> {
  const { publisher } = await startReleases({
    db: knexFactory(database),
    config,
    logger,
    leaseMs: 500,
    onStored: async () => void (diesAt === 'stored' && die()),
  });
  await publisher.publish(await testBuilt(folder, tag), {
    onStep: ({ name, state }) =>
      void (name === diesAt && state === 'running' && die()),
    signal: AbortSignal.timeout(60_000),
  });
  process.send?.('ready');
}

publish();
