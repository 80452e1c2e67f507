import { ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** One run of a program. */
export class GoProcess {
  /** Resolves with everything it printed. */
  readonly ended: Promise<string>;
  #printed = '';

  constructor(private readonly child: ChildProcess) {
    child.stdout?.on('data', data => {
      this.#printed += data;
    });
    this.ended = new Promise(resolve =>
      child.once('close', () => resolve(this.#printed)),
    );
  }

  get printed(): string {
    return this.#printed;
  }

  get exitCode(): number | null {
    return this.child.exitCode;
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }

  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.ended;
  }
}

/** A program in Go that a suite of tests builds once. */
export class GoProgram {
  readonly #running = new Set<GoProcess>();

  private constructor(
    private readonly folder: string,
    private readonly binary: string,
  ) {}

  /** @param folder - where its main package is, within its module */
  static async build(folder: string): Promise<GoProgram> {
    const out = await mkdtemp(join(tmpdir(), 'plugin-rpc-go-'));
    const binary = join(out, 'program');
    await promisify(execFile)('go', ['build', '-o', binary, '.'], {
      cwd: folder,
    });
    return new GoProgram(out, binary);
  }

  start(args: string[], env: Record<string, string> = {}): GoProcess {
    const started = new GoProcess(
      spawn(this.binary, args, {
        env: { ...process.env, ...env },
        stdio: ['pipe', 'pipe', 'inherit'],
      }),
    );
    this.#running.add(started);
    return started;
  }

  async stopAll(): Promise<void> {
    await Promise.all([...this.#running].map(started => started.kill()));
    this.#running.clear();
  }

  async remove(): Promise<void> {
    await this.stopAll();
    await rm(this.folder, { recursive: true });
  }
}
