import type { LoggerService } from '@backstage/backend-plugin-api';
import { toError } from '@backstage/errors';
import type { NotificationService } from '@backstage/plugin-notifications-node';
import type { SignalsService } from '@backstage/plugin-signals-node';
import {
  ENVOY_GO_PLUGINS_SIGNAL_CHANNEL,
  type EnvoyGoPluginsSignal,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { StoredOperation } from './ManagementStore';

/** Tells people what is done to a plugin. What cannot be told stops nothing. */
export class ManagementNotifier {
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
  changed(operationId: string): void {
    const message: EnvoyGoPluginsSignal = {
      type: 'management-changed',
      operationId,
    };
    void this.#signals
      .publish({
        channel: ENVOY_GO_PLUGINS_SIGNAL_CHANNEL,
        recipients: { type: 'broadcast' },
        message,
      })
      .catch(error =>
        this.#logger.warn(
          `Nobody was told that operation ${operationId} moved on`,
          toError(error),
        ),
      );
  }

  /**
   * @param to - entity refs; of groups, all members are told
   * @returns whether the portal took it
   */
  async tell(
    operation: Pick<StoredOperation, 'id' | 'plugin' | 'title'>,
    to: string[],
    text: string,
    severity: 'normal' | 'high' = 'normal',
  ): Promise<boolean> {
    const { id, plugin, title } = operation;
    try {
      await this.#notifications.send({
        recipients: { type: 'entity', entityRef: to },
        payload: {
          title: `${plugin.name}: ${title}`,
          description: text,
          link: `/catalog/${encodeURIComponent(
            plugin.namespace,
          )}/envoygoplugin/${encodeURIComponent(plugin.name)}`,
          severity,
          topic: 'envoy-go-plugins.management',
          scope: `${id}: ${text}`.slice(0, 250),
        },
      });
      return true;
    } catch (error) {
      this.#logger.info(
        `${to.join(', ')} got no notification "${text}": ${
          toError(error).message
        }`,
      );
      return false;
    }
  }
}
