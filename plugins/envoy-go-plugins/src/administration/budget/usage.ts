import { DateTime } from 'luxon';
import type {
  GitHubBudget,
  GitHubLane,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';

/** The lanes, those that are served first first. */
export const LANES: readonly GitHubLane[] = ['urgent', 'page', 'sweep'];

/** What the lanes are called. */
export const LANE_LABELS: Record<GitHubLane, string> = {
  urgent: 'Events and administrators',
  page: 'People’s pages',
  sweep: 'Sweeps',
};

const HOURS = 24;

/** What was asked in one hour. */
export interface UsageHour {
  /** When it began. */
  from: DateTime;
  used: Record<GitHubLane, number>;
  total: number;
  notModified: number;
}

/** The history of a budget by the hour, the last 24 of them, oldest first; the last one is still going on. */
export function usageByHour(
  history: GitHubBudget['history'],
  now: DateTime,
): UsageHour[] {
  const last = now.startOf('hour');
  const hours = Array.from(
    { length: HOURS },
    (_, index): UsageHour => ({
      from: last.minus({ hours: HOURS - 1 - index }),
      used: { urgent: 0, page: 0, sweep: 0 },
      total: 0,
      notModified: 0,
    }),
  );
  for (const entry of history) {
    const at = DateTime.fromISO(entry.at);
    const index = Math.floor(at.diff(hours[0].from, 'hours').hours);
    const hour = hours[index];
    if (at.isValid && hour) {
      for (const lane of LANES) {
        hour.used[lane] += entry.used[lane];
        hour.total += entry.used[lane];
      }
      hour.notModified += entry.notModified;
    }
  }
  return hours;
}

/** A round number that is at least as large, for the top of an axis. */
export function niceMaximum(value: number): number {
  if (value <= 5) {
    return 5;
  }
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 2, 2.5, 5, 10].find(each => each * power >= value) ?? 10;
  return step * power;
}
