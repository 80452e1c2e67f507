import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';

/**
 * Waits until an expectation holds, and fails as it does when it does not in time.
 *
 * @param timeoutMs - in milliseconds
 * @param pollMs - between two looks, in milliseconds
 */
export async function waitFor(
  expectation: () => void | Promise<void>,
  timeoutMs = 10_000,
  pollMs = 10,
): Promise<void> {
  const until = performance.now() + timeoutMs;
  for (;;) {
    try {
      await expectation();
      return;
    } catch (error) {
      if (performance.now() > until) {
        throw error;
      }
      await wait(pollMs);
    }
  }
}
