import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A real `build-runner serve`. */
export interface RunnerProcess {
  pid: number;
  /** All that it has printed. */
  output(): string;
  kill(signal: NodeJS.Signals): void;
  /** Its exit code; undefined when a signal ended it. */
  ended: Promise<number | undefined>;
}

const PROGRAM = join(
  dirname(require.resolve('@envoy-go/build-runner/package.json')),
  'bin/build-runner',
);

/** Starts a runner; it is for the test to end it. */
export function startRunner(options: {
  address: string;
  token: string;
  name: string;
  work: string;
  args?: string[];
  env?: NodeJS.ProcessEnv;
}): RunnerProcess {
  const child = spawn(
    process.execPath,
    [
      PROGRAM,
      'serve',
      ...['--core', options.address],
      ...['--name', options.name],
      ...['--work', options.work],
      ...['--grace', '0'],
      ...(options.args ?? []),
    ],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        ...options.env,
        BUILD_RUNNER_TOKEN: options.token,
        NODE_OPTIONS: '',
      },
    },
  );
  let output = '';
  child.stdout.on('data', chunk => {
    output += chunk;
  });
  child.stderr.on('data', chunk => {
    output += chunk;
  });
  const ended = once(child, 'close').then(() => child.exitCode ?? undefined);
  return {
    pid: child.pid ?? 0,
    output: () => output,
    kill: signal => void child.kill(signal),
    ended,
  };
}

/** Processes that a process has started, and those that they have. */
export function descendants(pid: number): number[] {
  const found = [pid];
  for (const parent of found) {
    const list = `/proc/${parent}/task/${parent}/children`;
    // One that has ended meanwhile has none
    const children = existsSync(list) ? readFileSync(list, 'utf8') : '';
    found.push(...children.split(' ').filter(Boolean).map(Number));
  }
  return found.slice(1);
}

/** Whether a process runs; one that is only not yet reaped does not. */
export function isRunning(pid: number): boolean {
  const file = `/proc/${pid}/stat`;
  return existsSync(file) && !/\) Z /.test(readFileSync(file, 'utf8'));
}
