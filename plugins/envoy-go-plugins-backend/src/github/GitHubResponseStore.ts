/** The last answer of GitHub to a GET request. */
export interface StoredGitHubResponse<T> {
  /** With host and query. */
  url: string;
  etag?: string;
  status: 200 | 404;
  /** The parsed body; `undefined` for 404. */
  body?: T;
  /** When GitHub last said that this holds; ISO 8601, UTC. */
  checkedAt: string;
}

/** Keeps GitHub's answers, shared by all backends. */
export interface GitHubResponseStore {
  get<T>(url: string): Promise<StoredGitHubResponse<T> | undefined>;
  put<T>(response: StoredGitHubResponse<T>): Promise<void>;
  /** Takes note that GitHub said that nothing changed. */
  touch(url: string, checkedAt: string): Promise<void>;
  /** Deletes what GitHub was not asked for since a time (ISO 8601, UTC). */
  deleteCheckedBefore(time: string): Promise<void>;
}
