import type {
  BuildKind,
  BuildQuery,
  BuildState,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { BUILD_KINDS, BUILD_STATES } from '../../builds/words';
import {
  ROWS_PER_PAGE,
  readPage,
  readText,
  readValues,
  writeParameters,
} from '../lists';
import type { AddressState } from '../lists';

/** What the list of builds is narrowed to. */
export interface BuildListState {
  text: string;
  state: BuildState[];
  kind: BuildKind[];
  /** One-based. */
  page: number;
}

/** How it is written in the address. */
export const buildListAddress: AddressState<BuildListState> = {
  parse: params => ({
    text: readText(params, 'q'),
    state: readValues(params, 'state').flatMap(value =>
      BUILD_STATES.filter(known => known === value),
    ),
    kind: readValues(params, 'kind').flatMap(value =>
      BUILD_KINDS.filter(known => known === value),
    ),
    page: readPage(params),
  }),
  format: state =>
    writeParameters({
      q: state.text,
      state: state.state,
      kind: state.kind,
      page: state.page,
    }),
};

/** What the backend is asked for. */
export function toBuildQuery(state: BuildListState): BuildQuery {
  return {
    ...(state.text && { text: state.text }),
    ...(state.state.length > 0 && { state: state.state }),
    ...(state.kind.length > 0 && { kind: state.kind }),
    offset: (state.page - 1) * ROWS_PER_PAGE,
    limit: ROWS_PER_PAGE,
  };
}

/** Whether anything narrows the list. */
export function isNarrowed(state: BuildListState): boolean {
  return Boolean(state.text || state.state.length > 0 || state.kind.length > 0);
}
