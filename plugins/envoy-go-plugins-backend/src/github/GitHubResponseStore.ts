/** The last answer of GitHub to a GET request. */
export interface StoredGitHubResponse<T> {
  /** With host and query. */
  url: string;
  etag?: string;
  status: 200 | 404;
  /** The parsed body; `undefined` for 404. */
  body?: T;
  /** When GitHub was asked whether this holds, the last time it said so; ISO 8601, UTC. */
  checkedAt: string;
  /** What was asked until then may have changed since; ISO 8601, UTC. */
  invalidatedAt?: string;
}

/** Keeps GitHub's answers, shared by all backends. */
export interface GitHubResponseStore {
  get<T>(url: string): Promise<StoredGitHubResponse<T> | undefined>;
  /** Ignored when what is stored was asked for later. */
  put<T>(
    response: Omit<StoredGitHubResponse<T>, 'invalidatedAt'>,
  ): Promise<void>;
  /** Takes note that GitHub said that nothing changed. */
  touch(url: string, checkedAt: string): Promise<void>;
  /** Takes note that answers may have changed at a time (ISO 8601, UTC). */
  invalidate(urls: string[], at: string): Promise<void>;
  /** Deletes what GitHub was not asked for since a time (ISO 8601, UTC). */
  deleteCheckedBefore(time: string): Promise<void>;
}
