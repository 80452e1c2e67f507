import { useEffect } from 'react';
import type { Answer } from '../answers';
import { ROWS_PER_PAGE } from './addressParameters';
import type { ChangeAddressState } from './useAddressState';

/** Goes to the last page of a list where the address names one behind it. */
export function useLastPage<S extends { page: number }>(
  page: number,
  answer: Pick<Answer<{ totalItems: number }>, 'value' | 'loading' | 'error'>,
  change: ChangeAddressState<S>,
): void {
  const list = answer.loading || answer.error ? undefined : answer.value;
  const lastPage =
    list && Math.max(1, Math.ceil(list.totalItems / ROWS_PER_PAGE));
  useEffect(() => {
    if (lastPage !== undefined && page > lastPage) {
      change(current => ({ ...current, page: lastPage }), { replace: true });
    }
  }, [lastPage, page, change]);
}
