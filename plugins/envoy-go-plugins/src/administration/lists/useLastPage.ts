import { useEffect } from 'react';
import { ROWS_PER_PAGE } from './addressParameters';
import type { ChangeAddressState } from './useAddressState';

/** Goes to the last page of a list where the address names one behind it. */
export function useLastPage<S extends { page: number }>(
  page: number,
  totalItems: number | undefined,
  change: ChangeAddressState<S>,
): void {
  const lastPage =
    totalItems === undefined
      ? undefined
      : Math.max(1, Math.ceil(totalItems / ROWS_PER_PAGE));
  useEffect(() => {
    if (lastPage !== undefined && page > lastPage) {
      change(current => ({ ...current, page: lastPage }), { replace: true });
    }
  }, [lastPage, page, change]);
}
