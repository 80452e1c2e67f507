import { useCallback } from 'react';
import { useApi } from '@backstage/core-plugin-api';
import { envoyGoPluginsPublishingApiRef } from '../../api';
import { SearchField } from '../../marketplace/SearchField';
import { usePublishingChanges } from '../../publishing/answers';
import { RequestStateFilter } from '../../publishing/requests/RequestStateFilter';
import { AdministrationFailure, StaleAnswerNote, useAnswer } from '../answers';
import {
  EmptyNote,
  FilterPanel,
  ListFrame,
  ListPaging,
  countSentence,
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
  useLastPage(
    state.page,
    answer.loading || answer.error ? undefined : list?.totalItems,
    change,
  );

  const total = list?.states.reduce((sum, { count }) => sum + count, 0) ?? 0;
  const showAll = () =>
    change(current => ({ ...current, text: '', state: [], page: 1 }));

  let rows;
  if (answer.error) {
    rows = (
      <AdministrationFailure
        title="The review queue could not be shown"
        error={answer.error}
        onRetry={answer.retry}
      />
    );
  } else if (list?.totalItems === 0) {
    if (!isAsAtFirst(state) && (state.text || state.state.length > 0)) {
      rows = (
        <EmptyNote onClearFilters={showAll}>
          No request matches these filters.
        </EmptyNote>
      );
    } else {
      rows = (
        <EmptyNote title="Nothing waits for you">
          {total > 0
            ? 'Every request that was submitted is decided. Press a state above to see others.'
            : 'As soon as somebody submits a plugin for publication, it appears here, those that wait longest first.'}
        </EmptyNote>
      );
    }
  } else {
    rows = (
      <>
        <ReviewTable requests={list?.items} />
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
      <ListFrame
        label="Requests"
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
