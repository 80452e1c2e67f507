/**
 * How long it takes from a release on GitHub until its tags are visible at the registry, on
 * PostgreSQL, with GitHub's emulator, its webhooks, a real runner, three Envoys, a real
 * registry and real signatures; beside the very same steps one after another by a shell
 * script (release.sh), in turn with it. Then how many releases one runner and two get
 * through. Everything runs on this machine. Prints tables and, as its last line, one line of
 * JSON.
 *
 * Flags: --releases N (20), --queued N (12 at once for the runners), --only latency|runners.
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs, promisify } from 'node:util';
import type {
  Build,
  BuildLogPart,
  BuildList,
  PluginList,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { cacheDirectory, KNOWN_ENVOYS } from '@envoy-go/envoy-runner';
import {
  type GitHubEmulator,
  startGitHubEmulator,
} from '@envoy-go/github-emulator';
import { startRegistry } from '../src/artifacts/__testUtils__/startRegistry';
import { CachedToolProvider } from '../src/artifacts/CachedToolProvider';
import { ensureSigningKey } from '../src/artifacts/ensureSigningKey';
import {
  type RunnerProcess,
  startRunner,
} from '../src/builds/runners/__testUtils__/runnerProcess';
import { freePort } from '../src/testing/freePort';
import { watchProcessors } from './processorTime';
import {
  changedFiles,
  type ReleasePlugin,
  releasePlugins,
  toEntity,
} from './releasePlugins';
import {
  type ConfiguredBackend,
  startConfiguredBackend,
} from './startConfiguredBackend';
import { startPostgres } from './startPostgres';

const { values: flags } = parseArgs({
  options: {
    releases: { type: 'string', default: '20' },
    queued: { type: 'string', default: '12' },
    only: { type: 'string' },
  },
});
const ORGANIZATION = 'envoy-plugins';
const PORTAL_TOKEN = 'portal-token';
const RUNNER_TOKEN = 'the token of the runners';
const LOOK_MS = 50;
/** Where many releases are looked for, looking must not be what the machine is busy with. */
const LOOK_FOR_MANY_MS = 1_000;
const GIVE_UP_MS = 20 * 60_000;
const ENVOY_RUNNER = join(
  require.resolve('@envoy-go/envoy-runner/package.json'),
  '../bin/envoy-runner',
);

/** Everything that was started, and what it was started with. */
interface World {
  folder: string;
  emulator: GitHubEmulator;
  backend: ConfiguredBackend;
  /** `localhost:PORT`. */
  registry: string;
  plugins: ReleasePlugin[];
  /** Has a runner mount; with a core, it and what it starts run on that one alone. */
  startRunner(name: string, core?: number): Promise<RunnerProcess>;
  /** Environment of the script, beside what is of one release. */
  scriptEnv(): Promise<NodeJS.ProcessEnv>;
  signal: AbortSignal;
}

/** Milliseconds by step, in the order of the steps. */
type Steps = Map<string, number>;

const aborted = new AbortController();

/** Has signals stop everything, and nobody else see them. */
function stopOnSignals(): void {
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.removeAllListeners(name);
    process.on(name, () => aborted.abort(new Error(`Ended by ${name}`)));
  }
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function percentile(values: number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * share) - 1];
}

const round = (value: number) => Math.round(value * 100) / 100;
const seconds = (ms: number) => `${round(ms / 1000).toFixed(2)} s`;

async function until(
  holds: () => Promise<boolean>,
  what: string,
  signal: AbortSignal,
  lookMs = LOOK_MS,
): Promise<void> {
  const end = performance.now() + GIVE_UP_MS;
  while (!(await holds())) {
    if (performance.now() > end) {
      throw new Error(`${what}: not within ${GIVE_UP_MS / 60_000} minutes`);
    }
    await wait(lookMs, undefined, { signal });
  }
}

/** Starts all of it; what is to be stopped is pushed to `stops` as soon as it runs. */
async function startWorld(
  stops: (() => Promise<unknown>)[],
  signal: AbortSignal,
): Promise<World> {
  const tools = new CachedToolProvider();
  const postgres = await startPostgres();
  stops.push(async () => {
    // It never hears of it where Ctrl-C in a terminal has ended the server already
    await Promise.race([postgres.stop(), wait(10_000)]);
    await rm(postgres.folder, { recursive: true, force: true });
  });
  // It would end this process before the others are stopped
  stopOnSignals();
  const { folder } = postgres;
  const key = await ensureSigningKey({
    folder: join(folder, 'signing'),
    password: 'secret',
    tools,
  });
  const blobs = join(folder, 'registry');
  await mkdir(blobs);
  const registry = await startRegistry(await tools.path('crane'), blobs);
  stops.push(() => registry.stop());
  const plugins = await releasePlugins(Math.max(6, Number(flags.queued)));
  const emulator = await startGitHubEmulator({
    stateDir: join(folder, 'github'),
    rateLimits: { core: 1_000_000, graphql: 1_000_000 },
    validate: 'off',
    seed: {
      accounts: [{ login: 'admin' }, { login: 'author' }],
      organizations: [{ login: ORGANIZATION, owners: ['admin'], members: [] }],
      tokens: [{ token: PORTAL_TOKEN, account: 'admin' }],
      repositories: plugins.map(({ name, files }) => ({
        owner: ORGANIZATION,
        name,
        author: 'author',
        files,
        licenseTemplate: 'apache-2.0',
      })),
    },
  });
  stops.push(() => emulator.close());
  const listen = `127.0.0.1:${await freePort()}`;
  const backend = await startConfiguredBackend({
    config: {
      database: { client: 'pg', connection: postgres.connection },
      others: {
        integrations: {
          github: [
            {
              host: emulator.host,
              apiBaseUrl: emulator.apiBaseUrl,
              token: PORTAL_TOKEN,
            },
          ],
        },
        envoyGoPlugins: {
          github: {
            host: emulator.host,
            organization: ORGANIZATION,
            webhookSecret: 'It is a secret to everybody',
            manageWebhook: true,
          },
          builds: {
            listen,
            runnerTokens: [RUNNER_TOKEN],
            workDirectory: join(folder, 'builds'),
          },
          registry: { repository: `${registry.host}/portal` },
          signing: { privateKey: key.privateKey, password: key.password },
        },
      },
    },
    entities: plugins.map(plugin =>
      toEntity(plugin, { url: emulator.url, organization: ORGANIZATION }),
    ),
  });
  stops.push(() => backend.stop());

  const database = join(folder, 'vulnerabilities');
  await writeEmptyDatabase(database);
  const organization = emulator.state.accounts.find(ORGANIZATION);
  await until(
    async () =>
      emulator.hooks.list({ type: 'organization', id: organization?.id ?? 0 })
        .length > 0,
    'The webhook',
    signal,
  );
  await until(
    async () => {
      const { totalItems, items } = await backend.ask<PluginList>(
        '/plugins?limit=100',
      );
      return (
        totalItems === plugins.length &&
        items.every(({ stars }) => stars !== undefined)
      );
    },
    'The plugins',
    signal,
  );
  return {
    folder,
    emulator,
    backend,
    registry: registry.host,
    plugins,
    signal,
    async startRunner(name, core) {
      const runner = startRunner({
        address: listen,
        token: RUNNER_TOKEN,
        name,
        work: join(folder, 'runners'),
        env: { GOVULNDB: `file://${database}` },
      });
      stops.push(() => stopRunner(runner));
      if (core !== undefined) {
        await promisify(execFile)('taskset', [
          '--all-tasks',
          '--cpu-list',
          '--pid',
          `${core}`,
          `${runner.pid}`,
        ]);
      }
      await Promise.race([
        until(
          async () => /^mounted/m.test(runner.output()),
          `The runner ${name}`,
          signal,
        ),
        runner.ended.then(() => {
          throw new Error(`The runner ${name} ended: ${runner.output()}`);
        }),
      ]);
      return runner;
    },
    async scriptEnv() {
      const cache = cacheDirectory(process.env);
      const [standard] = (await readdir(join(cache, 'go-build'))).filter(
        name => !name.startsWith('unfinished-'),
      );
      const [govulncheck] = (await readdir(join(cache, 'tools'))).filter(name =>
        /^govulncheck-v[\d.]+$/.test(name),
      );
      return {
        ...process.env,
        GITHUB_TOKEN: PORTAL_TOKEN,
        MODULES: join(cache, 'modules'),
        STANDARD_CACHE: join(cache, 'go-build', standard),
        ENVOYS: KNOWN_ENVOYS.map(({ version }) => version).join(' '),
        ENVOY_RUNNER: `${process.execPath} ${ENVOY_RUNNER}`,
        GOVULNCHECK: join(cache, 'tools', govulncheck, 'govulncheck'),
        GOVULNDB: `file://${database}`,
        CRANE: await tools.path('crane'),
        COSIGN: await tools.path('cosign'),
        COSIGN_PRIVATE_KEY: key.privateKey,
        COSIGN_PASSWORD: key.password,
      };
    },
  };
}

async function stopRunner(runner: RunnerProcess): Promise<void> {
  runner.kill('SIGTERM');
  await Promise.race([runner.ended, wait(15_000, undefined, { ref: false })]);
  runner.kill('SIGKILL');
  await runner.ended;
}

/** One without vulnerabilities. @see https://go.dev/doc/security/vuln/database */
async function writeEmptyDatabase(folder: string): Promise<void> {
  await mkdir(join(folder, 'index'), { recursive: true });
  await Promise.all(
    Object.entries({
      db: { modified: '2026-11-01T12:00:00Z' },
      modules: [],
      vulns: [],
    }).map(([name, content]) =>
      writeFile(join(folder, 'index', `${name}.json`), JSON.stringify(content)),
    ),
  );
}

/** Digest of what a tag points to. */
async function tagged(
  { registry }: World,
  name: string,
  tag: string,
): Promise<string | undefined> {
  const answer = await fetch(
    `http://${registry}/v2/portal/${name}/manifests/${tag}`,
    { method: 'HEAD' },
  );
  return answer.ok
    ? answer.headers.get('docker-content-digest') ?? undefined
    : undefined;
}

/** Commits something else for a release of a plugin. */
async function commit(
  { emulator, plugins }: World,
  plugin: number,
  version: string,
): Promise<string> {
  return emulator.changes.push(`${ORGANIZATION}/${plugins[plugin].name}`, {
    by: 'author',
    files: changedFiles(plugins[plugin], version),
    message: `Prepare ${version}`,
  });
}

/** Publishes a release, and waits until its tags are visible: milliseconds. */
async function release(
  world: World,
  plugin: number,
  version: string,
  lookMs?: number,
): Promise<number> {
  const { emulator, plugins, signal } = world;
  const { name } = plugins[plugin];
  const startedAt = performance.now();
  await emulator.changes.release(`${ORGANIZATION}/${name}`, {
    by: 'author',
    tag: `v${version}`,
  });
  let nextLook = 0;
  await until(
    async () => {
      if (performance.now() > nextLook) {
        nextLook = performance.now() + 2_000;
        await failUnlessPassing(world, name, version);
      }
      const [digest, latest] = await Promise.all([
        tagged(world, name, version),
        tagged(world, name, 'latest'),
      ]);
      return digest !== undefined && digest === latest;
    },
    `${name} ${version}`,
    signal,
    lookMs,
  );
  return performance.now() - startedAt;
}

async function findBuild(
  { backend }: World,
  name: string,
  version: string,
): Promise<Build | undefined> {
  const { items } = await backend.ask<BuildList>(
    `/builds?plugin=default/${name}&limit=100`,
  );
  const found = items.find(build => build.version === version);
  return found && backend.ask<Build>(`/builds/${found.id}`);
}

async function failUnlessPassing(
  world: World,
  name: string,
  version: string,
): Promise<void> {
  const build = await findBuild(world, name, version);
  if (build?.reason !== undefined || (build && build.attempts > 1)) {
    const { lines } = await world.backend.ask<BuildLogPart>(
      `/builds/${build.id}/log?limit=1000`,
    );
    const log = lines.slice(-20).map(({ step, text }) => `  ${step}: ${text}`);
    throw new Error(
      `${name} ${version}: ${build.state}, attempt ${build.attempts}: ${
        build.reason
      }\n${log.join('\n')}`,
    );
  }
}

/** Waits until the backend is done with a release, and tells where its time went. */
async function stepsOf(
  world: World,
  plugin: number,
  version: string,
  releasedAt: number,
): Promise<Steps> {
  const { name } = world.plugins[plugin];
  let build: Build | undefined;
  await until(
    async () => {
      build = await findBuild(world, name, version);
      return build?.state === 'passed';
    },
    `The build of ${name} ${version}`,
    world.signal,
  );
  const steps: Steps = new Map();
  const { createdAt = '', startedAt = '', endedAt = '' } = build ?? {};
  steps.set('(until queued)', Date.parse(createdAt) - releasedAt);
  steps.set('(queued)', Date.parse(startedAt) - Date.parse(createdAt));
  for (const step of build?.steps ?? []) {
    steps.set(step.name, step.durationMs ?? 0);
  }
  steps.set('(all of it)', Date.parse(endedAt) - releasedAt);
  return steps;
}

/** The same by the script: milliseconds, and those of its steps. */
async function releaseByScript(
  world: World,
  env: NodeJS.ProcessEnv,
  plugin: number,
  version: string,
  sha: string,
): Promise<{ ms: number; steps: Steps }> {
  const { emulator, registry, plugins, signal } = world;
  const { name, filterName } = plugins[plugin];
  // A runner's builds are in memory, too
  const memory = await stat('/dev/shm').catch(() => undefined);
  const work = await mkdtemp(
    join(memory?.isDirectory() ? '/dev/shm' : world.folder, 'bench-release-'),
  );
  try {
    const startedAt = performance.now();
    const printed = await runScript(
      {
        ...env,
        ARCHIVE_URL: `${emulator.apiBaseUrl}/repos/${ORGANIZATION}/${name}/tarball/${sha}`,
        COMMIT: sha,
        FILTER: filterName,
        VERSION: version,
        REPOSITORY: `${registry}/script/${name}`,
        WORK: work,
      },
      signal,
    );
    const ms = performance.now() - startedAt;
    const steps = printed
      .trim()
      .split('\n')
      .map(line => line.split('\t'))
      .map(([step, time]) => [step, Number(time)] as const);
    return { ms, steps: new Map(steps) };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** What release.sh prints. */
async function runScript(
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<string> {
  const child = spawn(resolve(__dirname, 'release.sh'), {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const { pid } = child;
  const kill = () => {
    try {
      process.kill(-(pid ?? process.pid), 'SIGKILL');
    } catch {
      // All of it has ended
    }
  };
  signal.addEventListener('abort', kill);
  process.once('exit', kill);
  try {
    let printed = '';
    let said = '';
    child.stdout.setEncoding('utf8').on('data', chunk => {
      printed += chunk;
    });
    child.stderr.setEncoding('utf8').on('data', chunk => {
      said += chunk;
    });
    const [code] = await once(child, 'close');
    signal.throwIfAborted();
    if (code !== 0) {
      throw new Error(`release.sh ended with ${code}: ${said}`);
    }
    return printed;
  } finally {
    signal.removeEventListener('abort', kill);
    process.removeListener('exit', kill);
  }
}

function printSteps(all: Steps[]): void {
  const names = [...new Set(all.flatMap(steps => [...steps.keys()]))];
  for (const name of names) {
    const values = all.flatMap(steps => steps.get(name) ?? []);
    say(
      `  ${name.padEnd(24)} p50 ${seconds(percentile(values, 0.5)).padStart(
        8,
      )}   p95 ${seconds(percentile(values, 0.95)).padStart(8)}`,
    );
  }
}

async function benchLatency(world: World, warmed: string) {
  const releases = Number(flags.releases);
  const env = await world.scriptEnv();
  await releaseByScript(world, env, 0, '0.1.0', warmed);

  const ours: number[] = [];
  const theirs: number[] = [];
  const ourSteps: Steps[] = [];
  const theirSteps: Steps[] = [];
  const used = watchProcessors();
  for (let index = 0; index < releases; index += 1) {
    const plugin = index % Math.min(6, world.plugins.length);
    const version = `1.${index}.0`;
    const sha = await commit(world, plugin, version);
    await world.emulator.deliveriesSettled();
    const byPortal = async () => {
      const releasedAt = Date.now();
      ours.push(await release(world, plugin, version));
      ourSteps.push(await stepsOf(world, plugin, version, releasedAt));
    };
    const byScript = async () => {
      const { ms, steps } = await releaseByScript(
        world,
        env,
        plugin,
        version,
        sha,
      );
      theirs.push(ms);
      theirSteps.push(steps);
    };
    // Neither always has the other's traces in the machine's caches
    for (const run of index % 2 === 0
      ? [byPortal, byScript]
      : [byScript, byPortal]) {
      await run();
    }
    say(
      `  ${world.plugins[plugin].name} ${version}: portal ${seconds(
        ours[index],
      )}, script ${seconds(theirs[index])}`,
    );
  }
  const [p50, p95] = [0.5, 0.95].map(share => percentile(ours, share));
  const [script50, script95] = [0.5, 0.95].map(share =>
    percentile(theirs, share),
  );
  say(`
From a release to its tags, ${releases} releases one after the other, ${
    KNOWN_ENVOYS.length
  } Envoys, ${used()}
  portal and runner        p50 ${seconds(p50).padStart(8)}   p95 ${seconds(
    p95,
  ).padStart(8)}
  shell script             p50 ${seconds(script50).padStart(8)}   p95 ${seconds(
    script95,
  ).padStart(8)}
  ratio                    of p50 ${round(p50 / script50)}, of p95 ${round(
    p95 / script95,
  )}

Where the portal's time goes (steps may run beside one another)`);
  printSteps(ourSteps);
  say('\nWhere the time of the script goes');
  printSteps(theirSteps);
  return {
    ratio: round(p50 / script50),
    p50Seconds: round(p50 / 1000),
    p95Seconds: round(p95 / 1000),
  };
}

/** Releases of different plugins, all at once: milliseconds until all tags are visible. */
async function releaseAll(world: World, version: string): Promise<number> {
  const queued = world.plugins.slice(0, Number(flags.queued));
  for (const index of queued.keys()) {
    await commit(world, index, version);
  }
  await world.emulator.deliveriesSettled();
  const startedAt = performance.now();
  await Promise.all(
    queued.map((_, index) => release(world, index, version, LOOK_FOR_MANY_MS)),
  );
  const ms = performance.now() - startedAt;
  for (const index of queued.keys()) {
    await stepsOf(world, index, version, Date.now());
  }
  return ms;
}

/** What one runner and then two get through; each on a core of its own when told so. */
async function compareRunners(
  world: World,
  { major, ownCores }: { major: number; ownCores: boolean },
): Promise<number> {
  const took: number[] = [];
  const runners: RunnerProcess[] = [];
  say(ownCores ? '\n  each on a core of its own' : '\n  on all cores');
  for (const [core, words] of ['one runner', 'two runners'].entries()) {
    runners.push(
      await world.startRunner(
        `runner-${major + core}`,
        ownCores ? core : undefined,
      ),
    );
    const used = watchProcessors();
    const ms = await releaseAll(world, `${major + core}.0.0`);
    took.push(ms);
    const perMinute = round((Number(flags.queued) * 60_000) / ms);
    say(
      `  ${words.padEnd(14)}${seconds(ms)}, ${perMinute} a minute; ${used()}`,
    );
  }
  await Promise.all(runners.map(stopRunner));
  const [one, two] = took;
  say(`  speedup       ${round(one / two)}`);
  return round(one / two);
}

async function benchRunners(world: World) {
  say(`
${
  flags.queued
} releases of different plugins at once, on ${availableParallelism()} cores`);
  return {
    twoRunnerSpeedup: await compareRunners(world, {
      major: 2,
      ownCores: false,
    }),
    twoRunnerSpeedupOwnCores: await compareRunners(world, {
      major: 4,
      ownCores: true,
    }),
  };
}

async function main(signal: AbortSignal) {
  const stops: (() => Promise<unknown>)[] = [];
  try {
    const world = await startWorld(stops, signal);
    const first = await world.startRunner('runner-1');
    // So that modules, tools and the standard library are there
    const commitId = await commit(world, 0, '0.1.0');
    await release(world, 0, '0.1.0');
    await stepsOf(world, 0, '0.1.0', Date.now());
    const latency =
      flags.only === 'runners' ? {} : await benchLatency(world, commitId);
    await stopRunner(first);
    const runners = flags.only === 'latency' ? {} : await benchRunners(world);
    say(JSON.stringify({ ...latency, ...runners }));
  } finally {
    for (const stop of stops.reverse()) {
      await stop().catch(error => process.stderr.write(`${error.stack}\n`));
    }
  }
}

main(aborted.signal).then(
  () => process.exit(0),
  error => {
    process.stderr.write(`${error.stack}\n`);
    process.exit(1);
  },
);
