import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { mockServices } from '@backstage/backend-test-utils';
import type { BuildStep } from '@envoy-go/build-runner';
import knexFactory, { type Knex } from 'knex';
import type { RunnerLimits } from '../CoreRunnerPool';
import { createRunnerPool, type Runners } from '../createRunnerPool';
import { readRunnersConfig } from '../readRunnersConfig';
import type { RunnerResult } from '../RunnerJob';

export const TOKEN = 'a token that is long enough';
const EXAMPLES = resolve(__dirname, '../../../../../../examples/plugins');
const run = promisify(execFile);

/** A backend's side of things, on a database and a folder of its own. */
export interface RunnerWorld extends Runners {
  address: string;
  directory: string;
  db: Knex;
  /** What was logged, a line each. */
  logged: string[];
  /** Ends the core as a backend does when it ends. */
  stop(): Promise<void>;
  /** Removes everything. */
  close(): Promise<void>;
}

/**
 * @param listen - an address with a port of its own by default
 * @param tls - as `envoyGoPlugins.builds.tls`; without it nothing is encrypted
 */
export async function startWorld(
  options: {
    listen?: string;
    tls?: { certificate: string; key: string; clientCa?: string };
    limits?: Partial<RunnerLimits>;
    pingInterval?: number;
  } = {},
): Promise<RunnerWorld> {
  const directory = await mkdtemp(join(tmpdir(), 'envoy-go-runners-'));
  const db = knexFactory({
    client: 'better-sqlite3',
    connection: ':memory:',
    useNullAsDefault: true,
    pool: { min: 1, max: 1 },
  });
  await require('../../../../migrations/20261126_runners').up(db);
  const logged: string[] = [];
  const log = (message: string) => void logged.push(message);
  const runners = createRunnerPool({
    config: readRunnersConfig(
      mockServices.rootConfig({
        data: {
          envoyGoPlugins: {
            builds: {
              listen: options.listen ?? '127.0.0.1:0',
              runnerTokens: [TOKEN],
              ...(options.tls && { tls: options.tls }),
            },
          },
        },
      }),
    ),
    db,
    logger: mockServices.logger.mock({
      debug: log,
      info: log,
      warn: log,
      error: log,
    }),
    now: Date.now,
    replica: 'here',
    limits: options.limits,
    pingInterval: options.pingInterval,
  });
  const hooks: (() => void | Promise<void>)[] = [];
  const { address = '' } = await runners.start(
    mockServices.lifecycle.mock({
      addShutdownHook: hook => void hooks.push(hook),
    }),
  );
  const stop = async () => {
    await Promise.all(hooks.splice(0).map(hook => hook()));
  };
  return {
    ...runners,
    address,
    directory,
    db,
    logged,
    stop,
    async close() {
      await stop();
      await db.destroy();
      // What runners had started may be on its way out
      await rm(directory, { recursive: true, force: true, maxRetries: 10 });
    },
  };
}

/** What was told of a build, and what comes of it. */
export interface StartedBuild {
  result: Promise<RunnerResult>;
  taken: string[];
  steps: BuildStep[];
  log: string[];
  out: string;
  cancel(reason: Error): void;
}

/** @param onStep - told of each step as it changes */
export function startBuild(
  world: RunnerWorld,
  build: {
    id: string;
    source: { archive: string; commit: string };
    envoys?: string[];
  },
  onStep?: (step: BuildStep) => void,
): StartedBuild {
  const aborted = new AbortController();
  const started = {
    taken: [] as string[],
    steps: [] as BuildStep[],
    log: [] as string[],
    out: join(world.directory, `out-${build.id}`),
    cancel: (reason: Error) => aborted.abort(reason),
  };
  const result = world.pool.run(
    {
      buildId: build.id,
      ...build.source,
      out: started.out,
      envoys: build.envoys ?? ['1.40.0'],
      platforms: ['linux/amd64'],
    },
    {
      signal: aborted.signal,
      onTaken: runner => void started.taken.push(runner),
      onStep: step => {
        started.steps.push(step);
        onStep?.(step);
      },
      onLog: ({ line }) => void started.log.push(line),
    },
  );
  // Whoever waits for it hears of it
  result.catch(() => {});
  return { ...started, result };
}

/** An example's source as GitHub packs it. */
export async function packExample(
  world: RunnerWorld,
  name: string,
): Promise<{ archive: string; commit: string }> {
  const repository = join(world.directory, name);
  await mkdir(repository);
  await cp(join(EXAMPLES, name), repository, {
    recursive: true,
    filter: path => !path.endsWith('/build'),
  });
  const git = async (...args: string[]) =>
    (
      await run(
        'git',
        ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args],
        { cwd: repository },
      )
    ).stdout.trim();
  await git('init', '--quiet');
  await git('add', '.');
  await git('commit', '--quiet', '--message', 'Begin');
  const commit = await git('rev-parse', 'HEAD');
  const archive = join(world.directory, `${name}.tar.gz`);
  await git(
    'archive',
    '--format=tar.gz',
    `--prefix=org-${name}-${commit.slice(0, 7)}/`,
    `--output=${archive}`,
    commit,
  );
  return { archive, commit };
}
