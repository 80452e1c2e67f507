import { useEffect, useRef } from 'react';
import { useApiHolder } from '@backstage/core-plugin-api';
import { signalApiRef } from '@backstage/plugin-signals-react';
import { ENVOY_GO_PLUGINS_SIGNAL_CHANNEL } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { EnvoyGoPluginsSignal } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';

/**
 * Calls back when something has changed: on a signal of the backend, where the portal has signals, and always when the
 * page comes back to the front; behind others it waits. Changes that follow closely upon another are one.
 */
export function useSignalledChanges(options: {
  /** Whether a signal says that what the page shows has changed. */
  concerns: (signal: EnvoyGoPluginsSignal) => boolean;
  onChange: () => void;
  /** How long changes are gathered before the page looks again, in milliseconds. */
  gatherMs: number;
}): void {
  const { gatherMs } = options;
  const signals = useApiHolder().get(signalApiRef);
  const latest = useRef(options);
  useEffect(() => {
    latest.current = options;
  });

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const changed = () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        latest.current.onChange();
      }, gatherMs);
    };
    const subscription = signals?.subscribe<EnvoyGoPluginsSignal>(
      ENVOY_GO_PLUGINS_SIGNAL_CHANNEL,
      signal => {
        if (
          latest.current.concerns(signal) &&
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
  }, [signals, gatherMs]);
}
