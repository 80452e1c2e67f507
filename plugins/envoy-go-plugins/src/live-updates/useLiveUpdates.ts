import { useSWRConfig } from 'swr';
import useSWRSubscription from 'swr/subscription';
import { useApiHolder } from '@backstage/core-plugin-api';
import { signalApiRef } from '@backstage/plugin-signals-react';
import type { SignalApi } from '@backstage/plugin-signals-react';
import { ENVOY_GO_PLUGINS_SIGNAL_CHANNEL } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { EnvoyGoPluginsSignal } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { isOutdatedBy } from './factsKey';
import { gatherSignals } from './gatherSignals';

/**
 * Keeps what a page shows up to date: when a signal says that something changed, what is shown of it is asked for again,
 * and stays in place until the new answer is there. All parts of a page share one subscription. A portal without signals
 * does without: pages look again when they come back to the front.
 *
 * `useSignal` keeps the last signal alone, and would lose the first of two that come together.
 */
export function useLiveUpdates(): void {
  const signals = useApiHolder().get(signalApiRef);
  const { mutate } = useSWRConfig();

  useSWRSubscription(
    signals ? (['envoy-go-plugins', 'signals', signals] as const) : undefined,
    ([, , api]: readonly [string, string, SignalApi]) => {
      const gatherer = gatherSignals({
        onSignals: gathered => {
          mutate(key => gathered.some(signal => isOutdatedBy(key, signal)));
        },
      });
      const subscriber = api.subscribe<EnvoyGoPluginsSignal>(
        ENVOY_GO_PLUGINS_SIGNAL_CHANNEL,
        signal => gatherer.add(signal),
      );
      return () => {
        subscriber.unsubscribe();
        gatherer.stop();
      };
    },
  );
}
