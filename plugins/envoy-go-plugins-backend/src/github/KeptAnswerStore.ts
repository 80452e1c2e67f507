/** What GitHub answered to a GET request, kept so that it can be asked whether it changed. */
export interface KeptAnswer {
  etag: string;
  /** Those that those who asked may need: of paging and of the media type. */
  headers: Record<string, string>;
  /** JSON. */
  body: string;
  /** When GitHub last said that it holds. */
  checkedAt: Date;
}

/** Keeps GitHub's answers, shared by all replicas. */
export interface KeptAnswerStore {
  /** @param key - the address with host and query, and the media type after `#` where it is not the usual one */
  get(key: string): Promise<KeptAnswer | undefined>;
  put(key: string, answer: KeptAnswer): Promise<void>;
  /** Takes note that GitHub said that nothing changed. */
  touch(key: string, checkedAt: Date): Promise<void>;
  delete(key: string): Promise<void>;
  /** Forgets what GitHub was not asked about since. */
  deleteCheckedBefore(time: Date): Promise<void>;
}
