import useSWR from 'swr';
import { useApi, useApiHolder } from '@backstage/core-plugin-api';
import { toError } from '@backstage/errors';
import { signalApiRef } from '@backstage/plugin-signals-react';
import type {
  PluginLocator,
  PluginVersion,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { envoyGoPluginsBuildsApiRef } from '../api';
import { isBuildOver } from '../builds/words';
import { takesAway } from '../feedback';
import { LIVE_ANSWERS, pluginFactsKey, useLiveUpdates } from '../live-updates';

/** How often versions of which one is being built are looked at where no signals come, in milliseconds. */
const LOOK_EVERY_MS = 3_000;
/** And where signals come, one of which may get lost. */
const LOOK_EVERY_WITH_SIGNALS_MS = 15_000;

/** What became of a plugin's releases: builds, images, proofs; kept up to date. */
export function usePluginVersions(plugin: PluginLocator) {
  const api = useApi(envoyGoPluginsBuildsApiRef);
  const hasSignals = Boolean(useApiHolder().get(signalApiRef));
  useLiveUpdates();
  const { data, error, isValidating, mutate } = useSWR<
    PluginVersion[],
    unknown
  >(pluginFactsKey(api, plugin, 'versions'), () => api.listVersions(plugin), {
    ...LIVE_ANSWERS,
    refreshInterval: latest => {
      if (!latest?.some(({ build }) => build && !isBuildOver(build.state))) {
        return 0;
      }
      return hasSignals ? LOOK_EVERY_WITH_SIGNALS_MS : LOOK_EVERY_MS;
    },
  });
  const failure = error === undefined ? undefined : toError(error);
  const versions = failure && takesAway(failure) ? undefined : data;
  return {
    versions,
    /** Why there are none to show. */
    error: versions || isValidating ? undefined : failure,
    /** Why those are not the newest. */
    refreshError: versions ? failure : undefined,
    retry: () => {
      mutate();
    },
  };
}
