import { spawn, type ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readlink, realpath, stat } from 'node:fs/promises';
import { constants } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { CustomErrorBase } from '@backstage/errors';
import { holdScript, STEP_SCRIPT, type SandboxMount } from './holdScript';
import { OutputBudget, OutputLines } from './OutputLines';
import { measureTree } from './ProcessTree';
import {
  DEFAULT_SCRATCH_LIMITS,
  DEFAULT_STEP_LIMITS,
  type ScratchLimits,
  type StepLimits,
} from './StepLimits';

/**
 * A sandbox that this machine does not let us make.
 *
 * @public
 */
export class SandboxUnavailableError extends CustomErrorBase {}

/** @public */
export interface SandboxOptions {
  /** Empty folder for the sandbox's own use. */
  directory: string;
  /** What of the machine is seen, beside `/usr` and the like. */
  mounts?: SandboxMount[];
  /** Leave the machine's network to it; not for steps that run others' code. */
  network?: boolean;
  /**
   * User that steps run as when we are root; by default one that nobody else has, for
   * this sandbox alone.
   */
  user?: number;
  scratch?: ScratchLimits;
}

/** @public */
export interface SandboxCommand {
  program: string;
  args: string[];
  /** Folder in the sandbox; `/scratch/work` by default. */
  cwd?: string;
  /** All of its environment, beside `HOME`, `PATH`, `TMPDIR` and `LANG`. */
  env?: Record<string, string>;
  limits?: Partial<StepLimits>;
  onLine?: (line: string) => void;
  /** Takes standard output as it comes, instead of line by line. */
  onOutput?: (chunk: Buffer) => void;
  signal?: AbortSignal;
}

/**
 * How a command in a sandbox ended. `killed` says which limit it ran into.
 *
 * @public
 */
export interface SandboxExit {
  code: number;
  killed?: string;
  durationMs: number;
}

// Far from any user that a machine has, and from those of containers.
const FIRST_USER = 0x70000000;
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const WATCH_MS = 250;
const SETUP_MS = 10_000;
const FOLDERS = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64'];
const SETTINGS = ['/etc/alternatives', '/etc/ld.so.cache'];
const NETWORK_SETTINGS = [
  '/etc/resolv.conf',
  '/etc/nsswitch.conf',
  '/etc/ssl',
  '/etc/ca-certificates',
  '/etc/pki',
];

/** User that modules are downloaded as when we are root. */
export const MODULES_USER = FIRST_USER;

/**
 * Namespaces in which a build's steps run: a root folder, processes, users, host name and
 * (unless told otherwise) network of their own. They are held by a process of ours and
 * are gone, with all in them, when it is closed or this process ends.
 *
 * @public
 */
export class Sandbox {
  readonly #holder: ChildProcess;
  readonly #pid: number;
  readonly #user: number | undefined;
  readonly #network: boolean;

  /**
   * @throws SandboxUnavailableError when this machine does not allow it; the message says
   * what it said
   */
  static async create(options: SandboxOptions): Promise<Sandbox> {
    const root = join(options.directory, 'root');
    await mkdir(root, { recursive: true });
    const isRoot = process.getuid?.() === 0;
    const user = isRoot ? options.user ?? ownUser() : undefined;
    const network = options.network ?? false;
    const scratch = options.scratch ?? DEFAULT_SCRATCH_LIMITS;
    const system = await systemMounts(network);
    const script = holdScript({
      root,
      mounts: [...system.mounts, ...(options.mounts ?? [])],
      links: system.links,
      files: [
        [
          '/etc/passwd',
          `build:x:${user ?? 0}:${user ?? 0}::/scratch/home:/bin/sh\n`,
        ],
        ['/etc/group', `build:x:${user ?? 0}:\n`],
        ['/etc/hosts', '127.0.0.1 localhost\n::1 localhost\n'],
      ],
      owner: user,
      scratchBytes: scratch.bytes,
      scratchFiles: scratch.files,
      ownNetwork: !network,
    });
    const holder = spawn(
      'unshare',
      [
        ...(isRoot ? [] : ['--user', '--map-root-user']),
        '--mount',
        '--ipc',
        '--uts',
        ...(network ? [] : ['--net']),
        '--pid',
        '--fork',
        '--kill-child',
        'sh',
        '-c',
        script,
      ],
      { stdio: ['pipe', 'pipe', 'pipe'], env: { PATH }, detached: true },
    );
    const pid = await readyPid(holder);
    return new Sandbox(holder, pid, user, network);
  }

  private constructor(
    holder: ChildProcess,
    pid: number,
    user: number | undefined,
    network: boolean,
  ) {
    this.#holder = holder;
    this.#pid = pid;
    this.#user = user;
    this.#network = network;
  }

  /** Where the sandbox's root is seen from outside of it. */
  get outerRoot(): string {
    return `/proc/${this.#pid}/root`;
  }

  /** User that steps run as; undefined when that is we ourselves, without any right. */
  get user(): number | undefined {
    return this.#user;
  }

  /** The command that enters the sandbox's network, and nothing else of it. */
  enterNetwork(): string[] {
    return ['nsenter', ...this.#target(), ...(this.#network ? [] : ['--net'])];
  }

  /**
   * The command that runs another in the sandbox: in processes of its own, without
   * privileges, with limits. Its standard input is told to {@link STEP_SCRIPT}.
   *
   * @param shareNetwork - stay in the network that the caller is in
   */
  enter(
    command: Pick<SandboxCommand, 'program' | 'args' | 'cwd' | 'env'>,
    limits: StepLimits,
    shareNetwork = false,
  ): string[] {
    const environment = {
      HOME: '/scratch/home',
      LANG: 'C.UTF-8',
      PATH,
      TMPDIR: '/tmp',
      ...command.env,
    };
    return [
      'nsenter',
      ...(shareNetwork && this.#user === undefined
        ? [`--target=${this.#pid}`]
        : this.#target()),
      '--mount',
      '--ipc',
      '--uts',
      ...(this.#network || shareNetwork ? [] : ['--net']),
      'unshare',
      '--pid',
      '--fork',
      '--kill-child',
      '--mount-proc',
      'sh',
      '-c',
      STEP_SCRIPT,
      'step',
      command.cwd ?? '/scratch/work',
      'prlimit',
      `--as=${limits.addressSpaceBytes}`,
      `--cpu=${limits.cpuSeconds}`,
      `--nproc=${limits.processes}`,
      `--nofile=${limits.openFiles}`,
      `--fsize=${limits.fileBytes}`,
      '--core=0',
      '--memlock=65536',
      'setpriv',
      ...(this.#user === undefined
        ? []
        : [`--reuid=${this.#user}`, `--regid=${this.#user}`, '--clear-groups']),
      '--bounding-set=-all',
      '--inh-caps=-all',
      '--no-new-privs',
      'env',
      '-i',
      ...Object.entries(environment).map(([name, value]) => `${name}=${value}`),
      command.program,
      ...command.args,
    ];
  }

  /**
   * Runs a command to its end, and to the end of all that it started.
   *
   * @throws the signal's reason when it is aborted
   */
  async run(command: SandboxCommand): Promise<SandboxExit> {
    const limits = { ...DEFAULT_STEP_LIMITS, ...command.limits };
    return superviseStep(this.enter(command, limits), command, limits);
  }

  /** Ends all that runs in the sandbox; what was written in it is gone. */
  async close(): Promise<void> {
    if (this.#holder.exitCode === null && this.#holder.signalCode === null) {
      const exited = once(this.#holder, 'exit');
      this.#holder.kill('SIGKILL');
      await exited;
    }
  }

  #target(): string[] {
    return [
      `--target=${this.#pid}`,
      ...(this.#user === undefined ? ['--user', '--preserve-credentials'] : []),
    ];
  }
}

/**
 * Starts a command that enters a sandbox and sees to it that its limits hold.
 *
 * @internal
 */
export async function superviseStep(
  argv: string[],
  command: Pick<SandboxCommand, 'onLine' | 'onOutput' | 'signal'> & {
    outerEnv?: Record<string, string>;
  },
  limits: StepLimits,
): Promise<SandboxExit> {
  const { signal } = command;
  signal?.throwIfAborted();
  const startedAt = performance.now();
  const child = spawn(argv[0], argv.slice(1), {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: command.outerEnv ?? { PATH },
    detached: true,
  });
  let killed: string | undefined;
  const kill = (reason: string) => {
    killed ??= reason;
    // Its first process goes with it, and all of its processes with that.
    child.kill('SIGKILL');
  };
  const budget = new OutputBudget(limits.keptOutputBytes);
  const onLine = (line: string) => command.onLine?.(line);
  const stdout = new OutputLines({ budget, onLine });
  const stderr = new OutputLines({ budget, onLine });
  let bytes = 0;
  const count = (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > limits.outputBytes) {
      kill(`it printed more than ${limits.outputBytes} bytes`);
    }
  };
  child.stdout.on('data', (chunk: Buffer) => {
    count(chunk);
    if (command.onOutput) {
      command.onOutput(chunk);
    } else {
      stdout.write(chunk);
    }
  });
  child.stderr.on('data', (chunk: Buffer) => {
    count(chunk);
    stderr.write(chunk);
  });
  child.stdin.on('error', () => {});
  const abort = () => kill('it was cancelled');
  signal?.addEventListener('abort', abort);
  const wall = setTimeout(
    () => kill(`it took longer than ${limits.wallMs / 1000} s`),
    limits.wallMs,
  );
  let measuring = false;
  const watch = setInterval(async () => {
    if (measuring || child.pid === undefined) {
      return;
    }
    measuring = true;
    try {
      const usage = await measureTree(child.pid);
      if (usage.memoryBytes > limits.memoryBytes) {
        kill(`it used more than ${limits.memoryBytes} bytes of memory`);
      } else if (usage.cpuSeconds > limits.cpuSeconds) {
        kill(`it used more than ${limits.cpuSeconds} s of processor time`);
      }
    } finally {
      measuring = false;
    }
  }, WATCH_MS);
  try {
    const code = await new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', exitCode => resolve(exitCode ?? 137));
    });
    stdout.end();
    stderr.end();
    signal?.throwIfAborted();
    return {
      code,
      ...(killed === undefined ? {} : { killed }),
      durationMs: Math.round(performance.now() - startedAt),
    };
  } finally {
    clearTimeout(wall);
    clearInterval(watch);
    signal?.removeEventListener('abort', abort);
  }
}

/** For example "exit code 1" or "SIGKILL". */
export function describeSandboxExit({ code }: SandboxExit): string {
  const name = Object.entries(constants.signals).find(
    ([, number]) => number === code - 128,
  )?.[0];
  return name ?? `exit code ${code}`;
}

function ownUser(): number {
  return FIRST_USER + randomInt(1, 0x0f000000);
}

async function systemMounts(network: boolean): Promise<{
  mounts: SandboxMount[];
  links: [path: string, target: string][];
}> {
  const mounts: SandboxMount[] = [];
  const links: [string, string][] = [];
  for (const path of FOLDERS) {
    // On merged systems /bin leads to usr/bin.
    const link = await readlink(path).catch(() => undefined);
    if (link !== undefined) {
      links.push([path, link]);
    } else if (await exists(path)) {
      mounts.push({ source: path, target: path });
    }
  }
  for (const path of [...SETTINGS, ...(network ? NETWORK_SETTINGS : [])]) {
    if (await exists(path)) {
      mounts.push({ source: await realpath(path), target: path });
    }
  }
  return { mounts, links };
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}

async function readyPid(holder: ChildProcess): Promise<number> {
  let said = '';
  holder.stderr?.on('data', chunk => {
    said += chunk;
  });
  holder.stdin?.on('error', () => {});
  const timer = setTimeout(() => holder.kill('SIGKILL'), SETUP_MS);
  try {
    return await new Promise<number>((resolve, reject) => {
      const fail = (why: string) =>
        reject(
          new SandboxUnavailableError(
            `This machine does not let builds be isolated: ${why}`,
          ),
        );
      if (holder.stdout) {
        createInterface({ input: holder.stdout }).on('line', line => {
          const pid = /^ready (\d+)$/.exec(line)?.[1];
          if (pid) {
            resolve(Number(pid));
          }
        });
      }
      holder.once('error', error => fail(error.message));
      holder.once('close', code =>
        fail(said.trim().split('\n')[0] || `unshare ended with code ${code}`),
      );
    });
  } finally {
    clearTimeout(timer);
  }
}
