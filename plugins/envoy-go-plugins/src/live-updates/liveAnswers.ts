import type { SWRConfiguration } from 'swr';

/** A page that comes back to the front looks again when it last did so longer ago than this, in milliseconds. */
const LOOK_AGAIN_AFTER_MS = 30_000;

/**
 * How answers are kept up to date where no signal says that they changed: when the page comes back to the front and when
 * the network does. Nothing is asked for at intervals, and a failure waits for the reader.
 */
export const LIVE_ANSWERS = {
  revalidateOnFocus: true,
  focusThrottleInterval: LOOK_AGAIN_AFTER_MS,
  revalidateOnReconnect: true,
  shouldRetryOnError: false,
} satisfies SWRConfiguration;
