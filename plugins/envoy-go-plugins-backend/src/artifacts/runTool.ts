import { spawn } from 'node:child_process';
import { constants, setPriority } from 'node:os';

/** Of what a program prints, more is not kept. */
const MAX_OUTPUT_BYTES = 16 * 1024 * 1024;

/** How a program ended, and what it printed. */
export interface ToolResult {
  /** Exit code; `undefined` when a signal ended it. */
  code?: number;
  stdout: string;
  stderr: string;
  /** Whether it was ended because it took too long. */
  timedOut: boolean;
}

export interface RunToolOptions {
  /** All that the program sees of the environment. Secrets go here, never into `args`. */
  env: NodeJS.ProcessEnv;
  cwd?: string;
  timeoutMs: number;
  signal?: AbortSignal;
  /** Whether everything else on the machine comes first. */
  inBackground?: boolean;
}

/**
 * Runs a program without a shell and waits for its end, whatever its exit code. What it has
 * started is ended with it.
 *
 * @throws the error of `spawn` when it cannot be started, or an `AbortError`
 */
export async function runTool(
  program: string,
  args: string[],
  options: RunToolOptions,
): Promise<ToolResult> {
  options.signal?.throwIfAborted();
  const child = spawn(program, args, {
    cwd: options.cwd,
    env: options.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const { pid } = child;
  if (options.inBackground && pid !== undefined) {
    stepBack(pid);
  }
  const kill = () => {
    if (pid === undefined) {
      return;
    }
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // All of it has ended.
    }
  };
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    kill();
  }, options.timeoutMs);
  options.signal?.addEventListener('abort', kill, { once: true });
  process.once('exit', kill);
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  try {
    const code = await new Promise<number | undefined>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', exitCode => resolve(exitCode ?? undefined));
    });
    options.signal?.throwIfAborted();
    return { code, stdout: stdout(), stderr: stderr(), timedOut };
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', kill);
    process.removeListener('exit', kill);
  }
}

function stepBack(pid: number): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_LOW);
  } catch {
    // It has ended already, or the system does not know priorities
  }
}

function collect(stream: NodeJS.ReadableStream): () => string {
  const chunks: Buffer[] = [];
  let bytes = 0;
  stream.on('data', (chunk: Buffer) => {
    if (bytes < MAX_OUTPUT_BYTES) {
      chunks.push(chunk.subarray(0, MAX_OUTPUT_BYTES - bytes));
      bytes += chunk.length;
    }
  });
  return () => Buffer.concat(chunks).toString('utf8');
}
