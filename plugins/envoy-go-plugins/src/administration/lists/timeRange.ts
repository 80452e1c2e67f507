import { DateTime } from 'luxon';
import { readOneOf } from './addressParameters';

/** The time spans that lists offer, each with how long it is in hours. */
export const TIME_SPANS = {
  '1h': { label: 'Last hour', hours: 1 },
  '24h': { label: 'Last 24 hours', hours: 24 },
  '7d': { label: 'Last 7 days', hours: 168 },
  '30d': { label: 'Last 30 days', hours: 720 },
} as const;

/** @internal */
export type TimeSpan = keyof typeof TIME_SPANS;

const SPANS: readonly TimeSpan[] = ['1h', '24h', '7d', '30d'];

/** The span of that name. */
export function timeSpanOf(name: string): TimeSpan | undefined {
  return SPANS.find(span => span === name);
}

/**
 * What time a list is narrowed to: a span that ends now, or from one moment to another. Moments are ISO 8601 in UTC.
 */
export interface TimeRange {
  span?: TimeSpan;
  from?: string;
  to?: string;
}

function readMoment(params: URLSearchParams, name: string): string | undefined {
  const moment = DateTime.fromISO(params.get(name) ?? '', { zone: 'utc' });
  return moment.isValid
    ? moment.toISO({ suppressMilliseconds: true })
    : undefined;
}

/** Reads the range out of an address. What makes no sense there is as if it were absent. */
export function readTimeRange(params: URLSearchParams): TimeRange {
  const span = readOneOf(params, 'within', SPANS);
  if (span) {
    return { span };
  }
  return { from: readMoment(params, 'from'), to: readMoment(params, 'to') };
}

/** The parameters of an address that read back as the same range. */
export function timeRangeParameters(range: TimeRange) {
  return { within: range.span, from: range.from, to: range.to };
}

/** Whether the range leaves anything out. */
export function isTimeRangeSet(range: TimeRange): boolean {
  return Boolean(range.span || range.from || range.to);
}

/** The moments that the backend is asked for. */
export function toTimeQuery(
  range: TimeRange,
  now: DateTime = DateTime.utc(),
): { from?: string; to?: string } {
  if (range.span) {
    const from = now.toUTC().minus({ hours: TIME_SPANS[range.span].hours });
    return { from: from.toISO() ?? undefined };
  }
  return {
    ...(range.from && { from: range.from }),
    ...(range.to && { to: range.to }),
  };
}
