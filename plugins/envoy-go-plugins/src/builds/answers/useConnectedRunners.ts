import useSWR from 'swr';
import { useApi } from '@backstage/core-plugin-api';
import type { EnvoyGoPluginsBuildsApi } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { envoyGoPluginsBuildsApiRef } from '../../api';
import { LIVE_ANSWERS } from '../../live-updates';

/** How often it is looked whether a runner has come, in milliseconds: nothing else says so. */
const LOOK_EVERY_MS = 5_000;

/**
 * How many runners are connected; `undefined` while that is not known.
 *
 * @param wanted - only administrators may ask
 */
export function useConnectedRunners(wanted: boolean): number | undefined {
  const api = useApi(envoyGoPluginsBuildsApiRef);
  const { data } = useSWR<number, unknown>(
    wanted ? ['envoy-go-plugins-connected-runners', api] : undefined,
    async ([, asked]: [string, EnvoyGoPluginsBuildsApi]) =>
      (await asked.listRunners()).filter(({ state }) => state === 'connected')
        .length,
    { ...LIVE_ANSWERS, refreshInterval: LOOK_EVERY_MS },
  );
  return data;
}
