import { useMemo } from 'react';
import useSWR from 'swr';
import { useApi } from '@backstage/core-plugin-api';
import { toError } from '@backstage/errors';
import type {
  AsOf,
  EnvoyGoPluginsApi,
  PluginActivity,
  PluginDetails,
  PluginDiscussion,
  PluginLocator,
  PluginReadme,
  PluginRelease,
  PluginSource,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { envoyGoPluginsApiRef } from '../api';
import { takesAway } from '../feedback';
import { LIVE_ANSWERS, pluginFactsKey, useLiveUpdates } from '../live-updates';
import type { PluginFactsPart } from '../live-updates';

/** What is known of a part of a plugin, and what is happening about it. */
export interface PluginFacts<T> {
  /** The latest answer; it stays while a newer one is on its way. */
  value?: T;
  /** Whether there is nothing to show yet. */
  loading: boolean;
  /** Why there is nothing to show. */
  error?: Error;
  /** Why `value` is not the newest. */
  refreshError?: Error;
  retry: () => void;
}

function usePluginFacts<T>(
  plugin: PluginLocator,
  part: PluginFactsPart,
  ask: (api: EnvoyGoPluginsApi) => Promise<T>,
  options: { wanted?: boolean; more?: string[] } = {},
): PluginFacts<T> {
  const { wanted = true, more = [] } = options;
  const api = useApi(envoyGoPluginsApiRef);
  useLiveUpdates();
  const answer = useSWR<T, unknown>(
    wanted ? pluginFactsKey(api, plugin, part, ...more) : undefined,
    () => ask(api),
    LIVE_ANSWERS,
  );
  const { data, error, isValidating, mutate } = answer;

  return useMemo(() => {
    const failure = error === undefined ? undefined : toError(error);
    const value = failure && takesAway(failure) ? undefined : data;
    const nothing = value === undefined;
    return {
      value,
      loading: wanted && nothing && (isValidating || !failure),
      error: nothing && !isValidating ? failure : undefined,
      refreshError: nothing ? undefined : failure,
      retry: () => {
        mutate();
      },
    };
  }, [data, error, isValidating, mutate, wanted]);
}

/** The plugin with its repository. */
export function usePluginDetails(plugin: PluginLocator) {
  return usePluginFacts<PluginDetails>(plugin, 'details', api =>
    api.getPlugin(plugin),
  );
}

/** The README as it is now, or as it was at a release. */
export function usePluginReadme(
  plugin: PluginLocator,
  options: { release?: string } = {},
) {
  const { release } = options;
  return usePluginFacts<AsOf<PluginReadme | undefined>>(
    plugin,
    'readme',
    api => api.getReadme(plugin, { release }),
    { more: release === undefined ? [] : [release] },
  );
}

export function usePluginReleases(plugin: PluginLocator) {
  return usePluginFacts<AsOf<PluginRelease[]>>(plugin, 'releases', api =>
    api.getReleases(plugin),
  );
}

export function usePluginDiscussions(plugin: PluginLocator) {
  return usePluginFacts<AsOf<PluginDiscussion[]>>(plugin, 'discussions', api =>
    api.getDiscussions(plugin),
  );
}

/** Branches, tags and contributors. */
export function usePluginSource(plugin: PluginLocator) {
  return usePluginFacts<AsOf<PluginSource>>(plugin, 'source', api =>
    api.getSource(plugin),
  );
}

export function usePluginActivity(plugin: PluginLocator) {
  return usePluginFacts<PluginActivity[]>(plugin, 'activity', api =>
    api.getActivity(plugin),
  );
}
