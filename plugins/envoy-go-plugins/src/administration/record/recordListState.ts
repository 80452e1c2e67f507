import type { AuditQuery } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import {
  ROWS_PER_PAGE,
  isTimeRangeSet,
  readPage,
  readText,
  readTimeRange,
  readValues,
  timeRangeParameters,
  toTimeQuery,
  writeParameters,
} from '../lists';
import type { AddressState, TimeRange } from '../lists';

/** What the record is narrowed to. */
export interface RecordListState {
  text: string;
  /** Entity ref, or `system`. */
  actor: string;
  action: string[];
  time: TimeRange;
  /** One-based. */
  page: number;
}

/** How it is written in the address. */
export const recordListAddress: AddressState<RecordListState> = {
  parse: params => ({
    text: readText(params, 'q'),
    actor: readText(params, 'actor'),
    action: readValues(params, 'action'),
    time: readTimeRange(params),
    page: readPage(params),
  }),
  format: state =>
    writeParameters({
      q: state.text,
      actor: state.actor,
      action: state.action,
      ...timeRangeParameters(state.time),
      page: state.page,
    }),
};

/** What the backend is asked for. */
export function toAuditQuery(state: RecordListState): AuditQuery {
  return {
    ...(state.text && { text: state.text }),
    ...(state.actor && { actor: state.actor }),
    ...(state.action.length > 0 && { action: state.action }),
    ...toTimeQuery(state.time),
    offset: (state.page - 1) * ROWS_PER_PAGE,
    limit: ROWS_PER_PAGE,
  };
}

/** Whether anything narrows the record. */
export function isNarrowed(state: RecordListState): boolean {
  return Boolean(
    state.text ||
      state.actor ||
      state.action.length > 0 ||
      isTimeRangeSet(state.time),
  );
}
