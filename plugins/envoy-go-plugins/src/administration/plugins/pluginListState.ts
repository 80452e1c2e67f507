import type {
  EnvoyGoPluginLifecycle,
  ManagedPluginQuery,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { ENVOY_GO_PLUGIN_LIFECYCLES } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import {
  ROWS_PER_PAGE,
  readPage,
  readText,
  readValues,
  writeParameters,
} from '../lists';
import type { AddressState } from '../lists';

/** What the list of published plugins is narrowed to. */
export interface PluginListState {
  text: string;
  /** Empty for all. */
  lifecycle: EnvoyGoPluginLifecycle[];
  /** One-based. */
  page: number;
}

/** How it is written in the address. */
export const pluginListAddress: AddressState<PluginListState> = {
  parse: params => ({
    text: readText(params, 'q'),
    lifecycle: ENVOY_GO_PLUGIN_LIFECYCLES.filter(each =>
      readValues(params, 'lifecycle').includes(each),
    ),
    page: readPage(params),
  }),
  format: ({ text, lifecycle, page }) =>
    writeParameters({ q: text, lifecycle, page }),
};

/** What the backend is asked for. */
export function toPluginQuery(state: PluginListState): ManagedPluginQuery {
  return {
    ...(state.text && { text: state.text }),
    ...(state.lifecycle.length > 0 && { lifecycle: state.lifecycle }),
    offset: (state.page - 1) * ROWS_PER_PAGE,
    limit: ROWS_PER_PAGE,
  };
}
