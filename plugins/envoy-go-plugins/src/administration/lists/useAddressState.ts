import { useCallback, useMemo } from 'react';
import { useSearchParams } from 'react-router-dom';

/** Changes the state; `replace` keeps the change out of the browser's history. */
export type ChangeAddressState<S> = (
  change: (state: S) => S,
  options?: { replace?: boolean },
) => void;

/** How the state of a list is read from an address and written into one. */
export interface AddressState<S> {
  parse: (params: URLSearchParams) => S;
  format: (state: S) => URLSearchParams;
}

/** The state of a list, which lives in the page's address and nowhere else. */
export function useAddressState<S>(
  address: AddressState<S>,
): [S, ChangeAddressState<S>] {
  const [params, setParams] = useSearchParams();
  const state = useMemo(() => address.parse(params), [address, params]);
  const change = useCallback<ChangeAddressState<S>>(
    (apply, options) =>
      setParams(
        current => address.format(apply(address.parse(current))),
        options,
      ),
    [address, setParams],
  );
  return [state, change];
}
