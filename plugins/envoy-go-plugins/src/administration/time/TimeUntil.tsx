import Tooltip from '@material-ui/core/Tooltip';
import { DateTime } from 'luxon';

/** "in 3 minutes" for an ISO 8601 time that lies ahead, "now" for one that has come. */
export function timeUntil(value: string, now: DateTime): string {
  const time = DateTime.fromISO(value);
  if (!time.isValid) {
    return value;
  }
  if (time.diff(now, 'seconds').seconds < 1) {
    return 'now';
  }
  return time.setLocale('en').toRelative({ base: now }) ?? value;
}

/** How long it is until something happens; the exact time shows on hover. */
export function TimeUntil(props: { value: string; now: DateTime }) {
  const { value, now } = props;
  const time = DateTime.fromISO(value);
  const exact = time.isValid
    ? time.setLocale('en').toLocaleString(DateTime.DATETIME_FULL_WITH_SECONDS)
    : value;
  return (
    <Tooltip title={exact}>
      <time dateTime={value}>{timeUntil(value, now)}</time>
    </Tooltip>
  );
}
