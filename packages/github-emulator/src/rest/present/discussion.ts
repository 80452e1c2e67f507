import { JsonObject } from '@backstage/types';
import { Emulator } from '../../Emulator';
import { Viewer } from '../../server/Viewer';
import {
  Issue,
  IssueComment,
  Label,
  PullRequestReview,
} from '../../state/discussionRecords';
import { PullRequestIssue } from '../../state/Discussions';
import { nodeId } from '../../state/nodeId';
import { Repository } from '../../state/repositoryRecords';
import { simpleUser, simpleUserById } from './account';
import { presentRepository } from './repository';

/** `label`. */
export function presentLabel(
  emulator: Emulator,
  repository: Repository,
  label: Label,
): JsonObject {
  const fullName = emulator.repositories.fullName(repository);
  return {
    id: label.id,
    node_id: nodeId('Label', label.id),
    url: emulator.urls.api(
      `/repos/${fullName}/labels/${encodeURIComponent(label.name)}`,
    ),
    name: label.name,
    color: label.color,
    default: label.isDefault,
    description: label.description ?? null,
  };
}

function reactions(url: string): JsonObject {
  return {
    url: `${url}/reactions`,
    total_count: 0,
    '+1': 0,
    '-1': 0,
    laugh: 0,
    hooray: 0,
    confused: 0,
    heart: 0,
    rocket: 0,
    eyes: 0,
  };
}

/** What an author is to a repository: `author-association`. */
export function authorAssociation(
  emulator: Emulator,
  repository: Repository,
  authorId: number,
): string {
  if (repository.ownerId === authorId) {
    return 'OWNER';
  }
  if (emulator.accounts.membership(repository.ownerId, authorId)) {
    return 'MEMBER';
  }
  return emulator.repositories.collaborator(repository, authorId)
    ? 'COLLABORATOR'
    : 'NONE';
}

/** `issue`, for pull requests too. */
export function presentIssue(
  emulator: Emulator,
  repository: Repository,
  issue: Issue,
): JsonObject {
  const fullName = emulator.repositories.fullName(repository);
  const repositoryUrl = emulator.urls.api(`/repos/${fullName}`);
  const url = `${repositoryUrl}/issues/${issue.number}`;
  const page = emulator.urls.page(
    `/${fullName}/${issue.pull ? 'pull' : 'issues'}/${issue.number}`,
  );
  const assignees = issue.assigneeIds.map(id =>
    simpleUser(emulator, emulator.accounts.get(id)),
  );
  return {
    id: issue.id,
    node_id: nodeId(issue.pull ? 'PullRequest' : 'Issue', issue.id),
    url,
    repository_url: repositoryUrl,
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    html_url: page,
    number: issue.number,
    state: issue.state,
    state_reason: issue.stateReason ?? null,
    title: issue.title,
    body: issue.body ?? null,
    user: simpleUserById(emulator, issue.authorId),
    labels: emulator.discussions
      .labelsOf(issue)
      .map(label => presentLabel(emulator, repository, label)),
    assignee: assignees[0] ?? null,
    assignees,
    milestone: null,
    locked: issue.locked,
    active_lock_reason: null,
    comments: emulator.discussions.comments(issue).length,
    ...(issue.pull && {
      draft: issue.pull.draft,
      pull_request: {
        url: `${repositoryUrl}/pulls/${issue.number}`,
        html_url: page,
        diff_url: `${page}.diff`,
        patch_url: `${page}.patch`,
        merged_at: issue.pull.mergedAt ?? null,
      },
    }),
    closed_at: issue.closedAt ?? null,
    closed_by: simpleUserById(emulator, issue.closedById),
    created_at: issue.createdAt,
    updated_at: issue.updatedAt,
    author_association: authorAssociation(emulator, repository, issue.authorId),
    reactions: reactions(url),
    timeline_url: `${url}/timeline`,
  };
}

/** `issue-comment`. */
export function presentComment(
  emulator: Emulator,
  repository: Repository,
  issue: Issue,
  comment: IssueComment,
): JsonObject {
  const fullName = emulator.repositories.fullName(repository);
  const url = emulator.urls.api(
    `/repos/${fullName}/issues/comments/${comment.id}`,
  );
  const page = `/${fullName}/${issue.pull ? 'pull' : 'issues'}/${issue.number}`;
  return {
    id: comment.id,
    node_id: nodeId('IssueComment', comment.id),
    url,
    html_url: emulator.urls.page(`${page}#issuecomment-${comment.id}`),
    issue_url: emulator.urls.api(`/repos/${fullName}/issues/${issue.number}`),
    body: comment.body,
    user: simpleUserById(emulator, comment.authorId),
    created_at: comment.createdAt,
    updated_at: comment.updatedAt,
    author_association: authorAssociation(
      emulator,
      repository,
      comment.authorId,
    ),
    reactions: reactions(url),
  };
}

/** `pull-request-review`. */
export function presentReview(
  emulator: Emulator,
  repository: Repository,
  issue: Issue,
  review: PullRequestReview,
): JsonObject {
  const fullName = emulator.repositories.fullName(repository);
  const pull = emulator.urls.api(`/repos/${fullName}/pulls/${issue.number}`);
  const html = emulator.urls.page(
    `/${fullName}/pull/${issue.number}#pullrequestreview-${review.id}`,
  );
  return {
    id: review.id,
    node_id: nodeId('PullRequestReview', review.id),
    user: simpleUserById(emulator, review.authorId),
    body: review.body,
    state: review.state,
    html_url: html,
    pull_request_url: pull,
    _links: { html: { href: html }, pull_request: { href: pull } },
    submitted_at: review.submittedAt,
    commit_id: review.commitSha,
    author_association: authorAssociation(
      emulator,
      repository,
      review.authorId,
    ),
  };
}

/** `pull-request-simple`. */
export function simplePullRequest(
  emulator: Emulator,
  repository: Repository,
  issue: PullRequestIssue,
  viewer: Viewer,
): JsonObject {
  const { pull } = issue;
  const fullName = emulator.repositories.fullName(repository);
  const api = emulator.urls.api(`/repos/${fullName}`);
  const url = `${api}/pulls/${issue.number}`;
  const issueUrl = `${api}/issues/${issue.number}`;
  const page = emulator.urls.page(`/${fullName}/pull/${issue.number}`);
  const assignees = issue.assigneeIds.map(id =>
    simpleUser(emulator, emulator.accounts.get(id)),
  );
  const side = (of: Repository | undefined, ref: string, sha: string) => {
    const owner = of && emulator.repositories.owner(of);
    return {
      label: `${owner?.login ?? 'unknown repository'}:${ref}`,
      ref,
      sha,
      user: owner ? simpleUser(emulator, owner) : null,
      repo: of ? presentRepository(emulator, of, viewer) : null,
    };
  };
  const link = (href: string) => ({ href });
  return {
    url,
    id: issue.id,
    node_id: nodeId('PullRequest', issue.id),
    html_url: page,
    diff_url: `${page}.diff`,
    patch_url: `${page}.patch`,
    issue_url: issueUrl,
    commits_url: `${url}/commits`,
    review_comments_url: `${url}/comments`,
    review_comment_url: `${api}/pulls/comments{/number}`,
    comments_url: `${issueUrl}/comments`,
    statuses_url: `${api}/statuses/${pull.headSha}`,
    number: issue.number,
    state: issue.state,
    locked: issue.locked,
    title: issue.title,
    user: simpleUserById(emulator, issue.authorId),
    body: issue.body ?? null,
    labels: emulator.discussions
      .labelsOf(issue)
      .map(label => presentLabel(emulator, repository, label)),
    milestone: null,
    active_lock_reason: null,
    created_at: issue.createdAt,
    updated_at: issue.updatedAt,
    closed_at: issue.closedAt ?? null,
    merged_at: pull.mergedAt ?? null,
    merge_commit_sha: pull.mergeCommitSha ?? null,
    assignee: assignees[0] ?? null,
    assignees,
    requested_reviewers: pull.requestedReviewerIds.map(id =>
      simpleUser(emulator, emulator.accounts.get(id)),
    ),
    requested_teams: [],
    head: side(
      emulator.store.collections.repositories.get(pull.headRepositoryId),
      pull.headBranch,
      pull.headSha,
    ),
    base: side(repository, pull.baseBranch, pull.baseSha),
    _links: {
      self: link(url),
      html: link(page),
      issue: link(issueUrl),
      comments: link(`${issueUrl}/comments`),
      review_comments: link(`${url}/comments`),
      review_comment: link(`${api}/pulls/comments{/number}`),
      commits: link(`${url}/commits`),
      statuses: link(`${api}/statuses/${pull.headSha}`),
    },
    author_association: authorAssociation(emulator, repository, issue.authorId),
    auto_merge: null,
    draft: pull.draft,
  };
}

/** `pull-request`: with what git says about it. */
export async function fullPullRequest(
  emulator: Emulator,
  repository: Repository,
  issue: PullRequestIssue,
  viewer: Viewer,
): Promise<JsonObject> {
  const { pull } = issue;
  const git = emulator.repositories.git(repository);
  const base = await git.mergeBase(pull.baseSha, pull.headSha);
  const changes = await git.diff(base ?? pull.baseSha, pull.headSha);
  const current = await git.resolveCommit(`heads/${pull.baseBranch}`);
  const mergeable =
    issue.state === 'open' && current
      ? (await git.mergeTree(current, pull.headSha)) !== undefined
      : null;
  const conflictState = mergeable ? 'clean' : 'dirty';
  return {
    ...simplePullRequest(emulator, repository, issue, viewer),
    merged: pull.mergedAt !== undefined,
    mergeable,
    rebaseable: mergeable,
    mergeable_state: mergeable === null ? 'unknown' : conflictState,
    merged_by: simpleUserById(emulator, pull.mergedById),
    comments: emulator.discussions.comments(issue).length,
    review_comments: 0,
    maintainer_can_modify: pull.maintainerCanModify,
    commits: await git.countCommits(pull.headSha, base ?? pull.baseSha),
    additions: changes.reduce((sum, change) => sum + change.additions, 0),
    deletions: changes.reduce((sum, change) => sum + change.deletions, 0),
    changed_files: changes.length,
  };
}
