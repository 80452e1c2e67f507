import { JsonObject } from '@backstage/types';
import { Emulator } from '../Emulator';
import { GitRepository } from '../git/GitRepository';
import { Account } from '../state/accountRecords';
import { Repository } from '../state/repositoryRecords';
import { announce, listeners } from './announce';
import { pushedRepository, webhookCommit } from './payloads';

const NO_COMMIT = '0'.repeat(40);

/** GitHub lists no more commits than these in a push. */
const MOST_COMMITS = 2048;

/** GitHub tells nothing of tags when more of them come at once. */
const MOST_TAGS = 3;

/** A branch or tag that was made, moved or deleted. */
export interface RefChange {
  /** The whole name: `refs/heads/main`. */
  name: string;
  before?: string;
  after?: string;
}

/** What is different between two states of a repository's branches and tags. */
export function compareRefs(
  before: Record<string, string>,
  after: Record<string, string>,
): RefChange[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names]
    .map(name => ({ name, before: before[name], after: after[name] }))
    .filter(change => change.before !== change.after);
}

/**
 * Makes ready to tell of branches and tags: `create` and `delete`, and a `push` for each.
 *
 * @param known - all refs as they were before
 * @returns what tells all of it at once
 */
export async function prepareRefs(
  emulator: Emulator,
  repository: Repository,
  sender: Account,
  changes: RefChange[],
  known: Record<string, string>,
): Promise<() => void> {
  const tags = changes.filter(({ name }) => name.startsWith('refs/tags/'));
  const told =
    tags.length > MOST_TAGS
      ? changes.filter(change => !tags.includes(change))
      : changes;
  const pushes: JsonObject[] = [];
  if (listeners(emulator, { repository }, 'push').length > 0) {
    const commits = [...new Set(Object.values(known))];
    for (const change of told) {
      pushes.push(
        await pushFields(emulator, repository, sender, change, commits),
      );
    }
  }
  return () =>
    told.forEach((change, at) => {
      announceRef(emulator, repository, sender, change);
      if (pushes[at]) {
        announcePush(emulator, repository, sender, pushes[at]);
      }
    });
}

function announcePush(
  emulator: Emulator,
  repository: Repository,
  sender: Account,
  fields: JsonObject,
): void {
  announce(emulator, { repository }, sender, {
    name: 'push',
    fields: () => fields,
  });
}

function announceRef(
  emulator: Emulator,
  repository: Repository,
  sender: Account,
  { name, before, after }: RefChange,
): void {
  if (before !== undefined && after !== undefined) {
    return;
  }
  announce(emulator, { repository }, sender, {
    name: after === undefined ? 'delete' : 'create',
    fields: () => ({
      ref: name.replace(/^refs\/(heads|tags)\//, ''),
      ref_type: name.startsWith('refs/tags/') ? 'tag' : 'branch',
      ...(after !== undefined && {
        master_branch: repository.defaultBranch,
        description: repository.description ?? null,
      }),
      pusher_type: 'user',
    }),
  });
}

/** The fields of a `push` besides those that all events have. */
export async function pushFields(
  emulator: Emulator,
  repository: Repository,
  sender: Account,
  { name, before, after }: RefChange,
  known: string[],
): Promise<JsonObject> {
  const git = emulator.repositories.git(repository);
  const page = emulator.urls.page(
    `/${emulator.repositories.fullName(repository)}`,
  );
  const isTag = name.startsWith('refs/tags/');
  const head =
    after === undefined ? undefined : await git.resolveObject(after, 'commit');
  const excluded = before === undefined ? known : [before];
  const commits =
    head === undefined || isTag
      ? []
      : (
          await git.log(head, { excluding: excluded, limit: MOST_COMMITS })
        ).reverse();
  const headCommit =
    head === undefined ? undefined : await git.readCommit(head);
  const listed = await presentCommits(emulator, repository, git, [
    ...commits,
    ...(headCommit ? [headCommit] : []),
  ]);
  const forced =
    before !== undefined &&
    head !== undefined &&
    !(await git.isAncestor(before, head));
  return {
    ref: name,
    before: before ?? NO_COMMIT,
    after: after ?? NO_COMMIT,
    created: before === undefined,
    deleted: after === undefined,
    forced,
    base_ref: null,
    compare: before
      ? `${page}/compare/${before.slice(0, 12)}...${(after ?? NO_COMMIT).slice(
          0,
          12,
        )}`
      : `${page}/compare/${encodeURIComponent(
          name.replace(/^refs\/(heads|tags)\//, ''),
        )}`,
    commits: listed.slice(0, commits.length),
    head_commit: headCommit ? listed[commits.length] : null,
    repository: pushedRepository(emulator, repository),
    pusher: {
      name: sender.login,
      email: sender.email ?? `${sender.login}@users.noreply.github.com`,
    },
  };
}

async function presentCommits(
  emulator: Emulator,
  repository: Repository,
  git: GitRepository,
  commits: Awaited<ReturnType<GitRepository['log']>>,
): Promise<JsonObject[]> {
  const paths = await git.changedPaths(commits.map(({ sha }) => sha));
  return commits.map(commit =>
    webhookCommit(
      emulator,
      repository,
      commit,
      paths.get(commit.sha) ?? { added: [], removed: [], modified: [] },
    ),
  );
}
