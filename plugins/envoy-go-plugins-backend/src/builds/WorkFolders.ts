import { mkdir, mkdtemp, readdir, rm, stat, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { isError } from '@backstage/errors';

/** A folder whose worker gave no sign for so long is abandoned, in milliseconds. */
const ABANDONED_MS = 60 * 60_000;

/**
 * Where workers have what they work at: below one directory a folder per worker, in that
 * one per build. What workers leave behind that were killed is removed by the next that
 * starts.
 */
export class WorkFolders {
  readonly #directory: string;
  readonly #host = hostname().replace(/[^\w.-]/g, '');
  readonly #now: () => Date;
  #own: Promise<string> | undefined;

  constructor(options: { directory: string; now: () => Date }) {
    this.#directory = options.directory;
    this.#now = options.now;
  }

  /** A new one, for nobody else to read; it is its user's to remove. */
  async make(): Promise<string> {
    return mkdtemp(join(await this.#ownFolder(), 'build-'));
  }

  async remove(folder: string): Promise<void> {
    await rm(folder, { recursive: true, force: true });
  }

  /** Says that this worker is still there. */
  async touch(): Promise<void> {
    if (this.#own) {
      const now = this.#now();
      await utimes(await this.#own, now, now);
    }
  }

  /** Removes what workers left that are not there any more. */
  async sweep(): Promise<void> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    for (const name of await readdir(this.#directory)) {
      if (/^worker-/.test(name) && (await this.#isAbandoned(name))) {
        await this.remove(join(this.#directory, name));
      }
    }
  }

  /** Removes all that is left of this one. */
  async close(): Promise<void> {
    if (this.#own) {
      await this.remove(await this.#own);
      this.#own = undefined;
    }
  }

  async #ownFolder(): Promise<string> {
    this.#own ??= mkdir(this.#directory, { recursive: true, mode: 0o700 }).then(
      () =>
        mkdtemp(join(this.#directory, `worker-${this.#host}-${process.pid}-`)),
    );
    return this.#own;
  }

  async #isAbandoned(name: string): Promise<boolean> {
    const prefix = `worker-${this.#host}-`;
    const pid = name.startsWith(prefix)
      ? Number(/^\d+(?=-)/.exec(name.slice(prefix.length))?.[0])
      : NaN;
    if (pid > 0 && pid !== process.pid && !isRunning(pid)) {
      return true;
    }
    // Its process id may be another's by now, or that of another machine
    try {
      const { mtimeMs } = await stat(join(this.#directory, name));
      return mtimeMs < this.#now().getTime() - ABANDONED_MS;
    } catch (error) {
      if (isError(error) && error.code === 'ENOENT') {
        return false;
      }
      throw error;
    }
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return isError(error) && error.code === 'EPERM';
  }
}
