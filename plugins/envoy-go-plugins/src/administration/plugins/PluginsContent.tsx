import { useCallback, useMemo } from 'react';
import { useApi } from '@backstage/core-plugin-api';
import { ENVOY_GO_PLUGIN_LIFECYCLES } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { envoyGoPluginsManagementApiRef } from '../../api';
import { useSignalledChanges } from '../../live-updates';
import { SearchField } from '../../marketplace/SearchField';
import { AdministrationFailure, StaleAnswerNote, useAnswer } from '../answers';
import {
  EmptyNote,
  FilterChips,
  FilterPanel,
  ListFrame,
  ListPaging,
  countSentence,
  toggled,
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
  useLastPage(
    state.page,
    answer.loading || answer.error ? undefined : list?.totalItems,
    change,
  );
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

  let rows;
  if (answer.error) {
    rows = (
      <AdministrationFailure
        title="The plugins could not be listed"
        error={answer.error}
        onRetry={answer.retry}
      />
    );
  } else if (list?.totalItems === 0) {
    rows = narrowed ? (
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
  } else {
    rows = (
      <>
        <PluginTable plugins={list?.items} />
        {list && <ListPaging page={state.page} totalItems={list.totalItems} />}
      </>
    );
  }

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
              lifecycle: ENVOY_GO_PLUGIN_LIFECYCLES.filter(each =>
                toggled<string>(current.lifecycle, value).includes(each),
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
      <ListFrame
        label="Plugins"
        count={list && countSentence(state.page, list.totalItems, NOUN)}
        failed={Boolean(answer.error)}
        loading={answer.loading}
      >
        <StaleAnswerNote error={answer.refreshError} onRetry={refresh} />
        {rows}
      </ListFrame>
    </>
  );
}
