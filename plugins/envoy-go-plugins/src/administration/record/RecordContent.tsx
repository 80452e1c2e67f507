import { useCallback, useMemo } from 'react';
import Chip from '@material-ui/core/Chip';
import { useApi } from '@backstage/core-plugin-api';
import { envoyGoPluginsAdministrationApiRef } from '../../api';
import { DownloadButton } from '../../downloads';
import { SearchField } from '../../marketplace/SearchField';
import { useAdministrationChanges, useAnswer } from '../answers';
import {
  EmptyNote,
  FilterChips,
  FilterPanel,
  ListAnswer,
  TimeRangeField,
  toggled,
  useAddressState,
  useLastPage,
} from '../lists';
import { RecordTable } from './RecordTable';
import {
  RecordVerificationNote,
  VerifyRecordButton,
  useRecordVerification,
} from './RecordVerification';
import { isNarrowed, recordListAddress, toAuditQuery } from './recordListState';
import type { RecordListState } from './recordListState';

const NOUN = { one: 'record', many: 'records' };

/** Who did what and when: people and the portal itself. */
export function RecordContent() {
  const api = useApi(envoyGoPluginsAdministrationApiRef);
  const [state, change] = useAddressState(recordListAddress);
  const ask = useCallback(
    (question: RecordListState) => api.listRecord(toAuditQuery(question)),
    [api],
  );
  const answer = useAnswer(state, ask);
  const { value: list, refresh } = answer;
  const verification = useRecordVerification();
  useAdministrationChanges(refresh);
  useLastPage(state.page, answer, change);
  const set = (
    part: Partial<RecordListState>,
    options?: { replace?: boolean },
  ) => change(current => ({ ...current, ...part, page: 1 }), options);
  const actionOptions = useMemo(
    () =>
      list &&
      [...list.actions]
        .sort((a, b) => b.count - a.count || a.action.localeCompare(b.action))
        .map(({ action, count }) => ({ value: action, label: action, count })),
    [list],
  );

  const empty = isNarrowed(state) ? (
    <EmptyNote
      onClearFilters={() =>
        change(() => recordListAddress.parse(new URLSearchParams()))
      }
    >
      Nothing in the record matches these filters.
    </EmptyNote>
  ) : (
    <EmptyNote title="Nothing is recorded yet">
      What administrators change and what the portal does by itself is recorded
      here, with who did it and when.
    </EmptyNote>
  );

  return (
    <>
      <FilterPanel
        fields={
          <>
            <SearchField
              text={state.text}
              label="Search the record"
              placeholder="Search by what, who, login, delivery …"
              onSearch={(text, options) => set({ text }, options)}
            />
            <TimeRangeField
              id="envoy-go-plugins-record"
              range={state.time}
              onChange={time => set({ time })}
            />
          </>
        }
      >
        <FilterChips
          label="Action"
          options={actionOptions}
          selected={state.action}
          onToggle={value =>
            change(current => ({
              ...current,
              page: 1,
              action: toggled(current.action, value),
            }))
          }
        />
      </FilterPanel>
      <ListAnswer
        label="Record"
        noun={NOUN}
        page={state.page}
        answer={answer}
        failure="The record could not be shown"
        empty={empty}
        actions={
          <>
            {state.actor && (
              <Chip
                size="small"
                label={`Done by ${state.actor}`}
                onDelete={() => set({ actor: '' })}
                component="button"
                clickable
                onClick={() => set({ actor: '' })}
                aria-label={`Done by ${state.actor}, show everybody’s`}
              />
            )}
            <VerifyRecordButton
              busy={verification.busy}
              onVerify={verification.verify}
            />
            {(['jsonl', 'csv'] as const).map(format => (
              <DownloadButton
                key={format}
                name={`record.${format}`}
                mediaType={
                  format === 'csv' ? 'text/csv' : 'application/x-ndjson'
                }
                what={`the record as ${format === 'csv' ? 'CSV' : 'JSON'}`}
                load={() => {
                  const { offset, limit, ...query } = toAuditQuery(state);
                  return api.exportRecord({ ...query, format });
                }}
                disabled={!list?.totalItems}
              >
                {format === 'csv' ? 'CSV' : 'JSON'}
              </DownloadButton>
            ))}
          </>
        }
        note={
          verification.found && (
            <RecordVerificationNote
              found={verification.found}
              onClose={verification.forget}
            />
          )
        }
      >
        <RecordTable records={list?.items} onActor={actor => set({ actor })} />
      </ListAnswer>
    </>
  );
}
