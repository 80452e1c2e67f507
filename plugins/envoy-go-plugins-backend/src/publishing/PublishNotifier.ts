import type { NoticeOutbox, NoticeSeverity } from '../notices';
import { PUBLISH_NOTICES } from './publishNotices';
import type { StoredPublishRequest } from './PublishRequestStore';
import type { PublishTransition } from './PublishTransition';

/** What has to be known of a request to tell somebody of it. */
type Told = Pick<
  StoredPublishRequest,
  'id' | 'author' | 'authorLogin' | 'name'
>;

/** Tells people that a request moved on. */
export class PublishNotifier {
  readonly #outbox: Pick<NoticeOutbox, 'add'>;
  readonly #administrators: string | undefined;

  constructor(options: {
    outbox: Pick<NoticeOutbox, 'add'>;
    /** Entity ref of the administrators' group. */
    administrators: string | undefined;
  }) {
    this.#outbox = options.outbox;
    this.#administrators = options.administrators;
  }

  /**
   * Tells those whom it concerns that a request changed its state.
   *
   * @param words - of whoever did it, or what the portal says of it
   */
  async moved(
    request: Told,
    transition: PublishTransition,
    words?: string,
  ): Promise<void> {
    const { author, administrators } = PUBLISH_NOTICES[transition];
    const about = { ...request, words };
    if (author) {
      await this.tellAuthor(request, author.text(about), author.severity);
    }
    if (administrators) {
      await this.tellAdministrators(
        request,
        administrators.text(about),
        administrators.severity,
      );
    }
  }

  /** Tells the author that one administrator approved it, of several who have to. */
  async approvedByOne(request: Told): Promise<void> {
    await this.tellAuthor(
      request,
      'An administrator approved it; it takes the approval of another one, too.',
    );
  }

  /** Tells the other side what somebody wrote. */
  async commented(
    request: Told & Pick<StoredPublishRequest, 'state'>,
    comment: { actor: string; text: string },
  ): Promise<void> {
    if (comment.actor !== request.author) {
      await this.tellAuthor(request, `There is a new comment: ${comment.text}`);
    } else if (request.state === 'in-review') {
      await this.tellAdministrators(
        request,
        `There is a new comment of its author: ${comment.text}`,
      );
    }
  }

  /** Tells its author something about a request. */
  async tellAuthor(
    request: Pick<Told, 'id' | 'author' | 'name'>,
    text: string,
    severity: NoticeSeverity = 'normal',
  ): Promise<void> {
    await this.#outbox.add({
      to: { entityRefs: [request.author] },
      title: `Publishing ${request.name}`,
      text,
      link: `/envoy-go-plugins/publish/${request.id}`,
      severity,
      topic: 'envoy-go-plugins.publishing',
      scope: `${request.id}: ${text}`,
    });
  }

  /** Tells the administrators something about a request that is not their own. */
  async tellAdministrators(
    request: Pick<Told, 'id' | 'author' | 'name'>,
    text: string,
    severity: NoticeSeverity = 'normal',
  ): Promise<void> {
    if (this.#administrators === undefined) {
      return;
    }
    await this.#outbox.add({
      to: { entityRefs: [this.#administrators], except: request.author },
      title: `Review of ${request.name}`,
      text,
      link: `/envoy-go-plugins/admin/reviews/${request.id}`,
      severity,
      topic: 'envoy-go-plugins.reviews',
      scope: `${request.id}: ${text}`,
    });
  }
}
