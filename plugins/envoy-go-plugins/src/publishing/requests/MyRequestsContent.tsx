import { useCallback } from 'react';
import Typography from '@material-ui/core/Typography';
import AddIcon from '@material-ui/icons/Add';
import { LinkButton } from '@backstage/core-components';
import { useApi } from '@backstage/core-plugin-api';
import { envoyGoPluginsPublishingApiRef } from '../../api';
import { StaleAnswerNote, useAnswer } from '../../administration/answers';
import {
  EmptyNote,
  FilterPanel,
  ListFrame,
  ListPaging,
  countSentence,
  useAddressState,
  useLastPage,
} from '../../administration/lists';
import { SearchField } from '../../marketplace/SearchField';
import { PublishingFailure, usePublishingChanges } from '../answers';
import { FirstRequest } from './FirstRequest';
import { RequestStateFilter } from './RequestStateFilter';
import { RequestTable } from './RequestTable';
import { requestListAddress, toRequestQuery } from './requestListState';
import type { RequestListState } from './requestListState';

const NOUN = { one: 'request', many: 'requests' };

/** From how many requests on it helps to narrow them. */
const MANY = 6;

/** What the reader asked to be published, and what became of it. */
export function MyRequestsContent() {
  const api = useApi(envoyGoPluginsPublishingApiRef);
  const [state, change] = useAddressState(requestListAddress);
  const ask = useCallback(
    (question: RequestListState) =>
      api.listPublishRequests(toRequestQuery(question)),
    [api],
  );
  const answer = useAnswer(state, ask);
  const { value: list, refresh } = answer;
  usePublishingChanges(refresh);
  useLastPage(state.page, answer, change);

  const filtered = Boolean(state.text) || state.state.length > 0;
  const total = list?.states.reduce((sum, { count }) => sum + count, 0) ?? 0;

  if (answer.error) {
    return (
      <PublishingFailure
        title="Your requests could not be listed"
        error={answer.error}
        onRetry={answer.retry}
      />
    );
  }
  if (list && list.totalItems === 0 && !filtered) {
    return <FirstRequest />;
  }
  return (
    <>
      <Typography variant="h5" component="h2">
        My requests
      </Typography>
      {(filtered || total >= MANY) && (
        <FilterPanel
          fields={
            <SearchField
              text={state.text}
              label="Search requests"
              placeholder="Search by plugin or repository …"
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
          />
        </FilterPanel>
      )}
      <ListFrame
        label="My requests"
        count={list && countSentence(state.page, list.totalItems, NOUN)}
        loading={answer.loading}
        actions={
          <LinkButton
            to="new"
            variant="contained"
            color="primary"
            startIcon={<AddIcon />}
          >
            New request
          </LinkButton>
        }
      >
        <StaleAnswerNote error={answer.refreshError} onRetry={refresh} />
        {list?.totalItems === 0 ? (
          <EmptyNote
            onClearFilters={() =>
              change(() => requestListAddress.parse(new URLSearchParams()))
            }
          >
            No request of yours matches these filters.
          </EmptyNote>
        ) : (
          <>
            <RequestTable requests={list?.items} />
            {list && (
              <ListPaging page={state.page} totalItems={list.totalItems} />
            )}
          </>
        )}
      </ListFrame>
    </>
  );
}
