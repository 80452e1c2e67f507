import { useEffect, useRef } from 'react';
import { useApiHolder } from '@backstage/core-plugin-api';
import { signalApiRef } from '@backstage/plugin-signals-react';
import { ENVOY_GO_PLUGINS_SIGNAL_CHANNEL } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { EnvoyGoPluginsSignal } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';

/** How long changes are gathered before the page looks again, in milliseconds: short, for checks that finish one by one. */
const GATHER_MS = 150;

/**
 * Calls back when requests have moved on: on a signal of the backend, where the portal has signals, and when the page
 * comes back to the front.
 *
 * @param requestId - the one request that matters; without it all do
 */
export function usePublishingChanges(
  onChange: () => void,
  requestId?: string,
): void {
  const signals = useApiHolder().get(signalApiRef);
  const latest = useRef(onChange);
  useEffect(() => {
    latest.current = onChange;
  }, [onChange]);

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const changed = () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        latest.current();
      }, GATHER_MS);
    };
    const subscription = signals?.subscribe<EnvoyGoPluginsSignal>(
      ENVOY_GO_PLUGINS_SIGNAL_CHANNEL,
      signal => {
        if (
          signal.type === 'publish-request-changed' &&
          (!requestId || signal.requestId === requestId) &&
          document.visibilityState !== 'hidden'
        ) {
          changed();
        }
      },
    );
    const onVisibility = () => {
      if (document.visibilityState === 'visible') {
        changed();
      }
    };
    document.addEventListener('visibilitychange', onVisibility);
    return () => {
      clearTimeout(timer);
      subscription?.unsubscribe();
      document.removeEventListener('visibilitychange', onVisibility);
    };
  }, [signals, requestId]);
}
