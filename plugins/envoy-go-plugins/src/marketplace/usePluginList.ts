import useSWR from 'swr';
import { useApi } from '@backstage/core-plugin-api';
import { toError } from '@backstage/errors';
import type {
  PluginList,
  PluginQuery,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { envoyGoPluginsApiRef } from '../api';
import { takesAway } from '../feedback';
import { LIVE_ANSWERS, pluginListKey, useLiveUpdates } from '../live-updates';

/** How long an empty marketplace waits before it looks again, in milliseconds. */
const LOOK_AGAIN_WHILE_EMPTY_MS = 4_000;

/** An answer of the marketplace, and what is happening about the next one. */
export interface PluginListResult {
  /** The latest answer; it stays while the next is loading. */
  list?: PluginList;
  /** Whether the question has no answer yet. An answer that is merely being refreshed is one. */
  loading: boolean;
  /** Why the question has no answer. */
  error?: Error;
  /** Why the answer is not the newest. */
  refreshError?: Error;
  retry: () => void;
}

/**
 * Asks the marketplace, again whenever the question or the plugins change. An answer that comes after the question has
 * changed is dropped.
 */
export function usePluginList(query: PluginQuery): PluginListResult {
  const api = useApi(envoyGoPluginsApiRef);
  const question = JSON.stringify(query);
  useLiveUpdates();
  const { data, error, isValidating, mutate } = useSWR<
    { question: string; list: PluginList },
    unknown
  >(
    pluginListKey(api, question),
    async () => ({
      question,
      list: await api.listPlugins(JSON.parse(question)),
    }),
    {
      ...LIVE_ANSWERS,
      keepPreviousData: true,
      // On the very first start the catalog finds the plugins only after the page was opened, and where the portal has no
      // signals nothing says so.
      refreshInterval: latest =>
        latest?.list.marketplaceItems === 0 ? LOOK_AGAIN_WHILE_EMPTY_MS : 0,
    },
  );

  const failure = error === undefined ? undefined : toError(error);
  const answered =
    data?.question === question && !(failure && takesAway(failure));
  return {
    list: data?.list,
    loading: !answered && (isValidating || !failure),
    error: answered || isValidating ? undefined : failure,
    refreshError: answered ? failure : undefined,
    retry: () => {
      mutate();
    },
  };
}
