import { createHash, type Hash } from 'node:crypto';
import { mkdir, open, rm, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Platform } from '../../artifacts';
import { RunnerBreachError } from './RunnerBreachError';

/** A file that a runner has sent. */
export interface ReceivedFile {
  path: string;
  bytes: number;
  /** `sha256:` and hex digits. */
  digest: string;
}

interface OpenFile {
  name: string;
  path: string;
  handle: FileHandle;
  hash: Hash;
  bytes: number;
  maxBytes: number;
}

const LICENCE = 'licence';
const LICENCE_BYTES = 1024 * 1024;
const PATHS: Record<Platform, string> = {
  'linux/amd64': join('linux-amd64', 'library.so'),
  'linux/arm64': join('linux-arm64', 'library.so'),
};

/**
 * The files that a runner sends with a build, a piece at a time. Where they go is decided
 * here: a runner only says which of the few that there may be it means.
 */
export class ReceivedFiles {
  readonly #directory: string;
  readonly #maxBytes: Map<string, { path: string; maxBytes: number }>;
  readonly #done = new Map<string, ReceivedFile>();
  #open: OpenFile | undefined;

  /**
   * @param options - `directory`: that files are put into; `platforms`: those of which
   * there may be a library; `libraryBytes`: how large each may be
   */
  constructor(options: {
    directory: string;
    platforms: readonly Platform[];
    libraryBytes: number;
  }) {
    this.#directory = options.directory;
    this.#maxBytes = new Map([
      ...options.platforms.map(
        platform =>
          [
            platform,
            { path: PATHS[platform], maxBytes: options.libraryBytes },
          ] as const,
      ),
      [LICENCE, { path: 'LICENCE', maxBytes: LICENCE_BYTES }] as const,
    ]);
  }

  /** @throws RunnerBreachError when there is no such file, or it is too large */
  async write(name: string, data: Uint8Array): Promise<void> {
    const file =
      this.#open?.name === name ? this.#open : await this.#begin(name);
    file.bytes += data.length;
    if (file.bytes > file.maxBytes) {
      throw new RunnerBreachError(
        `its file ${name} is larger than ${file.maxBytes} bytes`,
      );
    }
    file.hash.update(data);
    await file.handle.writeFile(data);
  }

  /** Ends the last file. */
  async end(): Promise<void> {
    const file = this.#open;
    if (file) {
      this.#open = undefined;
      await file.handle.close();
      this.#done.set(file.name, {
        path: file.path,
        bytes: file.bytes,
        digest: `sha256:${file.hash.digest('hex')}`,
      });
    }
  }

  library(platform: Platform): ReceivedFile | undefined {
    return this.#done.get(platform);
  }

  get licence(): ReceivedFile | undefined {
    return this.#done.get(LICENCE);
  }

  /** How many have come. */
  get count(): number {
    return this.#done.size;
  }

  /** Removes what has come. */
  async discard(): Promise<void> {
    await this.end();
    await Promise.all(
      [...this.#done.values()].map(({ path }) => rm(path, { force: true })),
    );
    this.#done.clear();
  }

  async #begin(name: string): Promise<OpenFile> {
    await this.end();
    const known = this.#maxBytes.get(name);
    if (!known || this.#done.has(name)) {
      throw new RunnerBreachError(
        `it sent a file ${JSON.stringify(name.slice(0, 200))} ${
          known ? 'twice' : 'that nobody asked for'
        }`,
      );
    }
    const path = join(this.#directory, known.path);
    await mkdir(dirname(path), { recursive: true });
    this.#open = {
      name,
      path,
      maxBytes: known.maxBytes,
      handle: await open(path, 'wx', 0o644),
      hash: createHash('sha256'),
      bytes: 0,
    };
    return this.#open;
  }
}
