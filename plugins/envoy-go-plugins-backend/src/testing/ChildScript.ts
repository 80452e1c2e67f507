import { type ChildProcess, spawn } from 'node:child_process';
import { on, once } from 'node:events';

/** A script in TypeScript that runs in a process of its own, and may be killed. */
export class ChildScript {
  readonly #file: string;
  readonly #env: Record<string, string>;
  #child: ChildProcess | undefined;

  /** @param env - what it is told, besides our own environment */
  constructor(file: string, env: Record<string, string>) {
    this.#file = file;
    this.#env = env;
  }

  get isRunning(): boolean {
    return this.#child?.exitCode === null && this.#child.signalCode === null;
  }

  /** Starts it and waits until it says `ready`. */
  async start(): Promise<void> {
    const child = spawn(
      process.execPath,
      [
        '--no-node-snapshot',
        '--require',
        require.resolve('@backstage/cli/config/nodeTransform.cjs'),
        this.#file,
      ],
      {
        env: { ...process.env, ...this.#env },
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      },
    );
    this.#child = child;
    await this.#ready(child);
  }

  /** Sends a message and waits until it says `ready` again. */
  async ask(message: string): Promise<void> {
    if (!this.#child) {
      throw new Error('It is not running');
    }
    const ready = this.#ready(this.#child);
    this.#child.send(message);
    await ready;
  }

  /** Sends a message and waits until it has ended. */
  async tell(message: string): Promise<void> {
    const child = this.#child;
    if (child?.exitCode === null && child.connected) {
      const ended = once(child, 'exit');
      child.send(message);
      await ended;
    }
  }

  /** Ends it as nobody can prepare for. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child && this.isRunning) {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    }
  }

  async #ready(child: ChildProcess): Promise<void> {
    const ended = new AbortController();
    // After what it said before it ended, which its end may overtake
    child.once('disconnect', () => ended.abort());
    // The loader of TypeScript has messages of its own
    try {
      for await (const [message] of on(child, 'message', {
        signal: ended.signal,
      })) {
        if (message === 'ready') {
          return;
        }
      }
    } catch (error) {
      throw ended.signal.aborted
        ? new Error(`${this.#file} ended before it said that it was ready`)
        : error;
    }
  }
}
