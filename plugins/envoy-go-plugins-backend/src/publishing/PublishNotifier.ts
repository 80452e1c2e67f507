import type { LoggerService } from '@backstage/backend-plugin-api';
import { toError } from '@backstage/errors';
import type {
  NotificationRecipients,
  NotificationService,
} from '@backstage/plugin-notifications-node';
import type { SignalsService } from '@backstage/plugin-signals-node';
import {
  ENVOY_GO_PLUGINS_SIGNAL_CHANNEL,
  type EnvoyGoPluginsSignal,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { type NotificationSeverity, PUBLISH_NOTICES } from './publishNotices';
import type { StoredPublishRequest } from './PublishRequestStore';
import type { PublishTransition } from './PublishTransition';

/** A notification that is longer is cut, in characters. */
const LONGEST = 400;

/** What has to be known of a request to tell somebody of it. */
type Told = Pick<
  StoredPublishRequest,
  'id' | 'author' | 'authorLogin' | 'name'
>;

/** Tells people that a request moved on. What cannot be told stops nothing. */
export class PublishNotifier {
  readonly #signals: SignalsService;
  readonly #notifications: NotificationService;
  readonly #administrators: string | undefined;
  readonly #logger: LoggerService;

  constructor(options: {
    signals: SignalsService;
    notifications: NotificationService;
    /** Entity ref of the administrators' group. */
    administrators: string | undefined;
    logger: LoggerService;
  }) {
    this.#signals = options.signals;
    this.#notifications = options.notifications;
    this.#administrators = options.administrators;
    this.#logger = options.logger;
  }

  /** Open pages look again. It says nothing but that there is something to look at. */
  changed(requestId: string): void {
    const message: EnvoyGoPluginsSignal = {
      type: 'publish-request-changed',
      requestId,
    };
    void this.#signals
      .publish({
        channel: ENVOY_GO_PLUGINS_SIGNAL_CHANNEL,
        recipients: { type: 'broadcast' },
        message,
      })
      .catch(error =>
        this.#logger.warn(
          `Nobody was told that request ${requestId} changed`,
          toError(error),
        ),
      );
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

  /**
   * Tells its author something about a request.
   *
   * @returns whether the portal took it
   */
  async tellAuthor(
    request: Pick<Told, 'id' | 'author' | 'name'>,
    text: string,
    severity: NotificationSeverity = 'normal',
  ): Promise<boolean> {
    return this.#send(
      { type: 'entity', entityRef: request.author },
      {
        title: `Publishing ${request.name}`,
        link: `/envoy-go-plugins/publish/${request.id}`,
        topic: 'envoy-go-plugins.publishing',
      },
      { id: request.id, text, severity },
    );
  }

  /** Tells the administrators something about a request that is not their own. */
  async tellAdministrators(
    request: Pick<Told, 'id' | 'author' | 'name'>,
    text: string,
    severity: NotificationSeverity = 'normal',
  ): Promise<boolean> {
    if (this.#administrators === undefined) {
      return false;
    }
    return this.#send(
      {
        type: 'entity',
        entityRef: this.#administrators,
        excludeEntityRef: request.author,
      },
      {
        title: `Review of ${request.name}`,
        link: `/envoy-go-plugins/admin/reviews/${request.id}`,
        topic: 'envoy-go-plugins.reviews',
      },
      { id: request.id, text, severity },
    );
  }

  async #send(
    recipients: Extract<NotificationRecipients, { type: 'entity' }>,
    payload: { title: string; link: string; topic: string },
    what: { id: string; text: string; severity: NotificationSeverity },
  ): Promise<boolean> {
    const { id, text, severity } = what;
    try {
      await this.#notifications.send({
        recipients,
        payload: {
          ...payload,
          description:
            text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text,
          severity,
          // Told twice, it is one notification
          scope: `${id}: ${text}`.slice(0, 250),
        },
      });
      return true;
    } catch (error) {
      this.#logger.info(
        `${recipients.entityRef} got no notification "${text}": ${
          toError(error).message
        }`,
      );
      return false;
    }
  }
}
