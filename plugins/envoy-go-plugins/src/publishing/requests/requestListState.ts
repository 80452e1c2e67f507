import type {
  PublishRequestQuery,
  PublishRequestState,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import {
  ROWS_PER_PAGE,
  readPage,
  readText,
  readValues,
  writeParameters,
} from '../../administration/lists';
import type { AddressState } from '../../administration/lists';
import { REQUEST_STATES } from '../words';

/** What the list of one's own requests is narrowed to. */
export interface RequestListState {
  text: string;
  state: PublishRequestState[];
  /** One-based. */
  page: number;
}

/** How it is written in the address. */
export const requestListAddress: AddressState<RequestListState> = {
  parse: params => ({
    text: readText(params, 'q'),
    state: readValues(params, 'state').flatMap(value =>
      REQUEST_STATES.filter(known => known === value),
    ),
    page: readPage(params),
  }),
  format: ({ text, state, page }) => writeParameters({ q: text, state, page }),
};

/** What the backend is asked for. */
export function toRequestQuery(state: RequestListState): PublishRequestQuery {
  return {
    ...(state.text && { text: state.text }),
    ...(state.state.length > 0 && { state: state.state }),
    offset: (state.page - 1) * ROWS_PER_PAGE,
    limit: ROWS_PER_PAGE,
  };
}
