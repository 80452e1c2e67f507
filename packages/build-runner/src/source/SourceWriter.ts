import { mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { SourceError } from './SourceError';
import type { SourceLimits } from './SourceLimits';

/** What a source consists of. */
export interface SourceSize {
  files: number;
  bytes: number;
}

const CONTROL = /\p{Cc}/u;
const MAX_NAME_BYTES = 255;

/**
 * Writes files and folders into a folder of our own that nobody else writes to, and
 * refuses what does not belong there. It never makes a link, so no path leads out.
 */
export class SourceWriter {
  readonly #directory: string;
  readonly #limits: SourceLimits;
  readonly #seen = new Map<string, 'file' | 'folder'>();
  #files = 0;
  #bytes = 0;

  constructor(directory: string, limits: SourceLimits) {
    this.#directory = directory;
    this.#limits = limits;
  }

  get size(): SourceSize {
    return { files: this.#files, bytes: this.#bytes };
  }

  async addFolder(names: string[]): Promise<void> {
    this.#check(names);
    await this.#makeFolders(names);
  }

  /**
   * @param declaredBytes - what the source says its size is; more or less is refused
   */
  async addFile(
    names: string[],
    executable: boolean,
    declaredBytes: number,
    content: AsyncIterable<Uint8Array>,
  ): Promise<void> {
    const path = this.#check(names);
    this.#checkBytes(path, declaredBytes);
    await this.#makeFolders(names.slice(0, -1));
    this.#remember(path, 'file');
    this.#files += 1;
    const file = await open(
      join(this.#directory, ...names),
      'wx',
      executable ? 0o755 : 0o644,
    );
    let written = 0;
    try {
      for await (const chunk of content) {
        written += chunk.length;
        this.#checkBytes(path, written);
        await file.writeFile(chunk);
      }
    } finally {
      await file.close();
    }
    if (written !== declaredBytes) {
      throw new SourceError(
        `The source says that ${path} has ${declaredBytes} bytes, but it has ${written}`,
      );
    }
    this.#bytes += written;
  }

  #checkBytes(path: string, bytes: number): void {
    if (!Number.isSafeInteger(bytes) || bytes < 0) {
      throw new SourceError(`The size of ${path} is ${bytes}, which is none`);
    }
    if (bytes > this.#limits.fileBytes) {
      throw new SourceError(
        `${path} is larger than the ${
          this.#limits.fileBytes
        } bytes that a file may have`,
      );
    }
    if (this.#bytes + bytes > this.#limits.bytes) {
      throw new SourceError(
        `The source is larger than the ${
          this.#limits.bytes
        } bytes that it may have`,
      );
    }
  }

  #check(names: string[]): string {
    const path = names.join('/');
    const shown = JSON.stringify(path);
    const wrong = names.find(
      name =>
        name === '' ||
        name === '.' ||
        name === '..' ||
        name.includes('\\') ||
        name.includes('/') ||
        CONTROL.test(name) ||
        // What is no UTF-8 was replaced by this.
        name.includes('\ufffd') ||
        Buffer.byteLength(name) > MAX_NAME_BYTES,
    );
    if (wrong !== undefined || names.length === 0) {
      throw new SourceError(
        `The source has an entry ${shown}, whose path is not one of a file below a folder`,
      );
    }
    if (names.length > this.#limits.depth) {
      throw new SourceError(
        `The source has an entry ${shown} more than ${
          this.#limits.depth
        } folders deep`,
      );
    }
    return path;
  }

  #remember(path: string, kind: 'file' | 'folder'): void {
    if (this.#seen.has(path)) {
      throw new SourceError(`The source has ${path} twice`);
    }
    if (this.#seen.size >= this.#limits.entries) {
      throw new SourceError(
        `The source has more than the ${
          this.#limits.entries
        } files and folders that it may have`,
      );
    }
    this.#seen.set(path, kind);
  }

  async #makeFolders(names: string[]): Promise<void> {
    const missing: string[] = [];
    for (let depth = 1; depth <= names.length; depth++) {
      const path = names.slice(0, depth).join('/');
      const kind = this.#seen.get(path);
      if (kind === 'file') {
        throw new SourceError(
          `The source has ${path} as a file and as a folder`,
        );
      }
      if (kind === undefined) {
        this.#remember(path, 'folder');
        missing.push(path);
      }
    }
    for (const path of missing) {
      await mkdir(join(this.#directory, dirname(path)), { recursive: true });
      await mkdir(join(this.#directory, path), { mode: 0o755 });
    }
  }
}
