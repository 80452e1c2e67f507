/** The part of an issue that makes it a pull request. */
export interface PullRequest {
  headRepositoryId: number;
  headBranch: string;
  /** The head's last known commit; kept when the branch goes away. */
  headSha: string;
  baseBranch: string;
  /** The base's commit when the pull request was opened or closed. */
  baseSha: string;
  draft: boolean;
  maintainerCanModify: boolean;
  mergedAt?: string;
  mergedById?: number;
  mergeCommitSha?: string;
  requestedReviewerIds: number[];
}

/** An issue, or a pull request when `pull` is there: both share a repository's numbers. */
export interface Issue {
  id: number;
  repositoryId: number;
  number: number;
  title: string;
  body?: string;
  authorId: number;
  state: 'open' | 'closed';
  stateReason?: 'completed' | 'not_planned' | 'reopened' | 'duplicate';
  labelIds: number[];
  assigneeIds: number[];
  locked: boolean;
  createdAt: string;
  updatedAt: string;
  closedAt?: string;
  closedById?: number;
  pull?: PullRequest;
}

/** A comment on an issue or on a pull request's conversation. */
export interface IssueComment {
  id: number;
  repositoryId: number;
  issueId: number;
  authorId: number;
  body: string;
  createdAt: string;
  updatedAt: string;
}

/** What somebody says about a whole pull request. */
export interface PullRequestReview {
  id: number;
  repositoryId: number;
  issueId: number;
  authorId: number;
  state: 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED';
  body: string;
  commitSha: string;
  submittedAt: string;
}

/** A label of a repository. */
export interface Label {
  id: number;
  repositoryId: number;
  name: string;
  color: string;
  description?: string;
  isDefault: boolean;
}
