import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { InputError } from '@backstage/errors';
import { cacheDirectory } from '@envoy-go/envoy-runner';
import { describeRunner } from './describeRunner';
import { serveRunner } from './serveRunner';

/** The options of `build-runner serve`, as they were given. */
export interface ServeCommandOptions {
  core: string;
  name?: string;
  tokenFile?: string;
  concurrency: number;
  toolchain?: string[];
  work?: string;
  /** Seconds. */
  grace: number;
  tls?: boolean;
  tlsCa?: string;
  tlsCert?: string;
  tlsKey?: string;
  tlsName?: string;
  env: NodeJS.ProcessEnv;
  onLine: (line: string) => void;
  signal: AbortSignal;
}

/** Runs `build-runner serve`. */
export async function serveCommand(
  options: ServeCommandOptions,
): Promise<void> {
  const { tokenFile, env: given, onLine, signal } = options;
  // Nothing that is started from here has to know the token
  const { BUILD_RUNNER_TOKEN: secret, ...env } = given;
  delete process.env.BUILD_RUNNER_TOKEN;
  if (!tokenFile && !secret) {
    throw new InputError(
      'There is no token: name a file with --token-file, or set BUILD_RUNNER_TOKEN',
    );
  }
  const name = options.name ?? nameOfHost();
  const description = await describeRunner({
    version: await ownVersion(),
    concurrency: options.concurrency,
    toolchains: options.toolchain,
    env,
  });
  onLine(
    `Runner ${name}: Go ${description.go.join(
      ', ',
    )}, ${description.platforms.join(', ')}, ${
      description.concurrency
    } at once; mounting at ${options.core}`,
  );
  const isEncrypted =
    options.tls || options.tlsCa !== undefined || options.tlsCert !== undefined;
  await serveRunner({
    name,
    description,
    mount: {
      address: options.core,
      token: async () =>
        tokenFile ? (await readFile(tokenFile, 'utf8')).trim() : secret ?? '',
      ...(isEncrypted && {
        tls: {
          ...(await readGiven('ca', options.tlsCa)),
          ...(await readGiven('cert', options.tlsCert)),
          ...(await readGiven('key', options.tlsKey)),
          ...(options.tlsName !== undefined && { serverName: options.tlsName }),
        },
      }),
    },
    workDirectory: options.work ?? join(cacheDirectory(env), 'runner-work'),
    toolchains: options.toolchain,
    env,
    graceMs: options.grace * 1000,
    onLine,
    signal,
  });
}

function nameOfHost(): string {
  const name = hostname()
    .toLocaleLowerCase('en-US')
    .replace(/[^a-z0-9.-]+/g, '-');
  return `runner-${name}`.slice(0, 100);
}

async function readGiven(
  key: 'ca' | 'cert' | 'key',
  file: string | undefined,
): Promise<{ [name in typeof key]?: Buffer }> {
  return file === undefined ? {} : { [key]: await readFile(file) };
}

async function ownVersion(): Promise<string> {
  const file = require.resolve('@envoy-go/build-runner/package.json');
  return JSON.parse(await readFile(file, 'utf8')).version;
}
