import type { LoggerService } from '@backstage/backend-plugin-api';
import { NotFoundError } from '@backstage/errors';
import { GitHubUnavailableError } from '../../github';
import { LeasedWorker, whileLeased } from '../../leases';
import type { KnownPeople } from '../../people';
import type { OpenPages } from '../../signals';
import type {
  PublishRequestStore,
  StoredPublishRequest,
} from '../PublishRequestStore';
import type { DiscussionIssues, IssueAddress } from './DiscussionIssues';
import type {
  DiscussionStore,
  LeasedDiscussion,
  PendingMessage,
} from './DiscussionStore';
import { commentOf, issueOf, labelOf, markerOf } from './discussionText';

/** For how long a discussion is a worker's without a sign of life, in milliseconds. */
const DEFAULT_LEASE_MS = 120_000;

/** How often it is looked for something to tell, in milliseconds. */
const DEFAULT_POLL_MS = 5_000;

/** After what could not be told it is tried again, at the least and the most, in milliseconds. */
const RETRY_MS = { least: 10_000, most: 3_600_000 };

/**
 * Tells in an issue what happens to a request: opens it, writes comments, and lets it show the
 * state. Any number of workers may do so. A worker may die between GitHub's answer and writing
 * that down; who takes over looks for the marker of what may have been written before it is
 * written again.
 */
export class DiscussionMirror {
  readonly #work: LeasedWorker<LeasedDiscussion>;
  readonly #store: DiscussionStore;
  readonly #requests: Pick<PublishRequestStore, 'get'>;
  readonly #issues: DiscussionIssues;
  readonly #people: KnownPeople;
  readonly #portalUrl: string;
  readonly #pages: OpenPages;
  readonly #logger: LoggerService;
  readonly #now: () => Date;
  readonly #leaseMs: number;

  constructor(options: {
    /** Who it is, unlike any other. */
    id: string;
    store: DiscussionStore;
    requests: Pick<PublishRequestStore, 'get'>;
    issues: DiscussionIssues;
    people: KnownPeople;
    /** Of the portal's pages. */
    portalUrl: string;
    pages: OpenPages;
    logger: LoggerService;
    now: () => Date;
    leaseMs?: number;
    pollMs?: number;
  }) {
    const { id, store, logger, leaseMs = DEFAULT_LEASE_MS } = options;
    this.#store = store;
    this.#requests = options.requests;
    this.#issues = options.issues;
    this.#people = options.people;
    this.#portalUrl = options.portalUrl.replace(/\/$/, '');
    this.#pages = options.pages;
    this.#logger = logger;
    this.#now = options.now;
    this.#leaseMs = leaseMs;
    this.#work = new LeasedWorker({
      what: 'discussions',
      nameOf: ({ request }) => `the discussion of request ${request}`,
      claim: () =>
        store.claim({ owner: id, now: this.#at(), until: this.#at(leaseMs) }),
      renew: discussion => store.renew(discussion, this.#at(leaseMs)),
      handle: (discussion, { signal }) => this.#handle(discussion, signal),
      leave: (discussion, error) => this.#leave(discussion, error),
      logger,
      concurrency: 1,
      leaseMs,
      pollMs: options.pollMs ?? DEFAULT_POLL_MS,
    });
  }

  start(): void {
    this.#work.start();
  }

  /** Looks for something to tell now, rather than with the next poll. */
  wake(): void {
    this.#work.wake();
  }

  /** Begins nothing more, and waits until what it does can be left. */
  async stop(): Promise<void> {
    await this.#work.stop();
  }

  async #handle(
    discussion: LeasedDiscussion,
    signal: AbortSignal,
  ): Promise<void> {
    const request = await this.#requests.get(discussion.request);
    const issue = discussion.issue ?? (await this.#open(discussion, request));
    await this.#tell(discussion, { request, issue, signal });
  }

  async #tell(
    discussion: LeasedDiscussion,
    options: {
      request: StoredPublishRequest;
      issue: IssueAddress;
      signal: AbortSignal;
    },
  ): Promise<void> {
    const { request, issue, signal } = options;
    try {
      // What led to this state is among the messages then: it is told before the state shows
      const { state } = await this.#requests.get(request.id);
      for (const message of await this.#store.listPending(request.id)) {
        if (signal.aborted) {
          break;
        }
        await this.#post(discussion, request, issue, message);
      }
      if (!signal.aborted && state !== discussion.shownState) {
        await this.#renew(discussion);
        await this.#issues.show(issue, state);
        await whileLeased(this.#store.noteState(discussion, state));
      }
    } catch (error) {
      if (error instanceof NotFoundError) {
        await this.#endIfGone(request.id, issue);
      }
      throw error;
    }
    await whileLeased(this.#store.release(discussion, this.#at()));
  }

  async #open(
    discussion: LeasedDiscussion,
    request: StoredPublishRequest,
  ): Promise<IssueAddress> {
    const { id, owner, name } = await this.#issues.repository();
    await this.#store.addPlace({
      host: this.#issues.host,
      repositoryId: id,
      owner,
      name,
      seenUntil: this.#at(),
    });
    const marker = markerOf(request.id, 'issue');
    const { openingAt } = discussion;
    const known =
      openingAt === undefined
        ? undefined
        : await this.#issues.findMarked(id, marker, openingAt);
    if (openingAt === undefined) {
      await whileLeased(this.#store.noteOpening(discussion, this.#at()));
    }
    await this.#renew(discussion);
    const opened =
      known ??
      (await this.#issues.open(id, {
        ...issueOf(request, this.#portalUrl),
        labels: [labelOf(request.state)],
      }));
    const issue = { repositoryId: id, number: opened.number };
    await whileLeased(
      this.#store.noteIssue(discussion, { ...issue, url: opened.url }),
    );
    this.#changed(request.id);
    return issue;
  }

  async #post(
    discussion: LeasedDiscussion,
    request: StoredPublishRequest,
    issue: IssueAddress,
    message: PendingMessage,
  ): Promise<void> {
    const { key, postingAt, actor } = message;
    const known =
      postingAt === undefined
        ? undefined
        : await this.#issues.findMarkedComment(
            issue,
            markerOf(request.id, key),
            postingAt,
          );
    if (postingAt === undefined) {
      await this.#store.notePosting(message, this.#at());
    }
    await this.#renew(discussion);
    const comment =
      known ??
      (await this.#issues.comment(
        issue,
        commentOf(request, message, {
          actor,
          login: await this.#loginOf(request, actor),
        }),
      ));
    await whileLeased(
      this.#store.notePosted(discussion, message, {
        id: comment.id,
        url: comment.html_url,
        updatedAt: comment.updated_at,
      }),
    );
    this.#changed(request.id);
  }

  async #loginOf(
    request: StoredPublishRequest,
    actor: string,
  ): Promise<string | undefined> {
    if (actor === request.author) {
      return request.authorLogin;
    }
    const known =
      actor === 'system' ? undefined : await this.#people.viewerOf(actor);
    return known?.host === request.host ? known.login : undefined;
  }

  /** Whoever may write in the repository may delete an issue, too. */
  async #endIfGone(requestId: string, issue: IssueAddress): Promise<void> {
    try {
      await this.#issues.get(issue);
    } catch (error) {
      if (!(error instanceof NotFoundError)) {
        throw error;
      }
      await this.#store.end(requestId, 'The issue is gone from GitHub');
      this.#logger.warn(
        `The issue of request ${requestId} is gone from GitHub: it is discussed in the portal only`,
      );
      this.#changed(requestId);
    }
  }

  async #leave(discussion: LeasedDiscussion, error: Error): Promise<void> {
    this.#logger.warn(
      `Request ${discussion.request} could not be discussed on GitHub, which is tried again: ${error.message}`,
      error,
    );
    await this.#store.postpone(discussion, {
      until: this.#retryAt(discussion, error),
      error: error.message,
    });
  }

  #retryAt({ failures }: LeasedDiscussion, error: Error): string {
    const now = this.#now().getTime();
    const asked =
      error instanceof GitHubUnavailableError ? error.retryAt : undefined;
    const { least, most } = RETRY_MS;
    const wait = Math.min(
      Math.max((asked?.getTime() ?? now) - now, least * 2 ** failures),
      most,
    );
    return this.#at(wait);
  }

  async #renew(discussion: LeasedDiscussion): Promise<void> {
    await whileLeased(this.#store.renew(discussion, this.#at(this.#leaseMs)));
  }

  /** Has open pages look again. */
  #changed(requestId: string): void {
    this.#pages.tell({ type: 'publish-request-changed', requestId });
  }

  /** The time in so many milliseconds; ISO 8601. */
  #at(inMs = 0): string {
    return new Date(this.#now().getTime() + inMs).toISOString();
  }
}
