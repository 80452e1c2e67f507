import { useCallback } from 'react';
import { useApi, useApiHolder } from '@backstage/core-plugin-api';
import { ForwardedError, isError } from '@backstage/errors';
import { scmAuthApiRef } from '@backstage/integration-react';
import type { InOwnName } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { envoyGoPluginsAdministrationApiRef } from '../../api';

/** The scope that GitHub wants for changes to an organisation's members and teams. */
const SCOPE = 'admin:org';

/**
 * Does something on GitHub in the reader's own name: gets a token of theirs, asking them only now and only where they
 * have not agreed before, and hands it on.
 *
 * @returns a function that takes the page on GitHub of what is changed, or `undefined` where that is not known, and what
 * to do with the token. It throws an error whose message says what to do where GitHub could not be asked.
 */
export function useOwnName() {
  const api = useApi(envoyGoPluginsAdministrationApiRef);
  const scmAuth = useApiHolder().get(scmAuthApiRef);

  return useCallback(
    async <T>(
      url: string | undefined,
      act: (ownName: InOwnName) => Promise<T>,
    ): Promise<T> => {
      if (!scmAuth) {
        throw new Error(
          'This is done in your name, and this portal has no way to ask GitHub for your leave. Ask whoever runs the portal to provide scmAuthApiRef.',
        );
      }
      const page =
        url ?? (await api.listMembers({ limit: 1 })).value.items[0]?.url;
      const host = page ? new URL(page).host : 'github.com';
      let token: string;
      try {
        ({ token } = await scmAuth.getCredentials({
          url: page ?? `https://${host}`,
          additionalScope: { customScopes: { github: [SCOPE] } },
        }));
      } catch (error) {
        if (
          isError(error) &&
          /reject|popup was closed|denied/i.test(
            `${error.name} ${error.message}`,
          )
        ) {
          throw new Error(
            `Nothing was changed. This is done in your name, so ${host} has to ask you for it: try again, choose “Log in”, and agree to the scope ${SCOPE}.`,
          );
        }
        throw new ForwardedError(
          `Nothing was changed, because ${host} gave no token in your name. Sign in with a GitHub account that owns the organisation; the scope ${SCOPE} is needed`,
          error,
        );
      }
      return act({ gitHubToken: token });
    },
    [api, scmAuth],
  );
}
