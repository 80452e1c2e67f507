import type { LoggerService } from '@backstage/backend-plugin-api';
import { toError } from '@backstage/errors';
import type { NotificationService } from '@backstage/plugin-notifications-node';
import type { SignalsService } from '@backstage/plugin-signals-node';
import {
  ENVOY_GO_PLUGINS_SIGNAL_CHANNEL,
  type EnvoyGoPluginsSignal,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { StoredPublishRequest } from './PublishRequestStore';

/** Tells people that a request moved on. What cannot be told stops nothing. */
export class PublishNotifier {
  readonly #signals: SignalsService;
  readonly #notifications: NotificationService;
  readonly #logger: LoggerService;

  constructor(options: {
    signals: SignalsService;
    notifications: NotificationService;
    logger: LoggerService;
  }) {
    this.#signals = options.signals;
    this.#notifications = options.notifications;
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
   * Tells its author what became of a request.
   *
   * @returns whether the portal took it
   */
  async tellAuthor(
    request: Pick<StoredPublishRequest, 'id' | 'author' | 'name'>,
    text: string,
    severity: 'normal' | 'high' = 'normal',
  ): Promise<boolean> {
    try {
      await this.#notifications.send({
        recipients: { type: 'entity', entityRef: request.author },
        payload: {
          title: `Publishing ${request.name}`,
          description: text,
          link: `/envoy-go-plugins/publish/${request.id}`,
          severity,
          topic: 'envoy-go-plugins.publishing',
          scope: `${request.id}: ${text}`.slice(0, 250),
        },
      });
      return true;
    } catch (error) {
      this.#logger.info(
        `${request.author} got no notification "${text}": ${
          toError(error).message
        }`,
      );
      return false;
    }
  }
}
