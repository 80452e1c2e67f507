import { useCallback, useMemo } from 'react';
import { useApi } from '@backstage/core-plugin-api';
import { envoyGoPluginsBuildsApiRef } from '../../api';
import { useBuildChanges } from '../../builds/answers';
import {
  BUILD_KINDS,
  BUILD_KIND_WORDS,
  BUILD_STATES,
  BUILD_STATE_WORDS,
  isBuildOver,
} from '../../builds/words';
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
import { BuildTable } from './BuildTable';
import { buildListAddress, isNarrowed, toBuildQuery } from './buildListState';
import type { BuildListState } from './buildListState';
import { useLookAgain } from './useLookAgain';

const KIND_OPTIONS = BUILD_KINDS.map(value => ({
  value,
  label: BUILD_KIND_WORDS[value].label,
}));

const NOUN = { one: 'build', many: 'builds' };

/** What is built, waits and was built; narrowed by state, kind and text. */
export function BuildList() {
  const api = useApi(envoyGoPluginsBuildsApiRef);
  const [state, change] = useAddressState(buildListAddress);
  const ask = useCallback(
    (question: BuildListState) => api.listBuilds(toBuildQuery(question)),
    [api],
  );
  const answer = useAnswer(state, ask);
  const { value: list, refresh } = answer;
  useBuildChanges(refresh);
  useLookAgain(
    refresh,
    list?.items.some(build => !isBuildOver(build.state)) ?? false,
  );
  useLastPage(
    state.page,
    answer.loading || answer.error ? undefined : list?.totalItems,
    change,
  );

  const stateOptions = useMemo(() => {
    if (!list) {
      return undefined;
    }
    const counts = new Map(list.states.map(one => [one.state, one.count]));
    return BUILD_STATES.map(value => ({
      value,
      label: BUILD_STATE_WORDS[value].label,
      count: counts.get(value) ?? 0,
    }));
  }, [list]);

  let rows;
  if (answer.error) {
    rows = (
      <AdministrationFailure
        title="The builds could not be listed"
        error={answer.error}
        onRetry={answer.retry}
      />
    );
  } else if (list?.totalItems === 0) {
    rows = isNarrowed(state) ? (
      <EmptyNote
        onClearFilters={() =>
          change(() => buildListAddress.parse(new URLSearchParams()))
        }
      >
        No build matches these filters.
      </EmptyNote>
    ) : (
      <EmptyNote title="Nothing was built yet">
        As soon as a published plugin is released on GitHub, or a request to
        publish one is checked, its build appears here.
      </EmptyNote>
    );
  } else {
    rows = (
      <>
        <BuildTable builds={list?.items} />
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
            label="Search builds"
            placeholder="Search by plugin, repository, tag, commit or runner …"
            onSearch={(text, options) =>
              change(current => ({ ...current, text, page: 1 }), options)
            }
          />
        }
      >
        <FilterChips
          label="State"
          options={stateOptions}
          selected={state.state}
          onToggle={value =>
            change(current => ({
              ...current,
              page: 1,
              state: BUILD_STATES.filter(one =>
                toggled<string>(current.state, value).includes(one),
              ),
            }))
          }
        />
        <FilterChips
          label="Why"
          options={KIND_OPTIONS}
          selected={state.kind}
          onToggle={value =>
            change(current => ({
              ...current,
              page: 1,
              kind: BUILD_KINDS.filter(one =>
                toggled<string>(current.kind, value).includes(one),
              ),
            }))
          }
        />
      </FilterPanel>
      <ListFrame
        label="Builds"
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
