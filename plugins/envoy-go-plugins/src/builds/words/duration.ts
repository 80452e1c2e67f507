import { DateTime } from 'luxon';

/** A time span as people read it: `0.4 s`, `12 s`, `3 min 5 s`, `1 h 2 min`. */
export function durationWords(milliseconds: number): string {
  const seconds = Math.max(0, milliseconds) / 1000;
  if (seconds < 9.95) {
    return `${seconds.toFixed(1)} s`;
  }
  const whole = Math.round(seconds);
  if (whole < 60) {
    return `${whole} s`;
  }
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) {
    return whole % 60 === 0
      ? `${minutes} min`
      : `${minutes} min ${whole % 60} s`;
  }
  return minutes % 60 === 0
    ? `${Math.floor(minutes / 60)} h`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** How many milliseconds lie between two ISO 8601 times; up to now without the second. */
export function millisecondsBetween(
  from: string,
  to: string | undefined,
  now: DateTime,
): number {
  const end = to === undefined ? now : DateTime.fromISO(to);
  return end.diff(DateTime.fromISO(from)).toMillis();
}
