import type { LoggerService } from '@backstage/backend-plugin-api';
import { NotFoundError } from '@backstage/errors';
import type { OpenPages } from '../../signals';
import type { PublishNotifier } from '../PublishNotifier';
import type { PublishRequestStore } from '../PublishRequestStore';
import { FINAL_STATES } from '../PublishTransition';
import { sameText } from '../sameText';
import type {
  AnsweredComment,
  DiscussionIssues,
  IssueAddress,
} from './DiscussionIssues';
import type { Discussion, DiscussionStore } from './DiscussionStore';
import type { GitHubPeople } from './GitHubPeople';
import { beginningOf, isMarked } from './discussionText';

/** As many characters of a comment are taken over; GitHub takes no more. */
const LONGEST = 65_536;

/**
 * Takes over what people write in the issues of requests. It reads what is true now, so that
 * it does no harm to be told late, twice or in another order.
 */
export class DiscussionReader {
  readonly #store: DiscussionStore;
  readonly #requests: Pick<PublishRequestStore, 'get'>;
  readonly #issues: DiscussionIssues;
  readonly #people: GitHubPeople;
  readonly #notifier: PublishNotifier;
  readonly #pages: OpenPages;
  readonly #logger: LoggerService;
  readonly #onNotice: () => void;
  readonly #now: () => Date;

  constructor(options: {
    store: DiscussionStore;
    requests: Pick<PublishRequestStore, 'get'>;
    issues: DiscussionIssues;
    people: GitHubPeople;
    notifier: PublishNotifier;
    pages: OpenPages;
    logger: LoggerService;
    /** Called when there is something to tell on GitHub. */
    onNotice: () => void;
    now: () => Date;
  }) {
    this.#store = options.store;
    this.#requests = options.requests;
    this.#issues = options.issues;
    this.#people = options.people;
    this.#notifier = options.notifier;
    this.#pages = options.pages;
    this.#logger = options.logger;
    this.#onNotice = options.onNotice;
    this.#now = options.now;
  }

  /** Something happened to a comment. */
  async readComment(
    host: string,
    issue: IssueAddress,
    commentId: number,
  ): Promise<void> {
    const discussion = await this.#find(host, issue);
    if (!discussion) {
      return;
    }
    const comment = await this.#issues.findComment(
      issue.repositoryId,
      commentId,
    );
    await (comment
      ? this.take(discussion, comment)
      : this.drop(host, commentId));
  }

  /** Something happened to an issue. */
  async readIssue(host: string, address: IssueAddress): Promise<void> {
    const discussion = await this.#find(host, address);
    if (!discussion) {
      return;
    }
    const { state } = await this.#requests.get(discussion.request);
    if (FINAL_STATES.includes(state)) {
      return;
    }
    let issue;
    try {
      issue = await this.#issues.get(address);
    } catch (error) {
      if (!(error instanceof NotFoundError)) {
        throw error;
      }
      await this.#store.end(
        discussion.request,
        'The issue is gone from GitHub',
      );
      this.#logger.warn(
        `The issue of request ${discussion.request} is gone from GitHub: it is discussed in the portal only`,
      );
      this.#changed(discussion.request);
      return;
    }
    const isClosedEarly =
      issue.state === 'closed' &&
      !sameText(issue.closed_by?.login ?? '', await this.#issues.bot());
    if (isClosedEarly) {
      await this.#store.addNotice(
        discussion.request,
        {
          key: `closed:${issue.closed_at}`,
          text: 'Closing this issue decides nothing: the request goes on, so it was opened again. Whoever asked for the publication can withdraw it in the portal; administrators decide about it there.',
        },
        this.#at(),
      );
      this.#onNotice();
    }
  }

  /** Takes a comment over, or what it says now. */
  async take(discussion: Discussion, comment: AnsweredComment): Promise<void> {
    const { host, request: requestId } = discussion;
    const login = comment.user?.login ?? 'ghost';
    const text = beginningOf(comment.body ?? '', LONGEST);
    if (isMarked(text) && sameText(login, await this.#issues.bot())) {
      // The portal's own
      return;
    }
    const request = await this.#requests.get(requestId);
    const actor = sameText(login, request.authorLogin)
      ? request.author
      : await this.#people.actorOf(host, login);
    const change = await this.#store.takeComment(
      discussion,
      {
        id: comment.id,
        createdAt: new Date(comment.created_at).toISOString(),
        updatedAt: new Date(comment.updated_at).toISOString(),
        url: comment.html_url,
        text,
        actor,
      },
      this.#at(),
    );
    if (change === 'added' && actor !== request.author) {
      await this.#notifier.tellAuthor(
        request,
        'There is a new comment on GitHub.',
      );
    }
    if (change !== 'known') {
      this.#changed(requestId);
    }
  }

  /** A comment is gone. */
  async drop(host: string, commentId: number): Promise<void> {
    const requestId = await this.#store.dropComment(
      host,
      commentId,
      this.#at(),
    );
    if (requestId !== undefined) {
      this.#changed(requestId);
    }
  }

  /** Has open pages look again. */
  #changed(requestId: string): void {
    this.#pages.tell({ type: 'publish-request-changed', requestId });
  }

  async #find(
    host: string,
    issue: IssueAddress,
  ): Promise<Discussion | undefined> {
    return host === this.#issues.host
      ? this.#store.find(host, issue)
      : undefined;
  }

  #at(): string {
    return this.#now().toISOString();
  }
}
