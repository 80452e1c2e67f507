import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startProcess, type RunningProcess } from './processes.ts';
import { portalSecrets } from './secrets.ts';
import { portalSigningKey } from './signingKey.ts';

/** The ports that app-config.yaml names. */
export const DEFAULT_PORTS = {
  app: 3000,
  backend: 7007,
  github: 4010,
  registry: 5010,
  runners: 7008,
};

/** What the three processes are called where users read it. */
export const PROCESS_NAMES = {
  app: 'frontend',
  backend: 'backend',
  github: 'GitHub emulator',
  registry: 'registry',
  runners: 'build runner',
} as const;

export interface PortalOptions {
  root: string;
  /** Databases, repositories, secrets and logs. */
  stateDir: string;
  ports: typeof DEFAULT_PORTS;
  /** Hold every request and answer of the emulator against GitHub's own description. */
  validateGitHub?: boolean;
  /** A further environment for the backend. */
  env?: NodeJS.ProcessEnv;
  /** Told what is going on, in one line each. */
  onProgress: (line: string) => void;
  /** Told what the portal has to do without, in a sentence each. */
  onMissing: (line: string) => void;
  /** Told what the three processes print. */
  onOutput?: (process: string, line: string) => void;
}

export interface Portal {
  /** A folder for the PATH: with it, plugins' Makefiles use this checkout's runner. */
  binDir: string;
  appUrl: string;
  backendUrl: string;
  githubUrl: string;
  /** Resolves with the process that ended by itself. */
  failed: Promise<RunningProcess>;
  stop(): Promise<void>;
}

const READY_TIMEOUT_MS = 5 * 60_000;
const POLL_MS = 200;

/** app-config.yaml for other ports and another state folder than it names. */
function configFor(options: PortalOptions): string[] {
  const { root, stateDir, ports } = options;
  const standard =
    stateDir === path.join(root, '.portal') &&
    Object.entries(DEFAULT_PORTS).every(
      ([name, port]) => ports[name as keyof typeof DEFAULT_PORTS] === port,
    );
  if (standard) return [];
  const text = readFileSync(path.join(root, 'app-config.yaml'), 'utf8')
    .replaceAll(`localhost:${DEFAULT_PORTS.app}`, `localhost:${ports.app}`)
    .replaceAll(
      `localhost:${DEFAULT_PORTS.backend}`,
      `localhost:${ports.backend}`,
    )
    .replaceAll(
      `localhost:${DEFAULT_PORTS.github}`,
      `localhost:${ports.github}`,
    )
    .replaceAll(
      `localhost:${DEFAULT_PORTS.registry}`,
      `localhost:${ports.registry}`,
    )
    .replaceAll(
      `localhost:${DEFAULT_PORTS.runners}`,
      `localhost:${ports.runners}`,
    )
    .replaceAll(`port: ${DEFAULT_PORTS.backend}`, `port: ${ports.backend}`)
    .replaceAll('../../.portal/database', path.join(stateDir, 'database'));
  const file = path.join(stateDir, 'app-config.yaml');
  writeFileSync(file, text);
  return ['--config', file];
}

/** Makes `envoy-runner` a command, on the Node that was set up. */
function linkRunner({ root, stateDir }: PortalOptions): string {
  const binDir = path.join(stateDir, 'bin');
  mkdirSync(binDir, { recursive: true });
  const file = path.join(binDir, 'envoy-runner');
  const runner = path.join(root, 'packages/envoy-runner/bin/envoy-runner');
  writeFileSync(
    file,
    `#!/bin/sh\nexec "${process.execPath}" "${runner}" "$@"\n`,
  );
  chmodSync(file, 0o755);
  return binDir;
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(5_000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}

/** Waits until a process is ready, or has ended, or time is up. */
async function ready(
  process: RunningProcess,
  isReady: () => Promise<boolean>,
): Promise<void> {
  const deadline = Date.now() + READY_TIMEOUT_MS;
  const state: { ended?: boolean } = {};
  process.ended.then(() => {
    state.ended = true;
  });
  while (!(await isReady())) {
    if (state.ended || Date.now() > deadline) {
      throw new Error(
        `The ${process.name} ${
          state.ended
            ? 'ended before it was ready'
            : `was not ready after ${READY_TIMEOUT_MS / 1000} s`
        }. Its last lines:\n${process.lastLines().join('\n')}`,
      );
    }
    await pause(POLL_MS);
  }
}

/**
 * Starts the emulator, the backend and the frontend, and waits until all of them answer.
 * What had been started is stopped again when one of them fails.
 */
export async function startPortal(options: PortalOptions): Promise<Portal> {
  const { root, stateDir, ports, onProgress, onMissing } = options;
  mkdirSync(stateDir, { recursive: true });
  const secrets = portalSecrets(stateDir);
  const env = {
    ...process.env,
    ...options.env,
    ...secrets,
    PORTAL_SIGNING_KEY: portalSigningKey(
      stateDir,
      secrets.PORTAL_SIGNING_PASSWORD,
    ),
    BROWSER: 'none',
    NODE_ENV: 'development',
  };
  const config = configFor(options);
  const urls = {
    app: `http://localhost:${ports.app}`,
    backend: `http://localhost:${ports.backend}`,
    github: `http://localhost:${ports.github}`,
    registry: `http://localhost:${ports.registry}`,
  };
  const processes: RunningProcess[] = [];
  const start = (
    name: string,
    cwd: string,
    command: string,
    args: string[],
    environment: NodeJS.ProcessEnv = env,
  ) => {
    const started = startProcess({
      name,
      command,
      args,
      cwd: path.join(root, cwd),
      env: environment,
      logFile: path.join(stateDir, 'logs', `${name.replaceAll(' ', '-')}.log`),
      onLine: line => options.onOutput?.(name, line),
    });
    processes.push(started);
    return started;
  };
  let stopping = false;
  const stop = async () => {
    stopping = true;
    await Promise.all(processes.map(process => process.stop()));
  };
  const timed = async (label: string, work: Promise<void>) => {
    const started = Date.now();
    await work;
    onProgress(`${label} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
  };

  const beside = new Set<RunningProcess>();
  /** Waits for what the portal can do without while it is not there. */
  const besides = (
    process: RunningProcess,
    label: string,
    isReady: () => Promise<boolean>,
  ) => {
    beside.add(process);
    timed(label, ready(process, isReady))
      .then(async () => {
        await process.ended;
        throw new Error(
          `The ${process.name} ended. Its last lines:\n${process
            .lastLines()
            .join('\n')}`,
        );
      })
      .catch(error => {
        if (!stopping) onMissing(`${error.message}`);
      });
  };

  try {
    // It may have to be compiled first
    const registry = start(PROCESS_NAMES.registry, '.', process.execPath, [
      path.join(root, 'scripts/portal/registry.cjs'),
      '--port',
      String(ports.registry),
      '--disk',
      path.join(stateDir, 'registry'),
    ]);
    besides(registry, `Registry of images at ${urls.registry}`, () =>
      answers(`${urls.registry}/v2/`),
    );
    const github = start(PROCESS_NAMES.github, '.', process.execPath, [
      path.join(root, 'packages/github-emulator/bin/github-emulator'),
      '--port',
      String(ports.github),
      '--state',
      path.join(stateDir, 'github'),
      '--seed',
      path.join(root, 'examples/github.yaml'),
      ...(options.validateGitHub ? ['--validate', 'throw'] : []),
    ]);
    await timed(
      `GitHub emulator at ${urls.github}`,
      ready(github, () => answers(`${urls.github}/api/v3/rate_limit`)),
    );
    const backend = start(
      PROCESS_NAMES.backend,
      'packages/backend',
      'backstage-cli',
      ['package', 'start', ...config],
    );
    const app = start(PROCESS_NAMES.app, 'packages/app', 'backstage-cli', [
      'package',
      'start',
      ...config,
    ]);
    await Promise.all([
      timed(
        `Backend at ${urls.backend}`,
        ready(backend, () =>
          answers(`${urls.backend}/.backstage/health/v1/readiness`),
        ),
      ),
      timed(
        `Frontend at ${urls.app}`,
        ready(app, () => answers(urls.app)),
      ),
    ]);
    const runner = start(
      PROCESS_NAMES.runners,
      '.',
      process.execPath,
      [
        path.join(root, 'packages/build-runner/bin/build-runner'),
        'serve',
        '--core',
        `localhost:${ports.runners}`,
        '--name',
        'runner-demo',
        '--work',
        path.join(stateDir, 'runner-work'),
        '--grace',
        '0',
      ],
      // It needs to know none of the portal's other secrets
      {
        ...process.env,
        ...options.env,
        BUILD_RUNNER_TOKEN: secrets.PORTAL_RUNNER_TOKEN,
      },
    );
    besides(runner, `Build runner mounted at localhost:${ports.runners}`, () =>
      Promise.resolve(
        runner.lastLines().some(line => line.startsWith('mounted')),
      ),
    );
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    binDir: linkRunner(options),
    appUrl: urls.app,
    backendUrl: urls.backend,
    githubUrl: urls.github,
    failed: Promise.race(
      processes
        .filter(process => !beside.has(process))
        .map(process => process.ended.then(() => process)),
    ),
    stop,
  };
}
