import { useEffect, useRef } from 'react';
import { useApiHolder } from '@backstage/core-plugin-api';
import { signalApiRef } from '@backstage/plugin-signals-react';
import { ENVOY_GO_PLUGINS_SIGNAL_CHANNEL } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';

/** How long changes are gathered before the pages look again, in milliseconds. */
const GATHER_MS = 500;

/**
 * Calls back when something that administrators see has changed: on a signal of the backend, where the portal has
 * signals, and always when the page comes back to the front; behind others it waits. Changes that follow closely upon
 * another are one.
 */
export function useAdministrationChanges(onChange: () => void): void {
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
    const subscription = signals?.subscribe(
      ENVOY_GO_PLUGINS_SIGNAL_CHANNEL,
      signal => {
        if (
          signal.type === 'administration-changed' &&
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
  }, [signals]);
}
