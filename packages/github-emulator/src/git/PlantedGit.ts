import { ConflictError } from '@backstage/errors';
import { promises as fs } from 'node:fs';
import path from 'node:path';
import type { PlantedRefs } from '../state/repositoryRecords';
import type { Commit, PathChanges, Ref, TreeEntry } from './GitRepository';
import { parseCommit, parseTree } from './gitObjects';
import { SharedObjects } from './SharedObjects';

const FOLDER_MODE = '040000';

/** The record of a repository that has no folder of its own yet. */
export interface PlantedRecord {
  /** Undefined once it has a folder. */
  get(): PlantedRefs | undefined;
  put(record: PlantedRefs): void;
  delete(): void;
}

/** A git repository without a folder: its branches and tags are in the records, its objects are shared with others. */
export class PlantedGit {
  readonly shared: SharedObjects;
  readonly #record: PlantedRecord;

  constructor(options: { shared: SharedObjects; record: PlantedRecord }) {
    this.shared = options.shared;
    this.#record = options.record;
  }

  /** Whether it has no folder of its own yet. */
  get isPlanted(): boolean {
    return this.#record.get() !== undefined;
  }

  /** In kB, as when it was planted. */
  get size(): number {
    return this.#require().size;
  }

  delete(): void {
    this.#record.delete();
  }

  setHead(branch: string): void {
    this.#record.put({ ...this.#require(), head: branch });
  }

  listRefs(prefix: string): Ref[] {
    return Object.entries(this.#require().refs)
      .filter(
        ([name]) =>
          name === prefix ||
          name.startsWith(prefix.endsWith('/') ? prefix : `${prefix}/`),
      )
      .map(([name, ref]) => ({ name, ...ref }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** The hash that a name (`HEAD`, `refs/heads/main`) stands for. */
  find(name: string): string | undefined {
    const { head, refs } = this.#require();
    return refs[name === 'HEAD' ? `refs/heads/${head}` : name]?.sha;
  }

  async updateRef(
    name: string,
    sha: string,
    before: string | undefined,
  ): Promise<void> {
    const object = await this.shared.require(sha);
    const record = this.#require();
    if (record.refs[name]?.sha !== before) {
      throw new ConflictError(
        `${name} could not be moved: it is at ${record.refs[name]?.sha} by now`,
      );
    }
    const commit =
      object.type === 'tag'
        ? /^object (\w+)/.exec(object.content.toString())?.[1] ?? sha
        : sha;
    this.#record.put({
      ...record,
      refs: { ...record.refs, [name]: { sha, type: object.type, commit } },
    });
  }

  deleteRef(name: string): void {
    const record = this.#require();
    const { [name]: _, ...refs } = record.refs;
    this.#record.put({ ...record, refs });
  }

  /** What is at a path of a commit or tree. */
  async entryAt(
    treeish: string,
    filePath: string,
  ): Promise<TreeEntry | undefined> {
    let sha = await this.#treeOf(treeish);
    let mode = FOLDER_MODE;
    for (const name of filePath === '' ? [] : filePath.split('/')) {
      const object = sha && (await this.shared.read(sha));
      const entry =
        object && object.type === 'tree'
          ? parseTree(object.content).find(one => one.name === name)
          : undefined;
      if (!entry) {
        return undefined;
      }
      ({ sha, mode } = entry);
    }
    const found = sha && (await this.shared.read(sha));
    return found
      ? {
          mode,
          type: found.type,
          sha: String(sha),
          path: filePath,
          ...(found.type === 'blob' && { size: found.content.length }),
        }
      : undefined;
  }

  async listTree(
    treeish: string,
    options: { recursive?: boolean },
  ): Promise<TreeEntry[]> {
    const tree = await this.#treeOf(treeish);
    return tree ? await this.#entries(tree, '', options) : [];
  }

  async #entries(
    tree: string,
    prefix: string,
    options: { recursive?: boolean },
  ): Promise<TreeEntry[]> {
    const list: TreeEntry[] = [];
    for (const entry of parseTree((await this.shared.require(tree)).content)) {
      const { type, content } = await this.shared.require(entry.sha);
      list.push({
        mode: entry.mode,
        type,
        sha: entry.sha,
        path: `${prefix}${entry.name}`,
        ...(type === 'blob' && { size: content.length }),
      });
      if (type === 'tree' && options.recursive) {
        list.push(
          ...(await this.#entries(
            entry.sha,
            `${prefix}${entry.name}/`,
            options,
          )),
        );
      }
    }
    return list;
  }

  /** Commits that lead to one and not to others, newest first. */
  async history(from: string, excluding: string[]): Promise<Commit[]> {
    const excluded = new Set<string>();
    await this.#walk(excluding, excluded);
    const found = await this.#walk([from], excluded);
    return found.sort((a, b) =>
      b.committer.date.localeCompare(a.committer.date),
    );
  }

  async isAncestor(ancestor: string, descendant: string): Promise<boolean> {
    const seen = new Set<string>();
    await this.#walk([descendant], seen);
    return seen.has(ancestor);
  }

  /** Follows parents, nearest first, past none that was seen; all that it comes by is seen then. */
  async #walk(from: string[], seen: Set<string>): Promise<Commit[]> {
    const found: Commit[] = [];
    const waiting = [...from];
    for (let sha = waiting.shift(); sha; sha = waiting.shift()) {
      const object = seen.has(sha) ? undefined : await this.shared.read(sha);
      seen.add(sha);
      if (object?.type === 'commit') {
        const commit = parseCommit(sha, object.content);
        found.push(commit);
        waiting.push(...commit.parents);
      }
    }
    return found;
  }

  /** The paths that a commit changed; none for a merge. */
  async changedPaths(sha: string): Promise<PathChanges> {
    const changes: PathChanges = { added: [], removed: [], modified: [] };
    const { content } = await this.shared.require(sha);
    const { tree, parents } = parseCommit(sha, content);
    if (parents.length < 2) {
      const before = parents[0] && (await this.#treeOf(parents[0]));
      await this.#compare(before, tree, '', changes);
    }
    return changes;
  }

  async #compare(
    before: string | undefined,
    after: string | undefined,
    prefix: string,
    changes: PathChanges,
  ): Promise<void> {
    const entries = async (tree: string | undefined) =>
      new Map(
        (tree ? parseTree((await this.shared.require(tree)).content) : []).map(
          entry => [entry.name, entry],
        ),
      );
    const [old, now] = [await entries(before), await entries(after)];
    for (const name of new Set([...old.keys(), ...now.keys()])) {
      const [a, b] = [old.get(name), now.get(name)];
      const file = `${prefix}${name}`;
      const folders = [a, b].map(one =>
        one?.mode === FOLDER_MODE ? one.sha : undefined,
      );
      if (a?.sha === b?.sha && a?.mode === b?.mode) {
        continue;
      }
      if (folders.some(Boolean)) {
        await this.#compare(folders[0], folders[1], `${file}/`, changes);
      }
      const wasFile = a && !folders[0];
      const isFile = b && !folders[1];
      if (wasFile && isFile) {
        changes.modified.push(file);
      } else if (isFile) {
        changes.added.push(file);
      } else if (wasFile) {
        changes.removed.push(file);
      }
    }
  }

  async #treeOf(treeish: string): Promise<string | undefined> {
    const object = await this.shared.read(treeish);
    return object?.type === 'commit'
      ? parseCommit(treeish, object.content).tree
      : treeish;
  }

  /** Gives it a folder of its own, in which git finds the shared objects. */
  async materialize(directory: string, configuration: string): Promise<void> {
    const { head } = this.#require();
    const refs = this.listRefs('refs/');
    const temporary = `${directory}.planting`;
    await fs.rm(temporary, { recursive: true, force: true });
    await fs.rm(directory, { recursive: true, force: true });
    await fs.mkdir(path.join(temporary, 'objects', 'info'), {
      recursive: true,
    });
    await fs.mkdir(path.join(temporary, 'refs'));
    const lines = refs.flatMap(({ name, sha, commit }) => [
      `${sha} ${name}`,
      ...(commit === sha ? [] : [`^${commit}`]),
    ]);
    const write = (file: string, text: string) =>
      fs.writeFile(path.join(temporary, file), text);
    await Promise.all([
      write('HEAD', `ref: refs/heads/${head}\n`),
      write(
        'config',
        `[core]\n\trepositoryformatversion = 0\n\tbare = true\n${configuration}`,
      ),
      write(
        'packed-refs',
        `# pack-refs with: peeled fully-peeled sorted \n${lines
          .map(line => `${line}\n`)
          .join('')}`,
      ),
      write(
        path.join('objects', 'info', 'alternates'),
        `${path.resolve(this.shared.directory, 'objects')}\n`,
      ),
    ]);
    await fs.rename(temporary, directory);
    this.#record.delete();
  }

  #require(): PlantedRefs {
    const record = this.#record.get();
    if (!record) {
      throw new ConflictError('The repository has a folder of its own by now');
    }
    return record;
  }
}
