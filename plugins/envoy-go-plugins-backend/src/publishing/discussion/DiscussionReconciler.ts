import type { LoggerService } from '@backstage/backend-plugin-api';
import { NotFoundError, toError } from '@backstage/errors';
import type { DiscussionIssues } from './DiscussionIssues';
import type { DiscussionReader } from './DiscussionReader';
import type { DiscussionPlace, DiscussionStore } from './DiscussionStore';

/** As many pages of a hundred comments are read at a time. */
const MOST_PAGES = 10;

const PAGE = 100;

/** How much further back it is looked than was looked already, in milliseconds: while one list is read, the other grows. */
const MARGIN_MS = 300_000;

/** As many issues are looked through for comments that are gone. */
const MOST_COMPARED = 20;

/**
 * Finds what was written in issues and never arrived here. It asks little where nothing
 * happened: the same question, to which GitHub answers that nothing changed.
 */
export class DiscussionReconciler {
  readonly #store: DiscussionStore;
  readonly #issues: DiscussionIssues;
  readonly #reader: DiscussionReader;
  readonly #logger: LoggerService;
  readonly #now: () => Date;

  constructor(options: {
    store: DiscussionStore;
    issues: DiscussionIssues;
    reader: DiscussionReader;
    logger: LoggerService;
    now: () => Date;
  }) {
    this.#store = options.store;
    this.#issues = options.issues;
    this.#reader = options.reader;
    this.#logger = options.logger;
    this.#now = options.now;
  }

  /** What cannot be read now is read with the next run. */
  async reconcile(signal?: AbortSignal): Promise<void> {
    try {
      for (const place of await this.#store.listPlaces()) {
        if (place.host === this.#issues.host) {
          await this.#readChanged(place, signal);
        }
      }
      await this.#compare(signal);
    } catch (error) {
      this.#logger.warn(
        'Discussions on GitHub could not be looked through, which is tried again',
        toError(error),
      );
    }
  }

  async #readChanged(
    place: DiscussionPlace,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const { host, repositoryId } = place;
    const since = new Date(
      Date.parse(place.seenUntil) - MARGIN_MS,
    ).toISOString();
    const seen = async (updatedAt: string | undefined) => {
      if (updatedAt !== undefined) {
        await this.#store.noteSeen(place, new Date(updatedAt).toISOString());
      }
    };
    try {
      for (let page = 1; page <= MOST_PAGES; page += 1) {
        signal?.throwIfAborted();
        const comments = await this.#issues.listChangedComments(
          repositoryId,
          since,
          page,
        );
        for (const comment of comments) {
          const discussion = await this.#store.find(host, {
            repositoryId,
            number: Number(comment.issue_url.split('/').at(-1)),
          });
          if (discussion) {
            await this.#reader.take(discussion, comment);
          }
        }
        await seen(comments.at(-1)?.updated_at);
        if (comments.length < PAGE) {
          break;
        }
      }
      for (let page = 1; page <= MOST_PAGES; page += 1) {
        signal?.throwIfAborted();
        const closed = await this.#issues.listClosed(repositoryId, since, page);
        for (const { number } of closed) {
          await this.#reader.readIssue(host, { repositoryId, number });
        }
        await seen(closed.at(-1)?.updatedAt);
        if (closed.length < PAGE) {
          break;
        }
      }
    } catch (error) {
      if (!(error instanceof NotFoundError)) {
        throw error;
      }
      this.#logger.warn(
        `${place.owner}/${place.name}, where requests were discussed, is gone from GitHub`,
      );
    }
  }

  /** GitHub lists no deletions: what is not there any more is gone. */
  async #compare(signal: AbortSignal | undefined): Promise<void> {
    const compared = await this.#store.listToCompare(MOST_COMPARED);
    for (const { discussion, commentIds } of compared) {
      signal?.throwIfAborted();
      const { issue, host, request } = discussion;
      if (issue && commentIds.length > 0) {
        const there = await this.#issues.listComments(issue);
        const gone = commentIds.filter(
          id => !there.some(comment => comment.id === id),
        );
        for (const id of gone) {
          // Those of an issue are listed up to a number
          await this.#reader.readComment(host, issue, id);
        }
      }
      await this.#store.noteCompared(request, this.#now().toISOString());
    }
  }
}
