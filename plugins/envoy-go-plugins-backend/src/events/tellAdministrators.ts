import type { LoggerService } from '@backstage/backend-plugin-api';
import { toError } from '@backstage/errors';
import type { SignalsService } from '@backstage/plugin-signals-node';
import {
  ENVOY_GO_PLUGINS_SIGNAL_CHANNEL,
  type EnvoyGoPluginsSignal,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';

/** Has administrators' open pages look at deliveries again; it says to nobody what they are. */
export function tellAdministrators(options: {
  signals: SignalsService;
  logger: LoggerService;
}): () => void {
  const { signals, logger } = options;
  const message: EnvoyGoPluginsSignal = { type: 'administration-changed' };
  return () => {
    signals
      .publish({
        channel: ENVOY_GO_PLUGINS_SIGNAL_CHANNEL,
        recipients: { type: 'broadcast' },
        message,
      })
      .catch(error =>
        logger.warn(
          'Administrators were not told that deliveries changed',
          toError(error),
        ),
      );
  };
}
