import { useCallback } from 'react';
import { useApi } from '@backstage/core-plugin-api';
import { envoyGoPluginsPublishingApiRef } from '../../api';
import { SearchField } from '../../marketplace/SearchField';
import { usePublishingChanges } from '../../publishing/answers';
import { RequestStateFilter } from '../../publishing/requests/RequestStateFilter';
import { useAnswer } from '../answers';
import {
  EmptyNote,
  FilterPanel,
  ListAnswer,
  useAddressState,
  useLastPage,
} from '../lists';
import { ReviewTable } from './ReviewTable';
import {
  WAITING_STATES,
  isAsAtFirst,
  reviewListAddress,
  toReviewQuery,
} from './reviewListState';
import type { ReviewListState } from './reviewListState';

const NOUN = { one: 'request', many: 'requests' };

/** The requests for publication: those that wait for an administrator or, by filters, any. */
export function ReviewsContent() {
  const api = useApi(envoyGoPluginsPublishingApiRef);
  const [state, change] = useAddressState(reviewListAddress);
  const ask = useCallback(
    (question: ReviewListState) => api.listReviews(toReviewQuery(question)),
    [api],
  );
  const answer = useAnswer(state, ask);
  const { value: list, refresh } = answer;
  usePublishingChanges(refresh);
  useLastPage(state.page, answer, change);

  const total = list?.states.reduce((sum, { count }) => sum + count, 0) ?? 0;
  const showAll = () =>
    change(current => ({ ...current, text: '', state: [], page: 1 }));

  const empty =
    !isAsAtFirst(state) && (state.text || state.state.length > 0) ? (
      <EmptyNote onClearFilters={showAll}>
        No request matches these filters.
      </EmptyNote>
    ) : (
      <EmptyNote title="Nothing waits for you">
        {total > 0
          ? 'Every request that was submitted is decided. Press a state above to see others.'
          : 'As soon as somebody submits a plugin for publication, it appears here, those that wait longest first.'}
      </EmptyNote>
    );

  return (
    <>
      <FilterPanel
        fields={
          <SearchField
            text={state.text}
            label="Search requests"
            placeholder="Search by plugin, repository or author …"
            onSearch={(text, options) =>
              change(current => ({ ...current, text, page: 1 }), options)
            }
          />
        }
      >
        <RequestStateFilter
          counts={list?.states}
          selected={state.state}
          onSelect={selected =>
            change(current => ({ ...current, page: 1, state: selected }))
          }
          first={WAITING_STATES}
        />
      </FilterPanel>
      <ListAnswer
        label="Requests"
        noun={NOUN}
        page={state.page}
        answer={answer}
        failure="The review queue could not be shown"
        empty={empty}
      >
        <ReviewTable requests={list?.items} />
      </ListAnswer>
    </>
  );
}
