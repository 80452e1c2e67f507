import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../../testing/freePort';
import { waitFor } from '../../testing/waitFor';

/** A Docker Distribution registry on this machine. */
export interface Distribution {
  /** `localhost:PORT`. */
  host: string;
  /** What it printed so far. */
  log(): string;
  stop(): Promise<void>;
}

/** How a registry is told to work, as its `config.yml` has it. */
export interface DistributionOptions {
  folder: string;
  port?: number;
  /** Of its `auth.token`. */
  token?: { realm: string; issuer: string; service: string; bundle: string };
  /** Of its `notifications`. */
  notifications?: { url: string; secret: string };
}

/**
 * Starts Debian's `docker-registry`, with deletion allowed. Where it is not installed this
 * fails: nothing else is a stand-in for it.
 */
export async function startDistribution(
  options: DistributionOptions,
): Promise<Distribution> {
  const { folder, token, notifications } = options;
  const port = options.port ?? (await freePort());
  const bundle = join(folder, 'bundle.pem');
  await writeFile(bundle, token?.bundle ?? '');
  const file = join(folder, 'config.yml');
  await writeFile(
    file,
    JSON.stringify({
      version: '0.1',
      log: { level: 'info', accesslog: { disabled: true } },
      storage: {
        filesystem: { rootdirectory: join(folder, 'data') },
        delete: { enabled: true },
      },
      http: { addr: `127.0.0.1:${port}` },
      ...(token && {
        auth: {
          token: {
            realm: token.realm,
            issuer: token.issuer,
            service: token.service,
            rootcertbundle: bundle,
          },
        },
      }),
      ...(notifications && {
        notifications: {
          endpoints: [
            {
              name: 'portal',
              url: notifications.url,
              headers: { Authorization: [`Bearer ${notifications.secret}`] },
              timeout: '2s',
              threshold: 3,
              backoff: '100ms',
            },
          ],
        },
      }),
    }),
  );
  const child = spawn('docker-registry', ['serve', file], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, OTEL_TRACES_EXPORTER: 'none' },
  });
  const chunks: Buffer[] = [];
  child.stdout.on('data', chunk => chunks.push(chunk));
  child.stderr.on('data', chunk => chunks.push(chunk));
  const log = () => Buffer.concat(chunks).toString('utf8');
  let ended: string | undefined;
  child.once('error', error => {
    ended = `docker-registry could not run here: ${error.message}; install Debian's package docker-registry`;
  });
  const closed = new Promise<void>(resolve => {
    child.once('close', () => {
      ended ??= `docker-registry ended: ${log().slice(-2000)}`;
      resolve();
    });
  });
  const host = `localhost:${port}`;
  let answered = false;
  await waitFor(async () => {
    if (ended === undefined) {
      await fetch(`http://${host}/v2/`);
      answered = true;
    }
  }, 20_000);
  if (!answered) {
    throw new Error(ended);
  }
  return {
    host,
    log,
    async stop() {
      if (ended === undefined) {
        child.kill('SIGKILL');
        await closed;
      }
    },
  };
}
