import { useSignalledChanges } from '../../live-updates';

/** How long changes are gathered before the page looks again, in milliseconds: short, for checks that finish one by one. */
const GATHER_MS = 150;

/**
 * Calls back when requests have moved on.
 *
 * @param requestId - the one request that matters; without it all do
 */
export function usePublishingChanges(
  onChange: () => void,
  requestId?: string,
): void {
  useSignalledChanges({
    concerns: signal =>
      signal.type === 'publish-request-changed' &&
      (!requestId || signal.requestId === requestId),
    onChange,
    gatherMs: GATHER_MS,
  });
}
