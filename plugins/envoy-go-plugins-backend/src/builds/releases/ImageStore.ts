import type { PushedContent } from '../../artifacts';
import type { RepositoryKey } from '../../marketplace';

/** Content of the registry that nothing names. */
export interface AbandonedContent {
  /** Of the image. */
  name: string;
  /** Of the index. */
  root: string;
  /** What is to be removed, referrers first, then the index, then images, blobs last. */
  content: { digest: string; kind: ContentKind }[];
}

/** What of an image something is. */
export type ContentKind = 'index' | 'image' | 'referrer' | 'blob';

/** The images that there are, who works at one, and what was pushed. */
export interface ImageStore {
  /**
   * Has one of those who want to work at an image do so, until it is released or not
   * renewed any more.
   *
   * @returns false while somebody else does
   * @throws ConflictError when the image belongs to another repository
   */
  hold(
    image: { name: string; repository: RepositoryKey },
    holder: string,
    until: Date,
  ): Promise<boolean>;
  /** @returns false when it is held by somebody else by now */
  renew(name: string, holder: string, until: Date): Promise<boolean>;
  release(name: string, holder: string): Promise<void>;

  /** Takes down what is about to be pushed. */
  pushing(name: string, content: PushedContent, at: Date): Promise<void>;
  /** What was pushed before a time, of indexes that no version has. */
  listAbandoned(before: Date): Promise<AbandonedContent[]>;
  /** Which of these digests other indexes of any image have, too. */
  listShared(digests: string[], root: string): Promise<Set<string>>;
  /** Forgets what was removed. */
  removed(name: string, root: string): Promise<void>;
}
