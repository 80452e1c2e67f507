import type {
  DeliveryQuery,
  DeliveryState,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
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

/** All states of a delivery, those that need somebody first. */
export const DELIVERY_STATES: readonly DeliveryState[] = [
  'dead',
  'failed',
  'received',
  'processing',
  'done',
  'ignored',
];

/** What the list of deliveries is narrowed to. */
export interface DeliveryListState {
  text: string;
  state: DeliveryState[];
  event: string[];
  repository: string;
  time: TimeRange;
  /** One-based. */
  page: number;
}

/** How it is written in the address. */
export const deliveryListAddress: AddressState<DeliveryListState> = {
  parse: params => ({
    text: readText(params, 'q'),
    state: readValues(params, 'state').flatMap(value =>
      DELIVERY_STATES.filter(known => known === value),
    ),
    event: readValues(params, 'event'),
    repository: readText(params, 'repository'),
    time: readTimeRange(params),
    page: readPage(params),
  }),
  format: state =>
    writeParameters({
      q: state.text,
      state: state.state,
      event: state.event,
      repository: state.repository,
      ...timeRangeParameters(state.time),
      page: state.page,
    }),
};

/** What the backend is asked for, without the page. */
export function toDeliveryFilter(
  state: DeliveryListState,
): Omit<DeliveryQuery, 'offset' | 'limit'> {
  return {
    ...(state.text && { text: state.text }),
    ...(state.event.length > 0 && { event: state.event }),
    ...(state.state.length > 0 && { state: state.state }),
    ...(state.repository && { repository: state.repository }),
    ...toTimeQuery(state.time),
  };
}

/** What the backend is asked for. */
export function toDeliveryQuery(state: DeliveryListState): DeliveryQuery {
  return {
    ...toDeliveryFilter(state),
    offset: (state.page - 1) * ROWS_PER_PAGE,
    limit: ROWS_PER_PAGE,
  };
}

/** Whether anything but the state narrows the list. */
export function isNarrowed(state: DeliveryListState): boolean {
  return Boolean(
    state.text ||
      state.event.length > 0 ||
      state.repository ||
      isTimeRangeSet(state.time),
  );
}
