import { InputError } from '@backstage/errors';
import { Emulator } from '../Emulator';
import { formatSignature } from '../git/gitObjects';
import { isRepositoryPath } from '../git/names';
import { timestamp } from '../server/clock';
import { Account } from '../state/accountRecords';
import { detectLanguages, licenseFile, licenseOf } from '../state/contentFacts';
import { PlantedRefs, Repository } from '../state/repositoryRecords';

const DAY = 24 * 3600 * 1000;

/** Something that is the same for all repositories, or different for each (counted from 0). */
export type ForEach<T> = T | ((at: number) => T);

/** A release to be planted. */
export interface PlantedRelease {
  tag: string;
  name?: string;
  notes?: string;
  prerelease?: boolean;
  /** How many days ago it was published. */
  daysAgo: number;
}

/** Many repositories at once. */
export interface PlantOptions {
  /** The login of their owner. */
  owner: string;
  /** The login of whoever wrote the commits and releases. */
  author: string;
  count: number;
  /** `plugin-00000` and on unless given. */
  name?: (at: number) => string;
  description?: ForEach<string>;
  topics?: ForEach<string[]>;
  visibility?: ForEach<'public' | 'private'>;
  /** Contents of files by their paths. */
  files: ForEach<Record<string, string>>;
  /** Each gets a commit and a tag; oldest first. */
  releases?: ForEach<PlantedRelease[]>;
  /** Logins of those who starred it. */
  stars?: ForEach<string[]>;
}

function forEach<T>(value: ForEach<T>, at: number): T {
  return value instanceof Function ? value(at) : value;
}

/** One repository of many, before its commits are known. */
interface Planting {
  at: number;
  files: Record<string, string>;
  releases: PlantedRelease[];
  /** The marks of its commits: one for each release, or a single one. */
  marks: number[];
}

/** How many are written by one git process: what it reads is in memory at once. */
const BATCH = 1000;

/**
 * Makes many repositories in seconds: their content goes into git in bulk and is shared, none has a folder of its own until
 * somebody clones it, pushes to it, or changes it in a way that only git can. They have no labels, and nobody is told of them.
 *
 * @throws InputError when an account is not there, or a path cannot be one
 */
export async function plantRepositories(
  emulator: Emulator,
  options: PlantOptions,
): Promise<Repository[]> {
  const owner = requireAccount(emulator, options.owner);
  const author = requireAccount(emulator, options.author);
  const planted: Repository[] = [];
  for (let from = 0; from < options.count; from += BATCH) {
    const size = Math.min(BATCH, options.count - from);
    const batch = Array.from({ length: size }, (_, at) =>
      describe(options, from + at),
    );
    const shas = await emulator.git.shared.import(
      importStream(emulator, author, batch),
    );
    for (const planting of batch) {
      planted.push(
        plantOne(emulator, options, { owner, author }, planting, shas),
      );
    }
    await emulator.store.saved();
  }
  return planted;
}

function requireAccount(emulator: Emulator, login: string): Account {
  const account = emulator.accounts.find(login);
  if (!account) {
    throw new InputError(`There is no account ${login} to plant for`);
  }
  return account;
}

function describe(options: PlantOptions, at: number): Planting {
  const releases = [...forEach(options.releases ?? [], at)].sort(
    (a, b) => b.daysAgo - a.daysAgo,
  );
  return { at, files: forEach(options.files, at), releases, marks: [] };
}

function daysAgo(emulator: Emulator, days: number): string {
  return timestamp(new Date(emulator.clock().getTime() - days * DAY));
}

/** What `git fast-import` reads (man git-fast-import). */
function importStream(
  emulator: Emulator,
  author: Account,
  batch: Planting[],
): Buffer {
  const parts: Buffer[] = [];
  const data = (content: string) => {
    const bytes = Buffer.from(content);
    parts.push(Buffer.from(`data ${bytes.length}\n`), bytes, Buffer.from('\n'));
  };
  let mark = 0;
  for (const planting of batch) {
    const times =
      planting.releases.length > 0
        ? planting.releases.map(release => release.daysAgo)
        : [1];
    parts.push(Buffer.from('reset refs/heads/planting\n\n'));
    for (const [at, days] of times.entries()) {
      mark += 1;
      planting.marks.push(mark);
      const who = formatSignature({
        name: author.name ?? author.login,
        email: author.email ?? `${author.login}@users.noreply.github.com`,
        date: daysAgo(emulator, days),
      });
      parts.push(
        Buffer.from(
          `commit refs/heads/planting\nmark :${mark}\nauthor ${who}\ncommitter ${who}\n`,
        ),
      );
      const release = planting.releases[at];
      data(release ? `Release ${release.tag}\n` : 'Begin\n');
      if (at > 0) {
        parts.push(Buffer.from(`from :${mark - 1}\n\n`));
        continue;
      }
      for (const [file, content] of Object.entries(planting.files)) {
        if (!isRepositoryPath(file) || file === '') {
          throw new InputError(
            `${JSON.stringify(file)} cannot be the path of a file`,
          );
        }
        parts.push(Buffer.from(`M 100644 inline ${JSON.stringify(file)}\n`));
        data(content);
      }
      parts.push(Buffer.from('\n'));
    }
  }
  return Buffer.concat(parts);
}

function plantOne(
  emulator: Emulator,
  options: PlantOptions,
  people: { owner: Account; author: Account },
  planting: Planting,
  shas: Map<number, string>,
): Repository {
  const { at, files, releases, marks } = planting;
  const entries = Object.entries(files).map(([path, content]) => ({
    mode: '100644',
    type: 'blob' as const,
    sha: '',
    size: Buffer.byteLength(content),
    path,
  }));
  const license = licenseFile(entries);
  const refs: PlantedRefs['refs'] = {};
  const point = (name: string, mark: number) => {
    const sha = shas.get(mark) ?? '';
    refs[name] = { sha, type: 'commit', commit: sha };
  };
  point('refs/heads/main', marks[marks.length - 1]);
  releases.forEach((release, index) =>
    point(`refs/tags/${release.tag}`, marks[index]),
  );
  const newest = releases.at(-1)?.daysAgo ?? 1;
  const repository = emulator.repositories.plant({
    owner: people.owner,
    name: options.name?.(at) ?? `plugin-${String(at).padStart(5, '0')}`,
    description: forEach(options.description, at),
    topics: forEach(options.topics ?? [], at),
    visibility: forEach(options.visibility ?? 'public', at),
    languages: detectLanguages(entries),
    license: license && licenseOf(files[license.path]),
    size: Math.ceil(entries.reduce((sum, { size }) => sum + size, 0) / 1024),
    createdAt: daysAgo(emulator, (releases[0]?.daysAgo ?? 1) + 1),
    pushedAt: daysAgo(emulator, newest),
    refs,
  });
  if (people.author.id !== people.owner.id) {
    emulator.repositories.setCollaborator(
      repository,
      people.author.id,
      'admin',
    );
  }
  for (const release of releases) {
    emulator.releases.plant(repository, {
      tagName: release.tag,
      name: release.name ?? release.tag,
      body: release.notes,
      prerelease: release.prerelease,
      authorId: people.author.id,
      createdAt: daysAgo(emulator, release.daysAgo),
    });
  }
  forEach(options.stars ?? [], at).forEach((login, index) =>
    emulator.repositories.star(
      repository,
      requireAccount(emulator, login).id,
      daysAgo(emulator, index + 1),
    ),
  );
  return repository;
}
