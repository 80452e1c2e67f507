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
  useLastPage(state.page, answer, change);

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

  const empty = isNarrowed(state) ? (
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
              state: toggledOf(BUILD_STATES, current.state, value),
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
              kind: toggledOf(BUILD_KINDS, current.kind, value),
            }))
          }
        />
      </FilterPanel>
      <ListAnswer
        label="Builds"
        noun={NOUN}
        page={state.page}
        answer={answer}
        failure="The builds could not be listed"
        empty={empty}
      >
        <BuildTable builds={list?.items} />
      </ListAnswer>
    </>
  );
}
