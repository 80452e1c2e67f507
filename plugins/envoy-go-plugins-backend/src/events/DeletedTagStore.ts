/** Which tag of which repository. */
export interface TagName {
  host: string;
  repositoryId: number;
  tag: string;
}

/**
 * Remembers to which commit tags pointed when they were deleted: GitHub tells of a tag that
 * was deleted and made anew as of two things that have nothing to do with each other.
 */
export interface DeletedTagStore {
  /** @param deletedAt - ISO 8601, UTC */
  add(deleted: TagName & { commit: string; deletedAt: string }): Promise<void>;
  /** The commit to which the tag pointed when it was last deleted. */
  get(tag: TagName): Promise<string | undefined>;
  /** Forgets tags that were deleted before that; ISO 8601, UTC. */
  clean(before: string): Promise<void>;
}
