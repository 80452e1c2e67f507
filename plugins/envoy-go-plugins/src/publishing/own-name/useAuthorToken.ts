import { useCallback, useMemo } from 'react';
import { useApiHolder } from '@backstage/core-plugin-api';
import { ForwardedError, isError } from '@backstage/errors';
import {
  scmAuthApiRef,
  scmIntegrationsApiRef,
} from '@backstage/integration-react';
import type { InOwnName } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';

const DEFAULT_HOST = 'github.com';

/** The page's host; `undefined` for what is no address. */
function hostOf(url: string): string | undefined {
  try {
    return new URL(url).host;
  } catch {
    return undefined;
  }
}

/**
 * Gets the author's own token of GitHub, for what is done in their name.
 *
 * `ask` lets GitHub ask them where they have not agreed before, and throws an error that says what to do where it gave
 * none; `ifGiven` never asks, and answers `undefined` where there is none. Both take the page on GitHub that it is about,
 * without which it is the portal's first GitHub.
 */
export function useAuthorToken() {
  const holder = useApiHolder();
  const scmAuth = holder.get(scmAuthApiRef);
  const integrations = holder.get(scmIntegrationsApiRef);
  const host = integrations?.github.list()[0]?.config.host ?? DEFAULT_HOST;

  const ifGiven = useCallback(
    async (url = `https://${host}`): Promise<InOwnName | undefined> => {
      try {
        const credentials = await scmAuth?.getCredentials({
          url,
          optional: true,
        });
        return credentials?.token
          ? { gitHubToken: credentials.token }
          : undefined;
      } catch {
        // Nobody was asked, so nobody waits for a reason: whoever asks next hears it.
        return undefined;
      }
    },
    [scmAuth, host],
  );

  const ask = useCallback(
    async (url = `https://${host}`): Promise<InOwnName> => {
      const where = hostOf(url) ?? host;
      if (!scmAuth) {
        throw new Error(
          'This is done in your name, and this portal has no way to ask GitHub for your leave. Ask whoever runs the portal to provide scmAuthApiRef.',
        );
      }
      try {
        const { token } = await scmAuth.getCredentials({
          url: hostOf(url) ? url : `https://${host}`,
        });
        return { gitHubToken: token };
      } catch (error) {
        if (
          isError(error) &&
          /reject|popup was closed|denied/i.test(
            `${error.name} ${error.message}`,
          )
        ) {
          throw new Error(
            `Nothing was done. This happens in your name, so ${where} has to ask you for it: try again, choose “Log in”, and agree.`,
          );
        }
        throw new ForwardedError(
          `Nothing was done, because ${where} gave no token in your name. Sign in there with the account that owns the repository, then try again`,
          error,
        );
      }
    },
    [scmAuth, host],
  );

  return useMemo(() => ({ host, ask, ifGiven }), [host, ask, ifGiven]);
}
