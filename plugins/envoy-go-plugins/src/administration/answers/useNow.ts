import { useEffect, useState } from 'react';
import { DateTime } from 'luxon';

/** How often the time moves on, in milliseconds. */
const TICK_MS = 15_000;

/** The time, moving on, for pages that stay open and say how long ago something was. */
export function useNow(): DateTime {
  const [now, setNow] = useState(() => DateTime.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(DateTime.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  return now;
}
