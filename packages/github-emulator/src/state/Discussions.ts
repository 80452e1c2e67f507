import { GitHubError, validationFailed } from '../server/GitHubError';
import { Clock, timestamp } from '../server/clock';
import {
  Issue,
  IssueComment,
  Label,
  PullRequestReview,
} from './discussionRecords';
import { Repositories } from './Repositories';
import { permits, Repository } from './repositoryRecords';
import { Store } from './Store';

/** What an issue to be opened is like. */
export interface NewIssue {
  title: string;
  body?: string;
  authorId: number;
  labels?: string[];
  assigneeIds?: number[];
  createdAt?: string;
}

/** What a pull request to be opened is like. */
export interface NewPullRequest extends NewIssue {
  headRepository: Repository;
  headBranch: string;
  baseBranch: string;
  draft?: boolean;
  maintainerCanModify?: boolean;
}

/** A change to an issue. */
export interface IssueChange {
  title?: string;
  body?: string;
  state?: 'open' | 'closed';
  stateReason?: Issue['stateReason'];
  labels?: string[];
  assigneeIds?: number[];
  baseBranch?: string;
}

/** An issue that is a pull request. */
export type PullRequestIssue = Issue & { pull: NonNullable<Issue['pull']> };

/** Whether an issue is a pull request. */
export function isPullRequest(issue: Issue): issue is PullRequestIssue {
  return issue.pull !== undefined;
}

/** Issues, pull requests, their comments and labels. */
export class Discussions {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #repositories: Repositories;

  constructor(options: {
    store: Store;
    clock: Clock;
    repositories: Repositories;
  }) {
    this.#store = options.store;
    this.#clock = options.clock;
    this.#repositories = options.repositories;
  }

  /** Issues and pull requests of a repository, oldest first. */
  issues(repository: Repository): Issue[] {
    return this.#store.collections.issues.by('repository', repository.id);
  }

  pullRequests(repository: Repository): PullRequestIssue[] {
    return this.issues(repository).filter(isPullRequest);
  }

  find(repository: Repository, number: number): Issue | undefined {
    return this.#store.collections.issues.firstBy(
      'number',
      `${repository.id}/${number}`,
    );
  }

  open(repository: Repository, issue: NewIssue): Issue {
    const now = issue.createdAt ?? timestamp(this.#clock());
    return this.#store.collections.issues.put({
      id: this.#store.nextId(),
      repositoryId: repository.id,
      number: this.#nextNumber(repository),
      title: issue.title,
      body: issue.body,
      authorId: issue.authorId,
      state: 'open',
      labelIds: this.#labelIds(repository, issue.labels ?? []),
      assigneeIds: issue.assigneeIds ?? [],
      locked: false,
      createdAt: now,
      updatedAt: now,
    });
  }

  /**
   * Opens a pull request.
   *
   * @throws GitHubError 422 when a branch is not there, there is nothing between them, or there is one open already
   */
  async openPullRequest(
    repository: Repository,
    pull: NewPullRequest,
  ): Promise<PullRequestIssue> {
    const git = this.#repositories.git(repository);
    const headGit = this.#repositories.git(pull.headRepository);
    const baseSha = await git.resolveCommit(`heads/${pull.baseBranch}`);
    if (!baseSha) {
      throw validationFailed({
        resource: 'PullRequest',
        field: 'base',
        code: 'invalid',
      });
    }
    const headSha = await headGit.resolveCommit(`heads/${pull.headBranch}`);
    if (!headSha) {
      throw validationFailed({
        resource: 'PullRequest',
        field: 'head',
        code: 'invalid',
      });
    }
    const owner = this.#repositories.owner(pull.headRepository);
    const same = this.pullRequests(repository).find(
      open =>
        open.state === 'open' &&
        open.pull.headRepositoryId === pull.headRepository.id &&
        open.pull.headBranch === pull.headBranch &&
        open.pull.baseBranch === pull.baseBranch,
    );
    if (same) {
      throw validationFailed({
        resource: 'PullRequest',
        code: 'custom',
        message: `A pull request already exists for ${owner.login}:${pull.headBranch}.`,
      });
    }
    const number = this.#nextNumber(repository);
    await git.fetchCommit(headGit, headSha, `refs/pull/${number}/head`);
    if (await git.isAncestor(headSha, baseSha)) {
      await git.deleteRef(`refs/pull/${number}/head`);
      throw validationFailed({
        resource: 'PullRequest',
        code: 'custom',
        message: `No commits between ${pull.baseBranch} and ${pull.headBranch}`,
      });
    }
    const issue = this.open(repository, pull);
    const opened: PullRequestIssue = {
      ...issue,
      pull: {
        headRepositoryId: pull.headRepository.id,
        headBranch: pull.headBranch,
        headSha,
        baseBranch: pull.baseBranch,
        baseSha,
        draft: pull.draft ?? false,
        maintainerCanModify: pull.maintainerCanModify ?? false,
        requestedReviewerIds: [],
      },
    };
    this.#store.collections.issues.put(opened);
    return opened;
  }

  change(
    repository: Repository,
    issue: Issue,
    change: IssueChange,
    actorId: number,
  ): Issue {
    const now = timestamp(this.#clock());
    const closes = change.state === 'closed' && issue.state === 'open';
    const reopens = change.state === 'open' && issue.state === 'closed';
    if (reopens && issue.pull?.mergedAt) {
      throw validationFailed({
        resource: 'PullRequest',
        field: 'state',
        code: 'invalid',
        message: 'state cannot be changed. The pull request was merged.',
      });
    }
    return this.#store.collections.issues.put({
      ...issue,
      title: change.title ?? issue.title,
      body: change.body ?? issue.body,
      labelIds: change.labels
        ? this.#labelIds(repository, change.labels)
        : issue.labelIds,
      assigneeIds: change.assigneeIds ?? issue.assigneeIds,
      ...(closes && {
        state: 'closed' as const,
        stateReason: change.stateReason ?? 'completed',
        closedAt: now,
        closedById: actorId,
      }),
      ...(reopens && {
        state: 'open' as const,
        stateReason: 'reopened' as const,
        closedAt: undefined,
        closedById: undefined,
      }),
      pull: issue.pull && {
        ...issue.pull,
        baseBranch: change.baseBranch ?? issue.pull.baseBranch,
      },
      updatedAt: now,
    });
  }

  comment(
    issue: Issue,
    comment: { authorId: number; body: string; createdAt?: string },
  ): IssueComment {
    const now = comment.createdAt ?? timestamp(this.#clock());
    const created = this.#store.collections.comments.put({
      id: this.#store.nextId(),
      repositoryId: issue.repositoryId,
      issueId: issue.id,
      authorId: comment.authorId,
      body: comment.body,
      createdAt: now,
      updatedAt: now,
    });
    this.#store.collections.issues.update(issue.id, { updatedAt: now });
    return created;
  }

  comments(issue: Issue): IssueComment[] {
    return this.#store.collections.comments.by('issue', issue.id);
  }

  /** Says something about a whole pull request. */
  review(
    issue: PullRequestIssue,
    review: Pick<PullRequestReview, 'authorId' | 'state' | 'body'>,
  ): PullRequestReview {
    const now = timestamp(this.#clock());
    const created = this.#store.collections.reviews.put({
      ...review,
      id: this.#store.nextId(),
      repositoryId: issue.repositoryId,
      issueId: issue.id,
      commitSha: issue.pull.headSha,
      submittedAt: now,
    });
    this.#store.collections.issues.put({
      ...issue,
      updatedAt: now,
      pull: {
        ...issue.pull,
        requestedReviewerIds: issue.pull.requestedReviewerIds.filter(
          id => id !== review.authorId,
        ),
      },
    });
    return created;
  }

  reviews(issue: Issue): PullRequestReview[] {
    return this.#store.collections.reviews.by('issue', issue.id);
  }

  /** How many of those who may write approve of a pull request, by what they said last. */
  approvals(repository: Repository, issue: Issue): number {
    const verdicts = new Map<number, PullRequestReview['state']>();
    for (const { authorId, state } of this.reviews(issue)) {
      if (state !== 'COMMENTED') {
        verdicts.set(authorId, state);
      }
    }
    return [...verdicts].filter(
      ([id, state]) =>
        state === 'APPROVED' &&
        permits(this.#repositories.permission(repository, id), 'write'),
    ).length;
  }

  labels(repository: Repository): Label[] {
    return this.#store.collections.labels.by('repository', repository.id);
  }

  findLabel(repository: Repository, name: string): Label | undefined {
    return this.labels(repository).find(
      label => label.name.toLowerCase() === name.toLowerCase(),
    );
  }

  labelsOf(issue: Issue): Label[] {
    return issue.labelIds
      .map(id => this.#store.collections.labels.get(id))
      .filter((label): label is Label => label !== undefined);
  }

  createLabel(
    repository: Repository,
    label: { name: string; color?: string; description?: string },
  ): Label {
    if (this.findLabel(repository, label.name)) {
      throw validationFailed({
        resource: 'Label',
        code: 'already_exists',
        field: 'name',
      });
    }
    return this.#store.collections.labels.put({
      id: this.#store.nextId(),
      repositoryId: repository.id,
      name: label.name,
      color: label.color ?? 'ededed',
      description: label.description,
      isDefault: false,
    });
  }

  /**
   * Merges a pull request into its base.
   *
   * @throws GitHubError 405 when it cannot be merged, 409 when its head moved
   */
  async merge(
    repository: Repository,
    issue: PullRequestIssue,
    options: {
      method: 'merge' | 'squash' | 'rebase';
      title?: string;
      message?: string;
      expectedHead?: string;
      actor: { id: number; login: string; name?: string; email?: string };
    },
  ): Promise<string> {
    const git = this.#repositories.git(repository);
    const { pull } = issue;
    const base = await git.resolveCommit(`heads/${pull.baseBranch}`);
    const head = await git.resolveCommit(`refs/pull/${issue.number}/head`);
    if (issue.state !== 'open' || !base || !head || pull.draft) {
      throw new GitHubError(405, 'Pull Request is not mergeable');
    }
    if (options.expectedHead && options.expectedHead !== head) {
      throw new GitHubError(
        409,
        'Head branch was modified. Review and try the merge again.',
      );
    }
    const tree = await git.mergeTree(base, head);
    if (!tree) {
      throw new GitHubError(405, 'Pull Request is not mergeable');
    }
    const now = timestamp(this.#clock());
    const signature = {
      name: options.actor.name ?? options.actor.login,
      email: options.actor.email ?? `${options.actor.login}@localhost`,
      date: now,
    };
    const headOwner = this.#repositories.owner(
      this.#repositories.get(pull.headRepositoryId),
    );
    const title =
      options.title ??
      (options.method === 'merge'
        ? `Merge pull request #${issue.number} from ${headOwner.login}/${pull.headBranch}`
        : `${issue.title} (#${issue.number})`);
    const sha = await git.writeCommit({
      tree,
      parents: options.method === 'merge' ? [base, head] : [base],
      message: [title, options.message ?? issue.title].join('\n\n'),
      author: signature,
      committer: signature,
    });
    await git.updateRef(`refs/heads/${pull.baseBranch}`, sha, base);
    this.#store.collections.issues.put({
      ...issue,
      state: 'closed',
      closedAt: now,
      closedById: options.actor.id,
      updatedAt: now,
      pull: {
        ...pull,
        headSha: head,
        baseSha: base,
        mergedAt: now,
        mergedById: options.actor.id,
        mergeCommitSha: sha,
      },
    });
    await this.#repositories.notePush(repository);
    return sha;
  }

  /**
   * Brings open pull requests up to date after a push: new heads, and those whose commits arrived in the base.
   * Returns those that changed.
   */
  async notePush(
    repository: Repository,
    actorId: number,
  ): Promise<Array<{ before: Issue; after: Issue }>> {
    const now = timestamp(this.#clock());
    const changed: Array<{ before: Issue; after: Issue }> = [];
    for (const issue of this.#store.collections.issues.list()) {
      if (!isPullRequest(issue) || issue.state !== 'open') {
        continue;
      }
      const { pull } = issue;
      const base = this.#repositories.get(issue.repositoryId);
      const baseGit = this.#repositories.git(base);
      let { headSha } = pull;
      let after: Issue = issue;
      if (pull.headRepositoryId === repository.id) {
        const headGit = this.#repositories.git(repository);
        const sha = await headGit.resolveCommit(`heads/${pull.headBranch}`);
        if (sha && sha !== headSha) {
          await baseGit.fetchCommit(
            headGit,
            sha,
            `refs/pull/${issue.number}/head`,
          );
          headSha = sha;
          after = this.#store.collections.issues.put({
            ...issue,
            updatedAt: now,
            pull: { ...pull, headSha },
          });
        }
      }
      if (issue.repositoryId === repository.id) {
        const baseSha = await baseGit.resolveCommit(`heads/${pull.baseBranch}`);
        if (baseSha && (await baseGit.isAncestor(headSha, baseSha))) {
          after = this.#store.collections.issues.put({
            ...issue,
            state: 'closed',
            closedAt: now,
            closedById: actorId,
            updatedAt: now,
            pull: {
              ...pull,
              headSha,
              mergedAt: now,
              mergedById: actorId,
              mergeCommitSha: headSha,
            },
          });
        }
      }
      if (after !== issue) {
        changed.push({ before: issue, after });
      }
    }
    return changed;
  }

  #labelIds(repository: Repository, names: string[]): number[] {
    return names.map(
      name =>
        (
          this.findLabel(repository, name) ??
          this.createLabel(repository, { name })
        ).id,
    );
  }

  #nextNumber(repository: Repository): number {
    return (
      Math.max(0, ...this.issues(repository).map(issue => issue.number)) + 1
    );
  }
}
