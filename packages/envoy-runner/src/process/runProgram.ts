import { spawn } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { isError } from '@backstage/errors';

/**
 * What a program that ran to its end left behind.
 *
 * @public
 */
export interface ProgramResult {
  /** Exit code; undefined when a signal ended it. */
  code?: number;
  signal?: NodeJS.Signals;
  stdout: string;
  stderr: string;
}

/** @public */
export interface RunProgramOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** Milliseconds after which the program is killed. */
  timeoutMs?: number;
  signal?: AbortSignal;
  /** Takes standard output as it comes, instead of having it collected. */
  onStdout?: (stream: NodeJS.ReadableStream) => Promise<void>;
}

/**
 * Runs a program without a shell and waits for its end, whatever its exit code.
 *
 * @throws the `ENOENT` (or other) error of `spawn` when the program cannot be started
 *
 * @public
 */
export async function runProgram(
  program: string,
  args: string[],
  options: RunProgramOptions = {},
): Promise<ProgramResult> {
  const child = spawn(program, args, {
    cwd: options.cwd,
    env: options.env ?? process.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    signal: options.signal,
  });
  const timer =
    options.timeoutMs === undefined
      ? undefined
      : setTimeout(() => child.kill('SIGKILL'), options.timeoutMs);
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  const consumed = options.onStdout?.(child.stdout);
  if (!consumed) {
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  }
  const closed = new Promise<Pick<ProgramResult, 'code' | 'signal'>>(
    (resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) =>
        resolve({ code: code ?? undefined, signal: signal ?? undefined }),
      );
    },
  );
  try {
    const [end] = await Promise.all([closed, consumed]);
    return {
      ...end,
      stdout: Buffer.concat(stdout).toString('utf8'),
      stderr: Buffer.concat(stderr).toString('utf8'),
    };
  } finally {
    clearTimeout(timer);
  }
}

/** Whether the PATH leads to a program. */
export async function isOnPath(
  program: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<boolean> {
  const found = await Promise.all(
    (env.PATH ?? '').split(delimiter).map(directory =>
      access(join(directory || '.', program), constants.X_OK).then(
        () => true,
        () => false,
      ),
    ),
  );
  return found.includes(true);
}

/** Whether an error says that a program is not installed. */
export function isProgramMissing(error: unknown): boolean {
  return isError(error) && error.code === 'ENOENT';
}
