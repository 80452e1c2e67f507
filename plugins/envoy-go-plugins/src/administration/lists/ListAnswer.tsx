import type { ReactNode } from 'react';
import { AdministrationFailure, StaleAnswerNote } from '../answers';
import type { Answer } from '../answers';
import { countSentence } from './countSentence';
import { ListFrame } from './ListFrame';
import { ListPaging } from './ListPaging';

/** What the backend answered when a list was asked for: its rows and their pages, or why there are none. */
export function ListAnswer(props: {
  label: string;
  /** Of a row. */
  noun: { one: string; many: string };
  page: number;
  answer: Answer<{ totalItems: number }>;
  /** What to say where it failed, such as "The builds could not be listed". */
  failure: string;
  /** Stands where there is no row. */
  empty: ReactNode;
  actions?: ReactNode;
  /** Stands above the rows. */
  note?: ReactNode;
  /** The rows, also while they are loading. */
  children: ReactNode;
}) {
  const { label, noun, page, answer, failure, empty, actions, note } = props;
  const { value: list, error } = answer;

  let rows;
  if (error) {
    rows = (
      <AdministrationFailure
        title={failure}
        error={error}
        onRetry={answer.retry}
      />
    );
  } else if (list?.totalItems === 0) {
    rows = empty;
  } else {
    rows = (
      <>
        {props.children}
        {list && <ListPaging page={page} totalItems={list.totalItems} />}
      </>
    );
  }

  return (
    <ListFrame
      label={label}
      count={list && countSentence(page, list.totalItems, noun)}
      failed={Boolean(error)}
      loading={answer.loading}
      actions={actions}
    >
      {note}
      <StaleAnswerNote error={answer.refreshError} onRetry={answer.refresh} />
      {rows}
    </ListFrame>
  );
}
