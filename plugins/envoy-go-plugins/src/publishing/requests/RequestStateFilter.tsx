import { useMemo } from 'react';
import type { PublishRequestState } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { FilterChips, toggledOf } from '../../administration/lists';
import { REQUEST_STATES, REQUEST_STATE_WORDS } from '../words';

const NONE: readonly PublishRequestState[] = [];

/** The states in which requests are, each with how many are; pressed ones narrow a list of requests. */
export function RequestStateFilter(props: {
  /** How many requests there are in each; `undefined` while they are loading. */
  counts: { state: PublishRequestState; count: number }[] | undefined;
  selected: PublishRequestState[];
  onSelect: (selected: PublishRequestState[]) => void;
  /** Those that show first, and also when no request is in them. */
  first?: readonly PublishRequestState[];
}) {
  const { counts, selected, onSelect, first = NONE } = props;
  const options = useMemo(() => {
    if (!counts) {
      return undefined;
    }
    const known = new Map(counts.map(({ state, count }) => [state, count]));
    return [
      ...first,
      ...REQUEST_STATES.filter(
        state =>
          !first.includes(state) &&
          (known.get(state) || selected.includes(state)),
      ),
    ].map(value => ({
      value,
      label: REQUEST_STATE_WORDS[value].label,
      count: known.get(value) ?? 0,
    }));
  }, [counts, selected, first]);
  return (
    <FilterChips
      label="State"
      options={options}
      selected={selected}
      shown={12}
      onToggle={value => onSelect(toggledOf(REQUEST_STATES, selected, value))}
    />
  );
}
