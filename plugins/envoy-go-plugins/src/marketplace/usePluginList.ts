import { useCallback, useEffect, useState } from 'react';
import { useApi } from '@backstage/core-plugin-api';
import { toError } from '@backstage/errors';
import type {
  PluginList,
  PluginQuery,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { envoyGoPluginsApiRef } from '../api';

/** An answer of the marketplace, and what is happening about the next one. */
export interface PluginListResult {
  /** The latest answer; it stays while the next is loading. */
  list?: PluginList;
  loading: boolean;
  /** Why the latest question has no answer. */
  error?: Error;
  retry: () => void;
}

/**
 * Asks the marketplace, again whenever the question changes. An answer that comes after the question has changed is
 * dropped.
 */
export function usePluginList(query: PluginQuery): PluginListResult {
  const api = useApi(envoyGoPluginsApiRef);
  const [attempt, setAttempt] = useState(0);
  const [list, setList] = useState<PluginList>();
  const [settled, setSettled] = useState<{ key: string; error?: Error }>();
  const question = JSON.stringify(query);
  const key = `${attempt} ${question}`;

  useEffect(() => {
    let current = true;
    api.listPlugins(JSON.parse(question)).then(
      answer => {
        if (current) {
          setList(answer);
          setSettled({ key });
        }
      },
      error => {
        if (current) {
          setSettled({ key, error: toError(error) });
        }
      },
    );
    return () => {
      current = false;
    };
  }, [api, question, key]);

  const retry = useCallback(() => setAttempt(count => count + 1), []);
  const loading = settled?.key !== key;
  return { list, loading, error: loading ? undefined : settled?.error, retry };
}
