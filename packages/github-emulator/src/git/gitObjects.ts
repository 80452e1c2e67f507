import { createHash } from 'node:crypto';
import type { Commit, ObjectType, Signature } from './GitRepository';

/** An object as git stores it. */
export interface GitObject {
  type: ObjectType;
  content: Buffer;
}

/** An entry of a tree object. */
export interface RawTreeEntry {
  mode: string;
  name: string;
  sha: string;
}

/** The hash by which git knows an object. */
export function hashObject({ type, content }: GitObject): string {
  return createHash('sha1')
    .update(`${type} ${content.length}\0`)
    .update(content)
    .digest('hex');
}

/** The entries of a tree object. */
export function parseTree(content: Buffer): RawTreeEntry[] {
  const entries: RawTreeEntry[] = [];
  for (let at = 0; at < content.length; ) {
    const end = content.indexOf(0, at);
    const [mode, name] = content.subarray(at, end).toString().split(/ (.*)/s);
    entries.push({
      mode: mode.padStart(6, '0'),
      name,
      sha: content.subarray(end + 1, end + 21).toString('hex'),
    });
    at = end + 21;
  }
  return entries;
}

/** A tree object of entries, which git wants sorted as if folders ended in a slash. */
export function formatTree(entries: RawTreeEntry[]): Buffer {
  const key = ({ mode, name }: RawTreeEntry) =>
    Buffer.from(mode === '040000' ? `${name}/` : name);
  return Buffer.concat(
    [...entries]
      .sort((a, b) => Buffer.compare(key(a), key(b)))
      .flatMap(({ mode, name, sha }) => [
        Buffer.from(`${mode.replace(/^0/, '')} ${name}\0`),
        Buffer.from(sha, 'hex'),
      ]),
  );
}

/** A commit object taken apart. */
export function parseCommit(sha: string, content: Buffer): Commit {
  const text = content.toString();
  const separator = text.indexOf('\n\n');
  const head = text.slice(0, separator).split('\n');
  const values = (name: string) =>
    head
      .filter(line => line.startsWith(`${name} `))
      .map(line => line.slice(name.length + 1));
  return {
    sha,
    tree: values('tree')[0],
    parents: values('parent'),
    author: parseSignature(values('author')[0]),
    committer: parseSignature(values('committer')[0]),
    message: text.slice(separator + 2).replace(/\n$/, ''),
  };
}

/** A commit object. */
export function formatCommit(commit: Omit<Commit, 'sha'>): Buffer {
  return Buffer.from(
    [
      `tree ${commit.tree}`,
      ...commit.parents.map(parent => `parent ${parent}`),
      `author ${formatSignature(commit.author)}`,
      `committer ${formatSignature(commit.committer)}`,
      '',
      commit.message.endsWith('\n') ? commit.message : `${commit.message}\n`,
    ].join('\n'),
  );
}

function parseSignature(text = ''): Signature {
  const found = /^(.*) <(.*)> (\d+)/.exec(text);
  return {
    name: found?.[1] ?? '',
    email: found?.[2] ?? '',
    date: new Date(Number(found?.[3] ?? 0) * 1000)
      .toISOString()
      .replace('.000Z', 'Z'),
  };
}

/** A signature as git stores it. */
export function formatSignature({ name, email, date }: Signature): string {
  const clean = (part: string) => part.replace(/[<>\n]/g, '');
  return `${clean(name)} <${clean(email)}> ${Math.floor(
    Date.parse(date) / 1000,
  )} +0000`;
}
