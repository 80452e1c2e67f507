import { useEffect } from 'react';
import { useApiHolder } from '@backstage/core-plugin-api';
import { signalApiRef } from '@backstage/plugin-signals-react';

/** How often what goes on is looked at where no signals come, in milliseconds. */
const LOOK_EVERY_MS = 3_000;
/** And where signals come, one of which may get lost. */
const LOOK_EVERY_WITH_SIGNALS_MS = 15_000;

/** Looks again at intervals, as long as something goes on and the page is in front. */
export function useLookAgain(look: () => void, goesOn: boolean): void {
  const hasSignals = Boolean(useApiHolder().get(signalApiRef));
  useEffect(() => {
    if (!goesOn) {
      return undefined;
    }
    const timer = setInterval(
      () => {
        if (document.visibilityState !== 'hidden') {
          look();
        }
      },
      hasSignals ? LOOK_EVERY_WITH_SIGNALS_MS : LOOK_EVERY_MS,
    );
    return () => clearInterval(timer);
  }, [look, goesOn, hasSignals]);
}
