import { useCallback, useMemo } from 'react';
import { useApi } from '@backstage/core-plugin-api';
import { ENVOY_GO_PLUGIN_LIFECYCLES } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { envoyGoPluginsManagementApiRef } from '../../api';
import { useSignalledChanges } from '../../live-updates';
import { SearchField } from '../../marketplace/SearchField';
import { useAnswer } from '../answers';
import {
  EmptyNote,
  FilterChips,
  FilterPanel,
  ListAnswer,
  toggledOf,
  useAddressState,
  useLastPage,
} from '../lists';
import { LeavingPlugins } from './LeavingPlugins';
import { PluginTable } from './PluginTable';
import { pluginListAddress, toPluginQuery } from './pluginListState';
import type { PluginListState } from './pluginListState';

const NOUN = { one: 'plugin', many: 'plugins' };

/** How long changes are gathered before the list looks again, in milliseconds. */
const GATHER_MS = 500;

/** All published plugins, and what is being done to them. */
export function PluginsContent() {
  const api = useApi(envoyGoPluginsManagementApiRef);
  const [state, change] = useAddressState(pluginListAddress);
  const ask = useCallback(
    (question: PluginListState) =>
      api.listManagedPlugins(toPluginQuery(question)),
    [api],
  );
  const answer = useAnswer(state, ask);
  const { value: list, refresh } = answer;
  useSignalledChanges({
    concerns: ({ type }) =>
      type === 'management-changed' || type === 'marketplace-changed',
    onChange: refresh,
    gatherMs: GATHER_MS,
  });
  useLastPage(state.page, answer, change);
  const options = useMemo(
    () =>
      list?.lifecycles.map(({ lifecycle, count }) => ({
        value: lifecycle,
        label: lifecycle,
        count,
      })),
    [list],
  );
  const narrowed = Boolean(state.text) || state.lifecycle.length > 0;

  const empty = narrowed ? (
    <EmptyNote
      onClearFilters={() =>
        change(current => ({ ...current, text: '', lifecycle: [], page: 1 }))
      }
    >
      No plugin matches these filters.
    </EmptyNote>
  ) : (
    <EmptyNote title="Nothing is published yet">
      As soon as a plugin is published, it appears here.
    </EmptyNote>
  );

  return (
    <>
      <FilterPanel
        fields={
          <SearchField
            text={state.text}
            label="Search plugins"
            placeholder="Search by name, description, tag or filter name …"
            onSearch={(text, how) =>
              change(current => ({ ...current, text, page: 1 }), how)
            }
          />
        }
      >
        <FilterChips
          label="Lifecycle"
          options={options}
          selected={state.lifecycle}
          onToggle={value =>
            change(current => ({
              ...current,
              page: 1,
              lifecycle: toggledOf(
                ENVOY_GO_PLUGIN_LIFECYCLES,
                current.lifecycle,
                value,
              ),
            }))
          }
        />
      </FilterPanel>
      <LeavingPlugins
        operations={list?.leaving ?? []}
        onRetry={async ({ plugin, id }) => {
          await api.retryOperation({ ...plugin, id });
          refresh();
        }}
      />
      <ListAnswer
        label="Plugins"
        noun={NOUN}
        page={state.page}
        answer={answer}
        failure="The plugins could not be listed"
        empty={empty}
      >
        <PluginTable plugins={list?.items} />
      </ListAnswer>
    </>
  );
}
