import { ConflictError, InputError } from '@backstage/errors';
import { ChildProcessWithoutNullStreams } from 'node:child_process';
import { promises as fs } from 'node:fs';
import path from 'node:path';
import { randomUUID } from 'node:crypto';
import { parseCommit } from './gitObjects';
import { PlantedGit } from './PlantedGit';
import { FULL_SHA, isRefName, isRepositoryPath } from './names';
import { GitCommandError, runGit, spawnGit } from './runGit';

const NO_OBJECT = '0'.repeat(40);

const FOLDER_MODE = '040000';

const CONFIGURATION = `[http]
	receivepack = true
[receive]
	hideRefs = refs/pull
[uploadpack]
	allowFilter = true
	allowReachableSHA1InWant = true
[gc]
	auto = 0
`;

/** Git commands that only read objects by their hashes, and can do that where many repositories share them. */
const READS_OBJECTS = new Set([
  'cat-file',
  'diff-tree',
  'log',
  'ls-tree',
  'merge-base',
  'rev-list',
  'rev-parse',
]);

/** Folders that are being made. */
const materializing = new Map<string, Promise<void>>();

/** Kinds of git objects. */
export type ObjectType = 'commit' | 'tree' | 'blob' | 'tag';

/** Who wrote or committed something, and when (ISO 8601). */
export interface Signature {
  name: string;
  email: string;
  date: string;
}

/** A commit as git stores it. */
export interface Commit {
  sha: string;
  tree: string;
  parents: string[];
  author: Signature;
  committer: Signature;
  message: string;
}

/** An entry of a tree. `size` is in bytes and only there for blobs. */
export interface TreeEntry {
  mode: string;
  type: ObjectType;
  sha: string;
  size?: number;
  path: string;
}

/** A ref and what it points at; `commit` is what an annotated tag leads to. */
export interface Ref {
  name: string;
  type: ObjectType;
  sha: string;
  commit: string;
}

/** A file that differs between two commits. */
export interface FileChange {
  path: string;
  previousPath?: string;
  status: 'added' | 'removed' | 'modified' | 'renamed';
  sha: string;
  additions: number;
  deletions: number;
}

/** The paths that a commit changed. */
export interface PathChanges {
  added: string[];
  removed: string[];
  modified: string[];
}

/** A change to one file of a commit to be made. Without content the file is removed. */
export interface FileEdit {
  path: string;
  content?: Buffer;
  /** 100644 unless said otherwise. */
  mode?: string;
}

/** What a commit to be made is like. */
export interface NewCommit {
  branch: string;
  /** The commit that the branch must have; undefined when the branch must not exist yet. */
  parent?: string;
  edits: FileEdit[];
  message: string;
  author: Signature;
  committer: Signature;
}

/** One bare repository on disk. Everything is asked of git itself. */
export class GitRepository {
  readonly directory: string;

  readonly #planted?: PlantedGit;

  /** @param planted - where its content is while it has no folder of its own */
  constructor(directory: string, planted?: PlantedGit) {
    this.directory = directory;
    this.#planted = planted;
  }

  /** Where its content is; undefined when that is in its folder. */
  get #withoutFolder(): PlantedGit | undefined {
    return this.#planted?.isPlanted ? this.#planted : undefined;
  }

  /** Gives it a folder of its own when it has none; all that writes into the folder, or runs git there, does that first. */
  async materialize(): Promise<void> {
    if (!this.#withoutFolder) {
      return;
    }
    const running =
      materializing.get(this.directory) ??
      this.#withoutFolder.materialize(this.directory, CONFIGURATION);
    materializing.set(this.directory, running);
    try {
      await running;
    } finally {
      materializing.delete(this.directory);
    }
  }

  /** Creates an empty repository. */
  async initialize(defaultBranch: string): Promise<void> {
    if (!isRefName(defaultBranch)) {
      throw new InputError(`${defaultBranch} cannot be the name of a branch`);
    }
    // What a process that died left under an id that nobody knows of.
    await this.delete();
    await runGit([
      'init',
      '--quiet',
      '--bare',
      '--template=',
      `--initial-branch=${defaultBranch}`,
      this.directory,
    ]);
    await fs.appendFile(path.join(this.directory, 'config'), CONFIGURATION);
  }

  async delete(): Promise<void> {
    this.#withoutFolder?.delete();
    await fs.rm(this.directory, { recursive: true, force: true });
  }

  /** Copies everything of another repository into this one. */
  async copyFrom(source: GitRepository): Promise<void> {
    await source.materialize();
    await this.#git([
      'fetch',
      '--quiet',
      source.directory,
      '+refs/heads/*:refs/heads/*',
      '+refs/tags/*:refs/tags/*',
    ]);
  }

  /** Makes a commit of another repository known here under a ref. */
  async fetchCommit(
    source: GitRepository,
    sha: string,
    ref: string,
  ): Promise<void> {
    await source.materialize();
    if (source.directory === this.directory) {
      await this.#git(['update-ref', ref, sha]);
      return;
    }
    await this.#git([
      'fetch',
      '--quiet',
      '--no-tags',
      source.directory,
      `+${sha}:${ref}`,
    ]);
  }

  async setHead(branch: string): Promise<void> {
    if (this.#withoutFolder) {
      this.#withoutFolder.setHead(branch);
      return;
    }
    await this.#git(['symbolic-ref', 'HEAD', `refs/heads/${branch}`]);
  }

  /**
   * The commit that a name stands for: a branch, a tag, `heads/…`, `tags/…`, `HEAD` or the hash of a commit, whole or abbreviated.
   */
  async resolveCommit(name: string): Promise<string | undefined> {
    return await this.resolveObject(name, 'commit');
  }

  /** Like {@link GitRepository.resolveCommit} for any type of object. */
  async resolveObject(
    name: string,
    type: ObjectType,
  ): Promise<string | undefined> {
    if (name !== 'HEAD' && !isRefName(name)) {
      return undefined;
    }
    const candidates = [
      `refs/heads/${name}`,
      `refs/tags/${name}`,
      `refs/${name.replace(/^refs\//, '')}`,
    ];
    if (name === 'HEAD' || /^[0-9a-f]{4,40}$/.test(name)) {
      candidates.unshift(name);
    }
    const planted = this.#withoutFolder;
    if (planted) {
      const found = candidates
        .map(one => (FULL_SHA.test(one) ? one : planted.find(one)))
        .find(one => one !== undefined);
      const object = found && (await planted.shared.read(found));
      if (!found || !object || object.type === type) {
        return object ? found : undefined;
      }
      candidates.splice(0, candidates.length, found);
    }
    const answers = (
      await this.#git(
        ['cat-file', '--batch-check'],
        candidates.map(candidate => `${candidate}^{${type}}\n`).join(''),
      )
    )
      .toString()
      .split('\n')
      .map(line => line.split(' '));
    return answers.find(answer => answer[1] === type)?.[0];
  }

  /** Type and size in bytes of an object. */
  async describeObject(
    sha: string,
  ): Promise<{ type: ObjectType; size: number } | undefined> {
    if (!FULL_SHA.test(sha)) {
      return undefined;
    }
    const planted = this.#withoutFolder;
    if (planted) {
      const object = await planted.shared.read(sha);
      return object && { type: object.type, size: object.content.length };
    }
    const answer = (
      await this.#git(['cat-file', '--batch-check'], `${sha}\n`)
    ).toString();
    const [, type, size] = answer.trim().split(' ');
    return isObjectType(type) ? { type, size: Number(size) } : undefined;
  }

  /** An object with its content. */
  async readObject(
    sha: string,
  ): Promise<{ type: ObjectType; content: Buffer } | undefined> {
    if (!FULL_SHA.test(sha)) {
      return undefined;
    }
    const planted = this.#withoutFolder;
    if (planted) {
      return await planted.shared.read(sha);
    }
    const answer = await this.#git(['cat-file', '--batch'], `${sha}\n`);
    const end = answer.indexOf('\n');
    const [, type, size] = answer.subarray(0, end).toString().split(' ');
    return isObjectType(type)
      ? { type, content: answer.subarray(end + 1, end + 1 + Number(size)) }
      : undefined;
  }

  /** What is at a path of a commit or tree. */
  async entryAt(
    treeish: string,
    filePath: string,
  ): Promise<TreeEntry | undefined> {
    if (!isRepositoryPath(filePath) || !FULL_SHA.test(treeish)) {
      return undefined;
    }
    const planted = this.#withoutFolder;
    if (planted) {
      return await planted.entryAt(treeish, filePath);
    }
    if (filePath === '') {
      const sha = await this.#revParse(`${treeish}^{tree}`);
      return sha ? { mode: '040000', type: 'tree', sha, path: '' } : undefined;
    }
    const entries = await this.#lsTree([treeish, '--', filePath]);
    return entries.find(entry => entry.path === filePath);
  }

  /** The entries of a tree or of a commit's root; `recursive` lists what is in folders too. */
  async listTree(
    treeish: string,
    options: { recursive?: boolean } = {},
  ): Promise<TreeEntry[]> {
    const planted = this.#withoutFolder;
    if (planted && FULL_SHA.test(treeish)) {
      return await planted.listTree(treeish, options);
    }
    return await this.#lsTree([
      ...(options.recursive ? ['-r', '-t'] : []),
      treeish,
    ]);
  }

  async readBlob(sha: string): Promise<Buffer> {
    const planted = this.#withoutFolder;
    if (planted) {
      return (await planted.shared.require(sha)).content;
    }
    return await this.#git(['cat-file', 'blob', sha]);
  }

  /** All refs below a prefix such as `refs/heads/`, in their natural order. */
  async listRefs(prefix: string): Promise<Ref[]> {
    const planted = this.#withoutFolder;
    if (planted) {
      return planted.listRefs(prefix);
    }
    const output = await this.#git([
      'for-each-ref',
      '--format=%(refname)%00%(objecttype)%00%(objectname)%00%(*objectname)',
      prefix,
    ]);
    return output
      .toString()
      .split('\n')
      .filter(line => line !== '')
      .map(line => {
        const [name, type, sha, peeled] = line.split('\0');
        if (!isObjectType(type)) {
          throw new ConflictError(`${name} points at a ${type}`);
        }
        return { name, type, sha, commit: peeled || sha };
      });
  }

  async findRef(name: string): Promise<Ref | undefined> {
    if (!isRefName(name)) {
      return undefined;
    }
    return (await this.listRefs(name)).find(ref => ref.name === name);
  }

  /** Commits that lead to `from`, newest first. */
  async log(
    from: string,
    options: {
      skip?: number;
      limit?: number;
      path?: string;
      since?: string;
      until?: string;
      author?: string;
      excluding?: string | string[];
    } = {},
  ): Promise<Commit[]> {
    const { skip = 0, limit, excluding, ...others } = options;
    const planted = this.#withoutFolder;
    if (planted && Object.values(others).every(one => one === undefined)) {
      const commits = await planted.history(from, [excluding ?? []].flat());
      return commits.slice(
        skip,
        limit === undefined ? undefined : skip + limit,
      );
    }
    const args = [
      'log',
      '-z',
      '--format=%H%x00%T%x00%P%x00%an%x00%ae%x00%aI%x00%cn%x00%ce%x00%cI%x00%B',
    ];
    if (options.skip) {
      args.push(`--skip=${options.skip}`);
    }
    if (options.limit !== undefined) {
      args.push(`--max-count=${options.limit}`);
    }
    if (options.since) {
      args.push(`--since=${options.since}`);
    }
    if (options.until) {
      args.push(`--until=${options.until}`);
    }
    if (options.author) {
      args.push('--fixed-strings', `--author=${options.author}`);
    }
    args.push(from);
    args.push(...[options.excluding ?? []].flat().map(sha => `^${sha}`));
    args.push('--');
    if (options.path) {
      args.push(options.path);
    }
    return parseLog((await this.#git(args)).toString());
  }

  async countCommits(from: string, excluding?: string): Promise<number> {
    const args = ['rev-list', '--count', from];
    if (excluding) {
      args.push(`^${excluding}`);
    }
    return Number((await this.#git(args)).toString().trim());
  }

  async readCommit(sha: string): Promise<Commit> {
    const planted = this.#withoutFolder;
    if (planted) {
      const object = await planted.shared.require(sha);
      return parseCommit(sha, object.content);
    }
    const [commit] = await this.log(sha, { limit: 1 });
    return commit;
  }

  /** When each of some commits was made. */
  async commitDates(commits: string[]): Promise<Map<string, string>> {
    if (commits.length === 0) {
      return new Map();
    }
    if (this.#withoutFolder) {
      const dates = new Map<string, string>();
      for (const sha of commits) {
        dates.set(sha, (await this.readCommit(sha)).committer.date);
      }
      return dates;
    }
    const output = await this.#git(
      ['log', '--no-walk=unsorted', '--format=%H %cI', '--stdin'],
      commits.map(sha => `${sha}\n`).join(''),
    );
    const lines = output.toString().split('\n').filter(Boolean);
    return new Map(
      lines.map(line => [line.slice(0, 40), line.slice(41)] as const),
    );
  }

  /** The files that differ between two commits, or between a first commit and nothing. */
  async diff(from: string | undefined, to: string): Promise<FileChange[]> {
    const range = from ? [from, to] : ['--root', to];
    const raw = await this.#git([
      'diff-tree',
      '-r',
      '-z',
      '-M',
      '--no-commit-id',
      '--raw',
      ...range,
    ]);
    const numbers = await this.#git([
      'diff-tree',
      '-r',
      '-z',
      '-M',
      '--no-commit-id',
      '--numstat',
      ...range,
    ]);
    return parseDiff(raw.toString(), numbers.toString());
  }

  /** The paths that each of some commits added, removed and modified, beside what merges brought in. */
  async changedPaths(commits: string[]): Promise<Map<string, PathChanges>> {
    if (commits.length === 0) {
      return new Map();
    }
    const planted = this.#withoutFolder;
    if (planted) {
      const changes = new Map<string, PathChanges>();
      for (const sha of commits) {
        changes.set(sha, await planted.changedPaths(sha));
      }
      return changes;
    }
    const output = await this.#git(
      ['diff-tree', '--stdin', '-r', '-z', '--root', '--name-status'],
      commits.map(sha => `${sha}\n`).join(''),
    );
    return parsePathChanges(output.toString());
  }

  async mergeBase(a: string, b: string): Promise<string | undefined> {
    return await this.#maybe(['merge-base', a, b]);
  }

  async isAncestor(ancestor: string, descendant: string): Promise<boolean> {
    const planted = this.#withoutFolder;
    const commits = [];
    for (const sha of planted ? [ancestor, descendant] : []) {
      commits.push(await this.resolveObject(sha, 'commit'));
    }
    const [before, after] = commits;
    if (planted && before && after) {
      return await planted.isAncestor(before, after);
    }
    return (
      (await this.#maybe([
        'merge-base',
        '--is-ancestor',
        ancestor,
        descendant,
      ])) !== undefined
    );
  }

  /** The tree that merging two commits gives; undefined when they conflict. */
  async mergeTree(ours: string, theirs: string): Promise<string | undefined> {
    return await this.#maybe(['merge-tree', '--write-tree', ours, theirs]);
  }

  async writeBlob(content: Buffer): Promise<string> {
    return (await this.#git(['hash-object', '-w', '--stdin'], content))
      .toString()
      .trim();
  }

  /** Writes a tree that is `base` with some entries replaced, or removed when they have no sha. */
  async writeTree(
    base: string | undefined,
    entries: Array<{ path: string; mode: string; sha?: string }>,
  ): Promise<string> {
    await this.materialize();
    const index = path.join(this.directory, `index-${randomUUID()}`);
    const environment = { GIT_INDEX_FILE: index };
    const git = (args: string[], input?: string) =>
      runGit(args, { repository: this.directory, input, environment });
    try {
      if (base) {
        await git(['read-tree', base]);
      }
      for (const { path: place } of entries) {
        if (!isRepositoryPath(place) || place === '') {
          throw new InputError(
            `${JSON.stringify(place)} cannot be the path of a file`,
          );
        }
      }
      const isFolder = (entry: { mode: string; sha?: string }) =>
        entry.mode === FOLDER_MODE && entry.sha !== undefined;
      // An index knows no folders: what was there goes, what is to be there is read in.
      for (const folder of entries.filter(isFolder)) {
        await git([
          'rm',
          '-r',
          '--cached',
          '--quiet',
          '--ignore-unmatch',
          '--',
          folder.path,
        ]);
        await git([
          'read-tree',
          '-i',
          `--prefix=${folder.path}/`,
          folder.sha ?? '',
        ]);
      }
      const lines = entries
        .filter(entry => !isFolder(entry))
        .map(entry =>
          entry.sha
            ? `${entry.mode} ${entry.sha}\t${entry.path}\0`
            : `0 ${NO_OBJECT}\t${entry.path}\0`,
        );
      await git(['update-index', '-z', '--index-info'], lines.join(''));
      return (await git(['write-tree'])).toString().trim();
    } finally {
      await fs.rm(index, { force: true });
    }
  }

  async writeCommit(commit: {
    tree: string;
    parents: string[];
    message: string;
    author: Signature;
    committer: Signature;
  }): Promise<string> {
    await this.materialize();
    const output = await runGit(
      [
        'commit-tree',
        commit.tree,
        ...commit.parents.flatMap(parent => ['-p', parent]),
      ],
      {
        repository: this.directory,
        input: commit.message,
        environment: {
          GIT_AUTHOR_NAME: commit.author.name,
          GIT_AUTHOR_EMAIL: commit.author.email,
          GIT_AUTHOR_DATE: commit.author.date,
          GIT_COMMITTER_NAME: commit.committer.name,
          GIT_COMMITTER_EMAIL: commit.committer.email,
          GIT_COMMITTER_DATE: commit.committer.date,
        },
      },
    );
    return output.toString().trim();
  }

  /** Writes an annotated tag object and returns its hash; no ref points at it yet. */
  async writeTag(tag: {
    name: string;
    object: string;
    type: ObjectType;
    message: string;
    tagger: Signature;
  }): Promise<string> {
    const seconds = Math.floor(Date.parse(tag.tagger.date) / 1000);
    const lines = [
      `object ${tag.object}`,
      `type ${tag.type}`,
      `tag ${tag.name}`,
      `tagger ${tag.tagger.name} <${tag.tagger.email}> ${seconds} +0000`,
      '',
      tag.message,
    ];
    return (await this.#git(['mktag'], `${lines.join('\n')}\n`))
      .toString()
      .trim();
  }

  /** The content of an annotated tag. */
  async readTag(
    sha: string,
  ): Promise<{ name: string; message: string; tagger: Signature }> {
    const text = (await this.#git(['cat-file', 'tag', sha])).toString();
    const separator = text.indexOf('\n\n');
    const head = text.slice(0, separator).split('\n');
    const field = (name: string) =>
      head.find(line => line.startsWith(`${name} `))?.slice(name.length + 1) ??
      '';
    const tagger = /^(.*) <(.*)> (\d+)/.exec(field('tagger'));
    return {
      name: field('tag'),
      message: text.slice(separator + 2),
      tagger: {
        name: tagger?.[1] ?? '',
        email: tagger?.[2] ?? '',
        date: new Date(Number(tagger?.[3] ?? 0) * 1000).toISOString(),
      },
    };
  }

  /**
   * Moves a ref.
   *
   * @param before - what it must point at; undefined when it must not be there yet
   * @throws ConflictError when it points at something else by now
   */
  async updateRef(
    name: string,
    sha: string,
    before: string | undefined,
  ): Promise<void> {
    const planted = this.#withoutFolder;
    if (planted) {
      await planted.updateRef(name, sha, before);
      return;
    }
    try {
      await this.#git(['update-ref', name, sha, before ?? NO_OBJECT]);
    } catch (error) {
      if (error instanceof GitCommandError) {
        throw new ConflictError(`${name} could not be moved: ${error.message}`);
      }
      throw error;
    }
  }

  async deleteRef(name: string): Promise<void> {
    if (this.#withoutFolder) {
      this.#withoutFolder.deleteRef(name);
      return;
    }
    await this.#git(['update-ref', '-d', name]);
  }

  /** Commits edits on top of a branch and moves the branch. */
  async commit(commit: NewCommit): Promise<string> {
    const planted = this.#withoutFolder;
    if (planted) {
      const written = await planted.shared.writeCommit(commit);
      await this.updateRef(
        `refs/heads/${commit.branch}`,
        written,
        commit.parent,
      );
      return written;
    }
    const entries = [];
    for (const edit of commit.edits) {
      entries.push({
        path: edit.path,
        mode: edit.mode ?? '100644',
        sha: edit.content ? await this.writeBlob(edit.content) : undefined,
      });
    }
    const tree = await this.writeTree(commit.parent, entries);
    const sha = await this.writeCommit({
      tree,
      parents: commit.parent ? [commit.parent] : [],
      message: commit.message,
      author: commit.author,
      committer: commit.committer,
    });
    await this.updateRef(`refs/heads/${commit.branch}`, sha, commit.parent);
    return sha;
  }

  /** Starts writing an archive of a commit to its standard output. */
  archive(
    sha: string,
    format: 'tar.gz' | 'zip',
    prefix: string,
  ): ChildProcessWithoutNullStreams {
    return spawnGit(
      ['archive', `--format=${format}`, `--prefix=${prefix}/`, sha],
      { repository: this.#withoutFolder?.shared.directory ?? this.directory },
    );
  }

  /** Size of all objects in kB. */
  async size(): Promise<number> {
    if (this.#withoutFolder) {
      return this.#withoutFolder.size;
    }
    const lines = (await this.#git(['count-objects', '-v'])).toString();
    const number = (key: string) =>
      Number(new RegExp(`^${key}: (\\d+)$`, 'm').exec(lines)?.[1] ?? 0);
    return number('size') + number('size-pack');
  }

  async #revParse(revision: string): Promise<string | undefined> {
    return await this.#maybe([
      'rev-parse',
      '--verify',
      '--quiet',
      '--end-of-options',
      revision,
    ]);
  }

  async #lsTree(args: string[]): Promise<TreeEntry[]> {
    const output = (await this.#git(['ls-tree', '-z', '-l', ...args]))
      .toString()
      .split('\0');
    output.pop();
    return output.map(line => {
      const tab = line.indexOf('\t');
      const [mode, type, sha, size] = line.slice(0, tab).split(/ +/);
      if (!isObjectType(type)) {
        throw new ConflictError(`A tree holds a ${type}`);
      }
      return {
        mode,
        type,
        sha,
        size: size === '-' ? undefined : Number(size),
        path: line.slice(tab + 1),
      };
    });
  }

  async #git(args: string[], input?: Buffer | string): Promise<Buffer> {
    const planted = this.#withoutFolder;
    if (planted && READS_OBJECTS.has(args[0])) {
      return await runGit(args, {
        repository: planted.shared.directory,
        input,
      });
    }
    await this.materialize();
    return await runGit(args, { repository: this.directory, input });
  }

  /** What git printed (first line), or undefined when it said no. */
  async #maybe(args: string[]): Promise<string | undefined> {
    try {
      return (await this.#git(args)).toString().split('\n')[0];
    } catch (error) {
      if (error instanceof GitCommandError) {
        return undefined;
      }
      throw error;
    }
  }
}

function isObjectType(text: string | undefined): text is ObjectType {
  return ['commit', 'tree', 'blob', 'tag'].includes(text ?? '');
}

function parseLog(output: string): Commit[] {
  if (output === '') {
    return [];
  }
  const fields = output.split('\0');
  const commits: Commit[] = [];
  for (let at = 0; at + 10 <= fields.length; at += 10) {
    const [sha, tree, parents, an, ae, ad, cn, ce, cd, message] = fields.slice(
      at,
      at + 10,
    );
    commits.push({
      sha,
      tree,
      parents: parents === '' ? [] : parents.split(' '),
      author: { name: an, email: ae, date: toUtc(ad) },
      committer: { name: cn, email: ce, date: toUtc(cd) },
      message: message.replace(/\n$/, ''),
    });
  }
  return commits;
}

function toUtc(date: string): string {
  return new Date(date).toISOString().replace('.000Z', 'Z');
}

function parseDiff(raw: string, numbers: string): FileChange[] {
  const counts = new Map<string, { additions: number; deletions: number }>();
  const numberFields = numbers.split('\0');
  for (let at = 0; at < numberFields.length - 1; ) {
    const [added, deleted, name] = numberFields[at].split('\t');
    const renamed = name === '';
    const file = renamed ? numberFields[at + 2] : name;
    counts.set(file, {
      additions: Number(added) || 0,
      deletions: Number(deleted) || 0,
    });
    at += renamed ? 3 : 1;
  }
  const changes: FileChange[] = [];
  const rawFields = raw.split('\0');
  for (let at = 0; at < rawFields.length - 1; ) {
    const [, , before, after, letter] = rawFields[at].split(' ');
    const renamed = letter.startsWith('R') || letter.startsWith('C');
    const file = rawFields[at + (renamed ? 2 : 1)];
    const status = { A: 'added', D: 'removed', R: 'renamed' } as const;
    const [first] = letter;
    changes.push({
      path: file,
      previousPath: renamed ? rawFields[at + 1] : undefined,
      status:
        first === 'A' || first === 'D' || first === 'R'
          ? status[first]
          : 'modified',
      sha: letter === 'D' ? before : after,
      ...(counts.get(file) ?? { additions: 0, deletions: 0 }),
    });
    at += renamed ? 3 : 2;
  }
  return changes;
}

/** Reads what `git diff-tree --stdin -z --name-status` prints: a commit, then pairs of a letter and a path. */
function parsePathChanges(output: string): Map<string, PathChanges> {
  const changes = new Map<string, PathChanges>();
  let current: PathChanges | undefined;
  const fields = output.split('\0');
  for (let at = 0; at < fields.length - 1; at += 1) {
    const field = fields[at].replace(/^\n/, '');
    if (FULL_SHA.test(field)) {
      current = { added: [], removed: [], modified: [] };
      changes.set(field, current);
      continue;
    }
    at += 1;
    const lists = { A: current?.added, D: current?.removed };
    const list =
      field === 'A' || field === 'D' ? lists[field] : current?.modified;
    list?.push(fields[at]);
  }
  return changes;
}
