import { useCallback } from 'react';
import useSWR from 'swr';
import { useApiHolder } from '@backstage/core-plugin-api';
import { toError } from '@backstage/errors';
import { signalApiRef } from '@backstage/plugin-signals-react';
import type {
  EnvoyGoPluginsManagementApi,
  PluginLocator,
  PluginManagement,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { envoyGoPluginsManagementApiRef } from '../../api';
import { LIVE_ANSWERS, useSignalledChanges } from '../../live-updates';

/** How often an operation that runs is looked at where no signals come, in milliseconds. */
const LOOK_EVERY_MS = 2_000;
/** And where signals come, one of which may get lost. */
const LOOK_EVERY_WITH_SIGNALS_MS = 15_000;
/** How long changes are gathered before the page looks again, in milliseconds. */
const GATHER_MS = 150;

type ManagementKey = [
  cache: string,
  api: EnvoyGoPluginsManagementApi,
  namespace: string,
  name: string,
];

/** Does something to the plugin; what the backend answers is shown at once. Throws why it was not done. */
export type ManagePlugin = (
  act: (api: EnvoyGoPluginsManagementApi) => Promise<PluginManagement>,
) => Promise<void>;

/**
 * What the reader may do with a plugin and what is being done to it, kept up to date, and the way to do something. Parts
 * of a page that ask for the same plugin ask once. A portal without the backend's client has nothing to manage.
 */
export function useManagement(plugin: PluginLocator) {
  const { namespace, name } = plugin;
  const apis = useApiHolder();
  const api = apis.get(envoyGoPluginsManagementApiRef);
  const hasSignals = Boolean(apis.get(signalApiRef));
  const { data, error, isValidating, mutate } = useSWR<
    PluginManagement,
    unknown,
    ManagementKey | undefined
  >(
    api && ['envoy-go-plugins-management', api, namespace, name],
    ([, of]: ManagementKey) => of.getManagement({ namespace, name }),
    {
      ...LIVE_ANSWERS,
      refreshInterval: latest => {
        if (!latest?.operations.some(({ state }) => state === 'running')) {
          return 0;
        }
        return hasSignals ? LOOK_EVERY_WITH_SIGNALS_MS : LOOK_EVERY_MS;
      },
    },
  );
  const refresh = useCallback(() => {
    mutate();
  }, [mutate]);
  useSignalledChanges({
    concerns: ({ type }) => type === 'management-changed',
    onChange: refresh,
    gatherMs: GATHER_MS,
  });

  const manage = useCallback<ManagePlugin>(
    async act => {
      if (!api) {
        throw new Error('This portal has nothing to manage plugins with');
      }
      try {
        await mutate(act(api), { revalidate: false });
      } catch (thrown) {
        // It may be that the plugin has moved on and the page shows what was before.
        refresh();
        throw thrown;
      }
    },
    [api, mutate, refresh],
  );

  return {
    management: data,
    error:
      error === undefined || isValidating || data ? undefined : toError(error),
    refresh,
    manage,
  };
}
