import { useSyncExternalStore } from 'react';
import Tooltip from '@material-ui/core/Tooltip';
import { DateTime } from 'luxon';
import { clock } from './clock';

const JUST_NOW_SECONDS = 45;

/**
 * "3 days ago" for an ISO 8601 time. Moments that lie less than a minute back, or ahead because of a clock that runs
 * differently, are "just now". What is no time is given back as it came.
 */
export function relativeTime(value: string, now: DateTime = DateTime.now()) {
  const time = DateTime.fromISO(value);
  if (!time.isValid) {
    return value;
  }
  if (now.diff(time, 'seconds').seconds < JUST_NOW_SECONDS) {
    return 'just now';
  }
  return time.setLocale('en').toRelative({ base: now }) ?? value;
}

/** How long ago something was; the exact time shows on hover and is what a machine reads. */
export function RelativeTime(props: { value: string; now?: DateTime }) {
  const { value } = props;
  // Pages stay open for hours; what was "just now" must not stay so.
  const minute = useSyncExternalStore(clock.subscribe, clock.now);
  const now = props.now ?? DateTime.fromMillis(minute);
  const time = DateTime.fromISO(value);
  const exact = time.isValid
    ? time.setLocale('en').toLocaleString(DateTime.DATETIME_FULL_WITH_SECONDS)
    : value;
  return (
    <Tooltip title={exact}>
      <time dateTime={value}>{relativeTime(value, now)}</time>
    </Tooltip>
  );
}
