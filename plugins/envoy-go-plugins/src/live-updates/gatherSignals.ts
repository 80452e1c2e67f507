import type { EnvoyGoPluginsSignal } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';

/** Least time between the first signal and asking again, in milliseconds: what happens together is asked for once. */
const GATHER_MS = 100;
/** All the pages that are open hear the same signal; they ask within this time, not at once. In milliseconds. */
const SPREAD_MS = 400;
/** While one signal chases the other, a page asks again no sooner than this. In milliseconds. */
const PAUSE_MS = 2_000;

/** Takes signals one by one and gives them on in bundles. */
export interface SignalGatherer {
  add(signal: EnvoyGoPluginsSignal): void;
  /** Forgets what has not been given on yet. */
  stop(): void;
}

/** Bundles signals, so that neither a burst of them nor a thousand open pages ask the backend for everything at once. */
export function gatherSignals(options: {
  onSignals: (signals: EnvoyGoPluginsSignal[]) => void;
  /** Between 0 and 1. */
  random?: () => number;
}): SignalGatherer {
  const { onSignals, random = Math.random } = options;
  let waiting: EnvoyGoPluginsSignal[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  let pauseUntil = 0;

  const give = () => {
    const signals = waiting;
    waiting = [];
    timer = undefined;
    pauseUntil = performance.now() + PAUSE_MS;
    onSignals(signals);
  };

  return {
    add(signal) {
      waiting.push(signal);
      timer ??= setTimeout(
        give,
        Math.max(
          GATHER_MS + random() * SPREAD_MS,
          pauseUntil - performance.now(),
        ),
      );
    },
    stop() {
      clearTimeout(timer);
      timer = undefined;
      waiting = [];
    },
  };
}
