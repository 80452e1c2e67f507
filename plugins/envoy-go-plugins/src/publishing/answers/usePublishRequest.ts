import { useCallback } from 'react';
import useSWR from 'swr';
import { useApi, useApiHolder } from '@backstage/core-plugin-api';
import { toError } from '@backstage/errors';
import { signalApiRef } from '@backstage/plugin-signals-react';
import type {
  EnvoyGoPluginsPublishingApi,
  PublishRequest,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { envoyGoPluginsPublishingApiRef } from '../../api';
import { takesAway } from '../../feedback';
import { LIVE_ANSWERS } from '../../live-updates';
import { movesByItself } from '../words';
import { usePublishingChanges } from './usePublishingChanges';

/** How often a request that moves by itself is looked at where no signals come, in milliseconds. */
const LOOK_EVERY_MS = 2_000;
/** And where signals come, one of which may get lost. */
const LOOK_EVERY_WITH_SIGNALS_MS = 15_000;

/** Does something to the request; what the backend answers is shown at once. Throws why it was not done. */
export type ChangeRequest = (
  act: (api: EnvoyGoPluginsPublishingApi) => Promise<PublishRequest>,
) => Promise<void>;

/** A request to publish a plugin, kept up to date, and the way to change it. */
export function usePublishRequest(id: string) {
  const api = useApi(envoyGoPluginsPublishingApiRef);
  const hasSignals = Boolean(useApiHolder().get(signalApiRef));
  const { data, error, isValidating, mutate } = useSWR<PublishRequest, unknown>(
    ['envoy-go-plugins-publish-request', api, id],
    () => api.getPublishRequest(id),
    {
      ...LIVE_ANSWERS,
      refreshInterval: latest => {
        if (!latest || !movesByItself(latest.state)) {
          return 0;
        }
        return hasSignals ? LOOK_EVERY_WITH_SIGNALS_MS : LOOK_EVERY_MS;
      },
    },
  );
  const refresh = useCallback(() => {
    mutate();
  }, [mutate]);
  usePublishingChanges(refresh, id);

  const change = useCallback<ChangeRequest>(
    async act => {
      try {
        await mutate(act(api), { revalidate: false });
      } catch (thrown) {
        // It may be that the request has moved on and the page shows what was before.
        refresh();
        throw thrown;
      }
    },
    [api, mutate, refresh],
  );

  const failure = error === undefined ? undefined : toError(error);
  const request = failure && takesAway(failure) ? undefined : data;
  return {
    request,
    error: request || isValidating ? undefined : failure,
    refreshError: request ? failure : undefined,
    refresh,
    change,
  };
}
