import { InputError } from '@backstage/errors';
import { promises as fs } from 'node:fs';
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { Emulator } from '../Emulator';
import { GitRepository, Signature } from '../git/GitRepository';
import { runGit } from '../git/runGit';
import { timestamp } from '../server/clock';
import { licenseText } from '../licenses/licenseText';
import { Account } from '../state/accountRecords';
import { teamSlug } from '../state/Accounts';
import { licenseFile } from '../state/contentFacts';
import { PERMISSION_NAMES, Repository } from '../state/repositoryRecords';
import {
  Seed,
  SeedIssue,
  SeedOrganization,
  SeedRelease,
  SeedRepository,
} from './Seed';

const DAY = 24 * 3600 * 1000;

const PORTAL_SCOPES = [
  'repo',
  'workflow',
  'admin:org',
  'admin:org_hook',
  'user',
  'delete_repo',
  'gist',
  'notifications',
];

/** Files that come with a repository's second commit, so that its releases differ. */
const ADDED_LATER = ['.github', 'Dockerfile'];

/** What is left out of a repository even when its own .gitignore forgets it. */
const NEVER_COMMITTED = ['build/', 'node_modules/', '.git', '.DS_Store'];

/** Fills an empty emulator. */
export async function plantSeed(emulator: Emulator, seed: Seed): Promise<void> {
  for (const account of seed.accounts) {
    emulator.accounts.create({ ...account, type: 'User' });
  }
  for (const organization of seed.organizations ?? []) {
    plantOrganization(emulator, organization);
  }
  for (const repository of seed.repositories ?? []) {
    await plantRepository(emulator, repository);
  }
}

/** Makes the tokens and applications of a seed known; what they may do follows the seed at every start. */
export function applyCredentials(emulator: Emulator, seed: Seed): void {
  for (const application of seed.applications ?? []) {
    emulator.oauth.register({ expiringTokens: false, ...application });
  }
  for (const { installations = [], ...app } of seed.apps ?? []) {
    const isNew = !emulator.apps.find(app.slug);
    const registered = emulator.apps.register(app);
    for (const { account, repositories } of isNew ? installations : []) {
      emulator.apps.install(registered, requireAccount(emulator, account), {
        repositories: repositories?.map(name =>
          requireRepository(emulator, account, name),
        ),
      });
    }
  }
  for (const { token, account, scopes } of seed.tokens ?? []) {
    emulator.oauth.setToken(
      token,
      requireAccount(emulator, account).id,
      scopes ?? PORTAL_SCOPES,
    );
  }
}

function requireAccount(emulator: Emulator, login: string): Account {
  const account = emulator.accounts.find(login);
  if (!account) {
    throw new InputError(
      `The seed speaks of ${login}, but declares no such account or organization`,
    );
  }
  return account;
}

function requireRepository(
  emulator: Emulator,
  owner: string,
  name: string,
): Repository {
  const repository = emulator.repositories.find(owner, name);
  if (!repository) {
    throw new InputError(
      `An app of the seed is installed on ${owner}/${name}, which is not there`,
    );
  }
  return repository;
}

function plantOrganization(emulator: Emulator, seed: SeedOrganization): void {
  const { owners, members = [], teams = [], ...facts } = seed;
  const organization = emulator.accounts.create({
    type: 'Organization',
    ...facts,
  });
  for (const login of members) {
    const { id } = requireAccount(emulator, login);
    emulator.accounts.setMembership(organization.id, id, 'member');
  }
  for (const login of owners) {
    const { id } = requireAccount(emulator, login);
    emulator.accounts.setMembership(organization.id, id, 'admin');
  }
  for (const { members: inTeam, parent, ...team } of teams) {
    const above = parent
      ? emulator.accounts.findTeam(organization.id, teamSlug(parent))
      : undefined;
    const planted = emulator.accounts.createTeam(organization.id, {
      ...team,
      parentId: above?.id,
    });
    for (const login of inTeam) {
      emulator.accounts.setTeamMembership(
        planted,
        requireAccount(emulator, login).id,
        'member',
      );
    }
  }
}

async function plantRepository(
  emulator: Emulator,
  seed: SeedRepository,
): Promise<void> {
  const owner = requireAccount(emulator, seed.owner);
  const author = requireAccount(emulator, seed.author);
  const releases = [...(seed.releases ?? [])].sort(
    (a, b) => b.daysAgo - a.daysAgo,
  );
  const ago = (days: number) =>
    timestamp(new Date(emulator.clock().getTime() - days * DAY));
  const createdAt = ago(
    seed.daysAgo ?? Math.max(1, ...releases.map(one => one.daysAgo + 1)),
  );
  const repository = await emulator.repositories.create({
    owner,
    name: seed.name,
    description: seed.description,
    homepage: seed.homepage,
    visibility: seed.visibility,
    topics: seed.topics,
    createdAt,
  });
  for (const [team, permission] of Object.entries(seed.teams ?? {})) {
    const found = emulator.accounts.findTeam(owner.id, teamSlug(team));
    if (!found) {
      throw new InputError(
        `${seed.owner}/${seed.name} of the seed speaks of the team ${team}, which ${seed.owner} does not have`,
      );
    }
    emulator.repositories.setTeamPermission(
      repository,
      found.id,
      PERMISSION_NAMES[permission],
    );
  }
  if (author.id !== owner.id) {
    emulator.repositories.setCollaborator(repository, author.id, 'admin');
  }
  const sign = (date: string): Signature => ({
    name: author.name ?? author.login,
    email: author.email ?? `${author.login}@users.noreply.github.com`,
    date,
  });
  await plantContent(emulator, repository, seed, releases, sign, ago);
  const pushes = [...releases, ...(seed.pullRequests ?? [])].map(
    one => one.daysAgo ?? 1,
  );
  const lastChange = pushes.length > 0 ? Math.min(...pushes) : 1;
  await emulator.repositories.notePush(repository, {
    pushedAt: ago(lastChange),
  });
  (seed.stars ?? []).forEach((login, at) =>
    emulator.repositories.star(
      repository,
      requireAccount(emulator, login).id,
      ago(at + 1),
    ),
  );
  for (const release of releases) {
    await emulator.releases.create(repository, {
      tagName: release.tag,
      name: release.name ?? release.tag,
      body: release.notes,
      prerelease: release.prerelease,
      authorId: author.id,
      createdAt: ago(release.daysAgo),
    });
  }
  for (const issue of seed.issues ?? []) {
    const opened = emulator.discussions.open(
      repository,
      newIssue(emulator, issue, ago),
    );
    discuss(emulator, repository, opened.id, issue, ago);
  }
  await plantPullRequests(emulator, repository, seed, ago);
}

/** The commits on the default branch, each release's tag on one of its own. */
async function plantContent(
  emulator: Emulator,
  repository: Repository,
  seed: SeedRepository,
  releases: SeedRelease[],
  sign: (date: string) => Signature,
  ago: (days: number) => string,
): Promise<void> {
  const git = emulator.repositories.git(repository);
  const written = await writeContent(git, seed);
  if (!written) {
    return;
  }
  const tree = await withLicense(git, written, seed);
  const begin = await git.writeTree(
    tree,
    (await git.listTree(tree, { recursive: true }))
      .filter(
        entry =>
          entry.type === 'blob' &&
          ADDED_LATER.some(
            name => entry.path === name || entry.path.startsWith(`${name}/`),
          ),
      )
      .map(entry => ({ path: entry.path, mode: entry.mode })),
  );
  const branch = `refs/heads/${repository.defaultBranch}`;
  let parent: string | undefined;
  const commit = async (content: string, message: string, date: string) => {
    const sha: string = await git.writeCommit({
      tree: content,
      parents: parent ? [parent] : [],
      message,
      author: sign(date),
      committer: sign(date),
    });
    await git.updateRef(branch, sha, parent);
    parent = sha;
    return sha;
  };
  const first = releases[0];
  const begun = ago(first?.daysAgo ?? 1);
  let head = await commit(
    first ? begin : tree,
    `Add ${seed.name}\n\n${seed.description ?? ''}`.trim(),
    begun,
  );
  for (const [at, release] of releases.entries()) {
    if (at > 0) {
      head = await commit(tree, `Release ${release.tag}`, ago(release.daysAgo));
    }
    await git.updateRef(`refs/tags/${release.tag}`, head, undefined);
  }
  if (releases.length === 1) {
    await commit(tree, 'Add the workflow and the image', begun);
  }
}

/** Writes a repository's files as a tree and returns it; undefined when there are none. */
async function writeContent(
  git: GitRepository,
  seed: SeedRepository,
): Promise<string | undefined> {
  if (!seed.directory) {
    const files = Object.entries(seed.files ?? {});
    return files.length > 0
      ? await git.writeTree(undefined, await writeFiles(git, files))
      : undefined;
  }
  const index = path.join(git.directory, `index-${randomUUID()}`);
  const exclude = path.join(git.directory, 'info', 'exclude');
  await fs.mkdir(path.dirname(exclude), { recursive: true });
  await fs.writeFile(exclude, `${NEVER_COMMITTED.join('\n')}\n`);
  const environment = { GIT_INDEX_FILE: index };
  try {
    await runGit(['--work-tree', seed.directory, 'add', '--all', '--', '.'], {
      repository: git.directory,
      environment,
    });
    const tree = (
      await runGit(['write-tree'], { repository: git.directory, environment })
    )
      .toString()
      .trim();
    return (await git.listTree(tree)).length > 0 ? tree : undefined;
  } finally {
    await fs.rm(index, { force: true });
    await fs.rm(exclude, { force: true });
  }
}

/** The tree with the text of the licence that the repository is to have. */
async function withLicense(
  git: GitRepository,
  tree: string,
  { licenseTemplate }: SeedRepository,
): Promise<string> {
  if (
    licenseTemplate === undefined ||
    licenseFile(await git.listTree(tree)) !== undefined
  ) {
    return tree;
  }
  const text = await licenseText(licenseTemplate);
  return git.writeTree(tree, await writeFiles(git, [['LICENSE', text]]));
}

async function writeFiles(git: GitRepository, files: Array<[string, string]>) {
  const entries = [];
  for (const [file, content] of files) {
    entries.push({
      path: file,
      mode: '100644',
      sha: await git.writeBlob(Buffer.from(content)),
    });
  }
  return entries;
}

function newIssue(
  emulator: Emulator,
  issue: SeedIssue,
  ago: (days: number) => string,
) {
  return {
    title: issue.title,
    body: issue.body,
    authorId: requireAccount(emulator, issue.author).id,
    labels: issue.labels,
    assigneeIds: (issue.assignees ?? []).map(
      login => requireAccount(emulator, login).id,
    ),
    createdAt: ago(issue.daysAgo ?? 1),
  };
}

function discuss(
  emulator: Emulator,
  repository: Repository,
  issueId: number,
  seed: SeedIssue,
  ago: (days: number) => string,
): void {
  const issue = emulator.store.collections.issues.get(issueId);
  if (!issue) {
    return;
  }
  for (const comment of seed.comments ?? []) {
    emulator.discussions.comment(issue, {
      authorId: requireAccount(emulator, comment.author).id,
      body: comment.body,
      createdAt: ago((seed.daysAgo ?? 1) / 2),
    });
  }
  if (seed.state === 'closed') {
    emulator.discussions.change(
      repository,
      issue,
      { state: 'closed' },
      issue.authorId,
    );
  }
}

async function plantPullRequests(
  emulator: Emulator,
  repository: Repository,
  seed: SeedRepository,
  ago: (days: number) => string,
): Promise<void> {
  const git = emulator.repositories.git(repository);
  for (const pull of seed.pullRequests ?? []) {
    const base = await git.resolveCommit(repository.defaultBranch);
    if (!base) {
      continue;
    }
    const author = requireAccount(emulator, pull.author);
    const signature = {
      name: author.name ?? author.login,
      email: author.email ?? `${author.login}@users.noreply.github.com`,
      date: ago(pull.daysAgo ?? 1),
    };
    const tree = await git.writeTree(
      base,
      await writeFiles(git, Object.entries(pull.files)),
    );
    const sha = await git.writeCommit({
      tree,
      parents: [base],
      message: pull.title,
      author: signature,
      committer: signature,
    });
    await git.updateRef(`refs/heads/${pull.branch}`, sha, undefined);
    const opened = await emulator.discussions.openPullRequest(repository, {
      ...newIssue(emulator, pull, ago),
      headRepository: repository,
      headBranch: pull.branch,
      baseBranch: repository.defaultBranch,
      draft: pull.draft,
    });
    discuss(emulator, repository, opened.id, pull, ago);
  }
}
