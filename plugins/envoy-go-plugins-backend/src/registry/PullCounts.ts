/** How often images were pulled, as far as the registry tells. */
export interface PullCounts {
  /**
   * Of one image.
   *
   * @param repository - with the registry's host
   * @param digest - of the index for a version, or of one platform's image
   * @returns `undefined` where the registry does not tell of pulls
   */
  count(repository: string, digest: string): Promise<number | undefined>;

  /**
   * Of all images of a repository that were pulled, by digest.
   *
   * @param repository - with the registry's host
   * @returns `undefined` where the registry does not tell of pulls
   */
  countAll(repository: string): Promise<Map<string, number> | undefined>;
}

/** A manifest that somebody pulled. */
export interface Pull {
  /** Of the event that told of it. */
  eventId: string;
  /** Without the registry's host. */
  repository: string;
  digest: string;
  /** `undefined` where it was pulled by digest. */
  tag?: string;
  at: Date;
}
