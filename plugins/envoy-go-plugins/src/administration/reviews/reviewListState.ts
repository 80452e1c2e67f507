import type {
  PublishRequestQuery,
  PublishRequestState,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { REQUEST_STATES } from '../../publishing/words';
import {
  ROWS_PER_PAGE,
  readPage,
  readText,
  readValues,
  writeParameters,
} from '../lists';
import type { AddressState } from '../lists';

/** The states in which a request waits for an administrator. */
export const WAITING_STATES: readonly PublishRequestState[] = [
  'in-review',
  'publishing-failed',
];

/** In the address, where no state narrows the queue. */
const ALL = 'all';

/** What the review queue is narrowed to: to begin with, to what waits for an administrator. */
export interface ReviewListState {
  text: string;
  /** Empty for all. */
  state: PublishRequestState[];
  /** One-based. */
  page: number;
}

function isWaiting(states: PublishRequestState[]): boolean {
  return (
    states.length === WAITING_STATES.length &&
    WAITING_STATES.every(state => states.includes(state))
  );
}

/** How it is written in the address. */
export const reviewListAddress: AddressState<ReviewListState> = {
  parse: params => {
    const values = readValues(params, 'state');
    const known = REQUEST_STATES.filter(state =>
      values.some(value => value === state),
    );
    const narrowed = known.length > 0 ? known : [...WAITING_STATES];
    return {
      text: readText(params, 'q'),
      state: values.includes(ALL) ? [] : narrowed,
      page: readPage(params),
    };
  },
  format: ({ text, state, page }) => {
    let states: string[] = state;
    if (state.length === 0) {
      states = [ALL];
    } else if (isWaiting(state)) {
      states = [];
    }
    return writeParameters({ q: text, state: states, page });
  },
};

/** Whether the queue shows what it shows to begin with. */
export function isAsAtFirst(state: ReviewListState): boolean {
  return !state.text && isWaiting(state.state);
}

/** What the backend is asked for. */
export function toReviewQuery(state: ReviewListState): PublishRequestQuery {
  return {
    ...(state.text && { text: state.text }),
    ...(state.state.length > 0 && { state: state.state }),
    offset: (state.page - 1) * ROWS_PER_PAGE,
    limit: ROWS_PER_PAGE,
  };
}
