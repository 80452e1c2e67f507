import { useSignalledChanges } from '../../live-updates';

/** How long changes of one build are gathered before its page looks again, in milliseconds: short, for lines of log. */
const GATHER_MS = 250;
/** And those of many builds, for lists of them. */
const GATHER_ALL_MS = 1_000;

/**
 * Calls back when builds have moved on.
 *
 * @param buildId - the one build that matters; without it all do
 */
export function useBuildChanges(onChange: () => void, buildId?: string): void {
  useSignalledChanges({
    concerns: signal =>
      signal.type === 'build-changed' &&
      (!buildId || signal.buildId === buildId),
    onChange,
    gatherMs: buildId ? GATHER_MS : GATHER_ALL_MS,
  });
}
