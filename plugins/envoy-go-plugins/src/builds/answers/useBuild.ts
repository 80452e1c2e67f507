import { useCallback } from 'react';
import useSWR from 'swr';
import { useApi, useApiHolder } from '@backstage/core-plugin-api';
import { toError } from '@backstage/errors';
import { signalApiRef } from '@backstage/plugin-signals-react';
import type {
  Build,
  EnvoyGoPluginsBuildsApi,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { envoyGoPluginsBuildsApiRef } from '../../api';
import { takesAway } from '../../feedback';
import { LIVE_ANSWERS } from '../../live-updates';
import { isBuildOver } from '../words';
import { useBuildChanges } from './useBuildChanges';

/** How often a build that goes on is looked at where no signals come, in milliseconds. */
const LOOK_EVERY_MS = 2_000;
/** And where signals come, one of which may get lost. */
const LOOK_EVERY_WITH_SIGNALS_MS = 15_000;

/** Does something to the build; what the backend answers is shown at once. Throws why it was not done. */
export type ChangeBuild = (
  act: (api: EnvoyGoPluginsBuildsApi) => Promise<Build>,
) => Promise<void>;

/**
 * A build, kept up to date, and the way to change it.
 *
 * @param id - nothing is asked for without
 */
export function useBuild(id: string | undefined) {
  const api = useApi(envoyGoPluginsBuildsApiRef);
  const hasSignals = Boolean(useApiHolder().get(signalApiRef));
  const { data, error, isValidating, mutate } = useSWR<Build, unknown>(
    id ? ['envoy-go-plugins-build', api, id] : undefined,
    ([, , wanted]: [string, EnvoyGoPluginsBuildsApi, string]) =>
      api.getBuild(wanted),
    {
      ...LIVE_ANSWERS,
      refreshInterval: latest => {
        if (!latest || isBuildOver(latest.state)) {
          return 0;
        }
        return hasSignals ? LOOK_EVERY_WITH_SIGNALS_MS : LOOK_EVERY_MS;
      },
    },
  );
  const refresh = useCallback(() => {
    mutate();
  }, [mutate]);
  useBuildChanges(refresh, id);

  const change = useCallback<ChangeBuild>(
    async act => {
      try {
        await mutate(act(api), { revalidate: false });
      } catch (thrown) {
        // It may be that the build has moved on and the page shows what was before.
        refresh();
        throw thrown;
      }
    },
    [api, mutate, refresh],
  );

  const failure = error === undefined ? undefined : toError(error);
  const build = failure && takesAway(failure) ? undefined : data;
  return {
    build,
    error: build || isValidating ? undefined : failure,
    refreshError: build ? failure : undefined,
    refresh,
    change,
  };
}
