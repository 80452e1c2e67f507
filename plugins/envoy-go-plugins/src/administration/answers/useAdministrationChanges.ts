import { useSignalledChanges } from '../../live-updates';

/** How long changes are gathered before the pages look again, in milliseconds. */
const GATHER_MS = 500;

/** Calls back when something that administrators see has changed. */
export function useAdministrationChanges(onChange: () => void): void {
  useSignalledChanges({
    concerns: ({ type }) => type === 'administration-changed',
    onChange,
    gatherMs: GATHER_MS,
  });
}
