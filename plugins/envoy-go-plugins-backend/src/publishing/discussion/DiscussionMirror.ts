import type { LoggerService } from '@backstage/backend-plugin-api';
import { NotFoundError, toError } from '@backstage/errors';
import { GitHubUnavailableError } from '../../github';
import type { KnownPeople } from '../../people';
import type { PublishNotifier } from '../PublishNotifier';
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

/** Another worker has it by now: there is nothing more to do for this one. */
class LeaseLostError extends Error {}

/**
 * Tells in an issue what happens to a request: opens it, writes comments, and lets it show the
 * state. Any number of workers may do so. A worker may die between GitHub's answer and writing
 * that down; who takes over looks for the marker of what may have been written before it is
 * written again.
 */
export class DiscussionMirror {
  readonly #id: string;
  readonly #store: DiscussionStore;
  readonly #requests: Pick<PublishRequestStore, 'get'>;
  readonly #issues: DiscussionIssues;
  readonly #people: KnownPeople;
  readonly #portalUrl: string;
  readonly #notifier: PublishNotifier;
  readonly #logger: LoggerService;
  readonly #now: () => Date;
  readonly #leaseMs: number;
  readonly #pollMs: number;
  #stopping = false;
  #loop: Promise<void> | undefined;
  #woken = false;
  #wakeUp: (() => void) | undefined;

  constructor(options: {
    /** Who it is, unlike any other. */
    id: string;
    store: DiscussionStore;
    requests: Pick<PublishRequestStore, 'get'>;
    issues: DiscussionIssues;
    people: KnownPeople;
    /** Of the portal's pages. */
    portalUrl: string;
    notifier: PublishNotifier;
    logger: LoggerService;
    now: () => Date;
    leaseMs?: number;
    pollMs?: number;
  }) {
    this.#id = options.id;
    this.#store = options.store;
    this.#requests = options.requests;
    this.#issues = options.issues;
    this.#people = options.people;
    this.#portalUrl = options.portalUrl.replace(/\/$/, '');
    this.#notifier = options.notifier;
    this.#logger = options.logger;
    this.#now = options.now;
    this.#leaseMs = options.leaseMs ?? DEFAULT_LEASE_MS;
    this.#pollMs = options.pollMs ?? DEFAULT_POLL_MS;
  }

  start(): void {
    this.#loop ??= this.#work();
  }

  /** Looks for something to tell now, rather than with the next poll. */
  wake(): void {
    this.#woken = true;
    this.#wakeUp?.();
  }

  /** Begins nothing more, and waits until what it does can be left. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.wake();
    await this.#loop;
  }

  async #work(): Promise<void> {
    while (!this.#stopping) {
      this.#woken = false;
      const discussion = await this.#claim();
      if (discussion) {
        await this.#handle(discussion);
      } else {
        await this.#waitForWork();
      }
    }
  }

  async #waitForWork(): Promise<void> {
    if (this.#woken) {
      return;
    }
    await new Promise<void>(resolve => {
      const timer = setTimeout(resolve, this.#pollMs);
      // Waiting alone must not keep a process alive
      timer.unref();
      this.#wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wakeUp = undefined;
  }

  async #claim(): Promise<LeasedDiscussion | undefined> {
    try {
      return await this.#store.claim({
        owner: this.#id,
        now: this.#at(),
        until: this.#leasedUntil(),
      });
    } catch (error) {
      this.#logger.warn(
        'Discussions could not be taken from the store, which is tried again',
        toError(error),
      );
      return undefined;
    }
  }

  async #handle(discussion: LeasedDiscussion): Promise<void> {
    try {
      const request = await this.#requests.get(discussion.request);
      const issue = discussion.issue ?? (await this.#open(discussion, request));
      await this.#tell(discussion, request, issue);
    } catch (thrown) {
      if (thrown instanceof LeaseLostError) {
        return;
      }
      await this.#leave(discussion, toError(thrown));
    }
  }

  async #tell(
    discussion: LeasedDiscussion,
    request: StoredPublishRequest,
    issue: IssueAddress,
  ): Promise<void> {
    try {
      // What led to this state is among the messages then: it is told before the state shows
      const { state } = await this.#requests.get(request.id);
      for (const message of await this.#store.listPending(request.id)) {
        if (this.#stopping) {
          break;
        }
        await this.#post(discussion, request, issue, message);
      }
      if (!this.#stopping && state !== discussion.shownState) {
        await this.#renew(discussion);
        await this.#issues.show(issue, state);
        await mine(this.#store.noteState(discussion, state));
      }
    } catch (error) {
      if (error instanceof NotFoundError) {
        await this.#endIfGone(request.id, issue);
      }
      throw error;
    }
    await mine(this.#store.release(discussion, this.#at()));
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
      await mine(this.#store.noteOpening(discussion, this.#at()));
    }
    await this.#renew(discussion);
    const opened =
      known ??
      (await this.#issues.open(id, {
        ...issueOf(request, this.#portalUrl),
        labels: [labelOf(request.state)],
      }));
    const issue = { repositoryId: id, number: opened.number };
    await mine(
      this.#store.noteIssue(discussion, { ...issue, url: opened.url }),
    );
    this.#notifier.changed(request.id);
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
    await mine(
      this.#store.notePosted(discussion, message, {
        id: comment.id,
        url: comment.html_url,
        updatedAt: comment.updated_at,
      }),
    );
    this.#notifier.changed(request.id);
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
      this.#notifier.changed(requestId);
    }
  }

  async #leave(discussion: LeasedDiscussion, error: Error): Promise<void> {
    this.#logger.warn(
      `Request ${discussion.request} could not be discussed on GitHub, which is tried again: ${error.message}`,
      error,
    );
    try {
      await this.#store.postpone(discussion, {
        until: this.#retryAt(discussion, error),
        error: error.message,
      });
    } catch (thrown) {
      // Its lease runs out
      this.#logger.warn(
        `The discussion of request ${discussion.request} could not be given back`,
        toError(thrown),
      );
    }
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
    return new Date(now + wait).toISOString();
  }

  async #renew(discussion: LeasedDiscussion): Promise<void> {
    await mine(this.#store.renew(discussion, this.#leasedUntil()));
  }

  #at(): string {
    return this.#now().toISOString();
  }

  #leasedUntil(): string {
    return new Date(this.#now().getTime() + this.#leaseMs).toISOString();
  }
}

async function mine(changed: Promise<boolean>): Promise<void> {
  if (!(await changed)) {
    throw new LeaseLostError();
  }
}
