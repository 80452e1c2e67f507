import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import path from 'node:path';
import { endWithUs } from './endWithUs.ts';

/** A program that one of our commands started and has to stop. */
export interface RunningProcess {
  name: string;
  /** Resolves when it has ended, however it ended, and all it printed is in its log. */
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** The last lines it printed, oldest first. */
  lastLines(): string[];
  /** Ends it and everything it started: SIGTERM, and SIGKILL after five seconds. */
  stop(): Promise<void>;
}

export interface ProcessOptions {
  name: string;
  command: string;
  args: string[];
  cwd: string;
  env: NodeJS.ProcessEnv;
  /** Everything it prints goes here. */
  logFile: string;
  /** Called for each line it prints. */
  onLine?: (line: string) => void;
}

const KEPT_LINES = 40;
const STOP_GRACE_MS = 5_000;
const running = new Set<ChildProcess>();

function signalGroup(child: ChildProcess, signal: NodeJS.Signals) {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    // ESRCH: the whole group has ended already.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

// Whatever ends us, what we started ends too: here at once, and by endWithUs where we are
// killed and this is not called.
process.on('exit', () => {
  for (const child of running) signalGroup(child, 'SIGKILL');
});

/** Starts a program in a process group of its own, so that it can be stopped as a whole. */
export function startProcess(options: ProcessOptions): RunningProcess {
  mkdirSync(path.dirname(options.logFile), { recursive: true });
  const log = createWriteStream(options.logFile);
  const child = spawn(options.command, options.args, {
    cwd: options.cwd,
    env: options.env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  const release = child.pid === undefined ? () => {} : endWithUs(child.pid);
  const lines: string[] = [];
  let rest = '';
  const read = (chunk: Buffer) => {
    log.write(chunk);
    const parts = (rest + chunk.toString()).split('\n');
    rest = parts.pop() ?? '';
    for (const line of parts) {
      lines.push(line);
      if (lines.length > KEPT_LINES) lines.shift();
      options.onLine?.(line);
    }
  };
  child.stdout.on('data', read);
  child.stderr.on('data', read);
  const ended = new Promise<{
    code: number | null;
    signal: NodeJS.Signals | null;
  }>(resolve => {
    child.on('error', error => {
      lines.push(error.message);
      resolve({ code: 127, signal: null });
    });
    child.on('close', (code, signal) => resolve({ code, signal }));
  }).finally(async () => {
    signalGroup(child, 'SIGKILL');
    release();
    running.delete(child);
    await new Promise<void>(written => log.end(() => written()));
  });
  return {
    name: options.name,
    ended,
    lastLines: () => (rest ? [...lines, rest] : [...lines]),
    async stop() {
      signalGroup(child, 'SIGTERM');
      const timer = setTimeout(
        () => signalGroup(child, 'SIGKILL'),
        STOP_GRACE_MS,
      );
      await ended;
      clearTimeout(timer);
    },
  };
}
