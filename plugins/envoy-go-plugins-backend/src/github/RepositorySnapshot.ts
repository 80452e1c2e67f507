/**
 * What names a repository: its node id, which stays when it is renamed, or its name now. Where
 * the portal is a GitHub App, `owner` says whose installation is asked about a node id.
 */
export type RepositoryPointer =
  | { nodeId: string; owner?: string }
  | { owner: string; name: string };

/** What came of asking for a repository. */
export type RepositoryReading =
  | { outcome: 'found'; repository: RepositorySnapshot }
  /** GitHub says that there is none, or does not show it to the portal. */
  | { outcome: 'missing' }
  /** GitHub did not say; `reason` is a sentence, `retryAt` when to ask again. */
  | { outcome: 'unanswered'; reason: string; retryAt?: Date };

/** A repository as GitHub described it at one time. Times are ISO 8601 in UTC. */
export interface RepositorySnapshot {
  /** `github.com`, or the host of a GitHub Enterprise, with its port if it has one. */
  host: string;
  /** GitHub's number for it; never given to another repository of the host. */
  id: number;
  nodeId: string;
  owner: string;
  name: string;
  /** Its page. */
  url: string;
  visibility: 'public' | 'private' | 'internal';
  archived: boolean;
  stars: number;
  forks: number;
  /** SPDX id, such as `Apache-2.0`; `undefined` where GitHub recognises none. */
  license?: string;
  /** `undefined` while there are no commits. */
  defaultBranch?: string;
  /** Of the default branch: the hash of its newest commit. */
  headCommit?: string;
  /** `undefined` while nothing was ever pushed. */
  pushedAt?: string;
  updatedAt: string;
  description?: string;
  openIssues: number;
  openPullRequests: number;
  branches: number;
  tags: number;
  releases: {
    total: number;
    /** Up to five, newest first. */
    newest: ReleaseSnapshot[];
  };
  /** When GitHub was asked. */
  asOf: string;
}

/** A release as GitHub described it at one time. Times are ISO 8601 in UTC. */
export interface ReleaseSnapshot {
  /** GitHub's number for it; never given to another release of the host. */
  id: number;
  nodeId: string;
  tag: string;
  name?: string;
  /** Markdown. */
  notes?: string;
  /** Its page. */
  url: string;
  draft: boolean;
  prerelease: boolean;
  /** `undefined` for drafts. */
  publishedAt?: string;
  updatedAt: string;
  /** The hash of the commit that its tag has now; `undefined` where there is no such tag. */
  commit?: string;
  /** A login. */
  author?: string;
}
