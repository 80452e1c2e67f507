import { useState } from 'react';
import useSWR from 'swr';
import { useApi, useApiHolder } from '@backstage/core-plugin-api';
import { toError } from '@backstage/errors';
import { scmAuthApiRef } from '@backstage/integration-react';
import { usePermission } from '@backstage/plugin-permission-react';
import { envoyGoPluginsParticipatePermission } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { PluginLocator } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { envoyGoPluginsApiRef } from '../api';
import { LIVE_ANSWERS, pluginFactsKey } from '../live-updates';

/** A star that the reader can give or take back. */
export interface Star {
  starred: boolean;
  count: number;
  /** Whether a click is under way. */
  busy: boolean;
  /** Why the last click changed nothing. */
  error?: Error;
  toggle: () => Promise<void>;
}

/**
 * The reader's own star on a plugin. A click shows at once; where it fails, what was before is back, with the reason.
 * `undefined` for guests, in portals where nobody hands out tokens, and as long as the repository is not known.
 */
export function useStar(
  plugin: PluginLocator,
  repository: { url: string; stars: number } | undefined,
): Star | undefined {
  const api = useApi(envoyGoPluginsApiRef);
  const scmAuth = useApiHolder().get(scmAuthApiRef);
  const { allowed } = usePermission({
    permission: envoyGoPluginsParticipatePermission,
  });
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<Error>();
  // How many there were at the click, and how many it makes until the facts say so themselves.
  const [own, setOwn] = useState<{ before: number; change: number }>();

  const possible = scmAuth && repository && allowed;
  const { data: starred, mutate } = useSWR<boolean | undefined, unknown>(
    possible ? pluginFactsKey(api, plugin, 'starred') : undefined,
    () => api.isStarred(plugin),
    LIVE_ANSWERS,
  );

  if (!possible) {
    return undefined;
  }
  const wanted = !starred;

  const give = async (): Promise<boolean> => {
    const { token } = await scmAuth.getCredentials({
      url: repository.url,
      additionalScope: { customScopes: { github: ['public_repo'] } },
    });
    await api.setStarred({ ...plugin, gitHubToken: token, starred: wanted });
    return wanted;
  };

  const toggle = async () => {
    setBusy(true);
    setError(undefined);
    setOwn({ before: repository.stars, change: wanted ? 1 : -1 });
    try {
      await mutate(give(), { optimisticData: wanted, revalidate: false });
    } catch (thrown) {
      setOwn(undefined);
      setError(toError(thrown));
    } finally {
      setBusy(false);
    }
  };

  return {
    starred: Boolean(starred),
    count:
      own?.before === repository.stars
        ? Math.max(0, own.before + own.change)
        : repository.stars,
    busy,
    error,
    toggle,
  };
}
