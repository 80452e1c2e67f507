import type { LoggerService } from '@backstage/backend-plugin-api';
import { toError } from '@backstage/errors';
import type { SignalsService } from '@backstage/plugin-signals-node';
import {
  ENVOY_GO_PLUGINS_SIGNAL_CHANNEL,
  type EnvoyGoPluginsSignal,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';

/** Has pages that are open somewhere look again, which they also do by themselves. */
export class OpenPages {
  readonly #signals: SignalsService;
  readonly #logger: LoggerService;

  constructor(options: { signals: SignalsService; logger: LoggerService }) {
    this.#signals = options.signals;
    this.#logger = options.logger;
  }

  /** Everybody hears of it, so it says nothing but that there is something to look at. */
  tell(message: EnvoyGoPluginsSignal): void {
    void this.#signals
      .publish({
        channel: ENVOY_GO_PLUGINS_SIGNAL_CHANNEL,
        recipients: { type: 'broadcast' },
        message,
      })
      .catch(error =>
        this.#logger.warn(
          `Open pages were not told: ${JSON.stringify(message)}`,
          toError(error),
        ),
      );
  }
}
