import { ConflictError } from '@backstage/errors';
import { ChildProcessWithoutNullStreams } from 'node:child_process';
import { promises as fs } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { deflate } from 'node:zlib';
import type { FileEdit, NewCommit } from './GitRepository';
import {
  formatCommit,
  formatTree,
  GitObject,
  hashObject,
  parseCommit,
  parseTree,
  RawTreeEntry,
} from './gitObjects';
import { runGit, spawnGit } from './runGit';

const compress = promisify(deflate);

/** How many bytes of objects are kept in memory. */
const CACHED_BYTES = 32 * 1024 * 1024;

const FOLDER_MODE = '040000';

interface Waiting {
  resolve(object: GitObject | undefined): void;
  reject(error: Error): void;
}

/**
 * One bare git repository whose objects many repositories share that have no folder of their own. Objects are read by one
 * git process that stays, and written here, so that a thousand small changes need no thousand processes.
 */
export class SharedObjects {
  readonly directory: string;
  readonly #cache = new Map<string, GitObject>();
  #cachedBytes = 0;
  #reader?: ChildProcessWithoutNullStreams;
  #waiting: Waiting[] = [];
  #received: Buffer = Buffer.alloc(0);

  constructor(directory: string) {
    this.directory = directory;
  }

  /** Makes it when it is not there. */
  async prepare(): Promise<void> {
    await runGit(['init', '--quiet', '--bare', '--template=', this.directory]);
  }

  /**
   * Writes objects in bulk.
   *
   * @param stream - what `git fast-import` reads; it writes the marks it wants to know of
   * @returns the hash of each mark
   */
  async import(stream: Buffer): Promise<Map<number, string>> {
    await this.prepare();
    const marks = path.join(this.directory, 'planting-marks');
    await runGit(
      ['fast-import', '--quiet', '--force', `--export-marks=${marks}`],
      { repository: this.directory, input: stream },
    );
    const lines = (await fs.readFile(marks, 'utf8')).split('\n');
    await fs.rm(marks, { force: true });
    return new Map(
      lines
        .filter(Boolean)
        .map(line => [
          Number(line.slice(1, line.indexOf(' '))),
          line.slice(-40),
        ]),
    );
  }

  /** An object by its hash. */
  async read(sha: string): Promise<GitObject | undefined> {
    const known = this.#cache.get(sha);
    if (known) {
      this.#cache.delete(sha);
      this.#cache.set(sha, known);
      return known;
    }
    const object = await new Promise<GitObject | undefined>(
      (resolve, reject) => {
        this.#waiting.push({ resolve, reject });
        this.#process().stdin.write(`${sha}\n`);
      },
    );
    if (object) {
      this.#keep(sha, object);
    }
    return object;
  }

  /** @throws ConflictError when it is not there */
  async require(sha: string): Promise<GitObject> {
    const object = await this.read(sha);
    if (!object) {
      throw new ConflictError(`There is no git object ${sha}`);
    }
    return object;
  }

  /** Writes an object and returns its hash. */
  async write(object: GitObject): Promise<string> {
    const sha = hashObject(object);
    const folder = path.join(this.directory, 'objects', sha.slice(0, 2));
    const file = path.join(folder, sha.slice(2));
    await fs.mkdir(folder, { recursive: true });
    const temporary = `${file}.${process.pid}.tmp`;
    await fs.writeFile(
      temporary,
      await compress(
        Buffer.concat([
          Buffer.from(`${object.type} ${object.content.length}\0`),
          object.content,
        ]),
      ),
    );
    await fs.rename(temporary, file);
    this.#keep(sha, object);
    return sha;
  }

  /** Writes a commit with some files changed, and returns its hash; no ref points at it yet. */
  async writeCommit(commit: NewCommit): Promise<string> {
    const parent = commit.parent
      ? parseCommit(commit.parent, (await this.require(commit.parent)).content)
      : undefined;
    const tree = await this.#editTree(parent?.tree, commit.edits);
    return await this.write({
      type: 'commit',
      content: formatCommit({
        tree:
          tree ?? (await this.write({ type: 'tree', content: formatTree([]) })),
        parents: commit.parent ? [commit.parent] : [],
        author: commit.author,
        committer: commit.committer,
        message: commit.message,
      }),
    });
  }

  /** The hash of a tree with some files changed; undefined when nothing is left in it. */
  async #editTree(
    base: string | undefined,
    edits: FileEdit[],
  ): Promise<string | undefined> {
    const entries = new Map<string, RawTreeEntry>(
      (base ? parseTree((await this.require(base)).content) : []).map(entry => [
        entry.name,
        entry,
      ]),
    );
    const below = new Map<string, FileEdit[]>();
    for (const edit of edits) {
      const [name, rest] = edit.path.split(/\/(.*)/s);
      if (rest) {
        below.set(name, [...(below.get(name) ?? []), { ...edit, path: rest }]);
      } else if (edit.content) {
        const sha = await this.write({ type: 'blob', content: edit.content });
        entries.set(name, { name, sha, mode: edit.mode ?? '100644' });
      } else {
        entries.delete(name);
      }
    }
    for (const [name, inside] of below) {
      const before = entries.get(name);
      const sha = await this.#editTree(
        before?.mode === FOLDER_MODE ? before.sha : undefined,
        inside,
      );
      if (sha) {
        entries.set(name, { name, sha, mode: FOLDER_MODE });
      } else {
        entries.delete(name);
      }
    }
    return entries.size > 0
      ? await this.write({
          type: 'tree',
          content: formatTree([...entries.values()]),
        })
      : undefined;
  }

  /** Ends the process that reads. */
  close(): void {
    this.#reader?.stdin.end();
    this.#reader = undefined;
  }

  #keep(sha: string, object: GitObject): void {
    this.#cachedBytes += this.#cache.has(sha) ? 0 : object.content.length;
    this.#cache.set(sha, object);
    for (const [old, { content }] of this.#cache) {
      if (this.#cachedBytes <= CACHED_BYTES || old === sha) {
        break;
      }
      this.#cache.delete(old);
      this.#cachedBytes -= content.length;
    }
  }

  #process(): ChildProcessWithoutNullStreams {
    if (!this.#reader) {
      const reader = spawnGit(['cat-file', '--batch'], {
        repository: this.directory,
      });
      const fail = (error: Error) => {
        if (this.#reader === reader) {
          this.#reader = undefined;
        }
        this.#waiting.splice(0).forEach(({ reject }) => reject(error));
      };
      reader.on('error', fail);
      reader.on('close', () =>
        fail(new ConflictError('git cat-file ended before it answered')),
      );
      reader.stdin.on('error', () => {});
      reader.stdout.on('data', (chunk: Buffer) => {
        this.#received =
          this.#received.length > 0
            ? Buffer.concat([this.#received, chunk])
            : chunk;
        this.#take();
      });
      this.#received = Buffer.alloc(0);
      this.#reader = reader;
    }
    return this.#reader;
  }

  /** Hands on the answers that have arrived whole. */
  #take(): void {
    for (;;) {
      const end = this.#received.indexOf('\n');
      if (end < 0) {
        return;
      }
      const [, type, length] = this.#received
        .subarray(0, end)
        .toString()
        .split(' ');
      const size = Number(length);
      const isObject =
        type === 'commit' ||
        type === 'tree' ||
        type === 'blob' ||
        type === 'tag';
      if (isObject && this.#received.length < end + size + 2) {
        return;
      }
      const content = this.#received.subarray(end + 1, end + 1 + size);
      this.#waiting
        .shift()
        ?.resolve(
          isObject ? { type, content: Buffer.from(content) } : undefined,
        );
      this.#received = this.#received.subarray(
        isObject ? end + size + 2 : end + 1,
      );
    }
  }
}
