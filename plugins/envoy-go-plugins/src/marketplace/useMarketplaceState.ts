import { useCallback, useMemo } from 'react';
import { useSearchParams } from 'react-router-dom';
import {
  formatMarketplaceState,
  parseMarketplaceState,
} from './marketplaceState';
import type { MarketplaceState } from './marketplaceState';

/** Changes the state; `replace` keeps the change out of the browser's history. */
export type ChangeMarketplaceState = (
  change: (state: MarketplaceState) => MarketplaceState,
  options?: { replace?: boolean },
) => void;

/** The state of the marketplace, read from and written to the page's address. */
export function useMarketplaceState(): [
  MarketplaceState,
  ChangeMarketplaceState,
] {
  const [params, setParams] = useSearchParams();
  const state = useMemo(() => parseMarketplaceState(params), [params]);
  const change = useCallback<ChangeMarketplaceState>(
    (apply, options) =>
      setParams(
        current =>
          formatMarketplaceState(apply(parseMarketplaceState(current))),
        options,
      ),
    [setParams],
  );
  return [state, change];
}
