import type { ConfigApi, OAuthApi } from '@backstage/core-plugin-api';
import type { ScmAuthApi } from '@backstage/integration-react';

/** What signing in with GitHub grants at the least; to read which public repositories one starred it is enough. */
const SIGN_IN_SCOPE = 'read:user';

function gitHubHosts(config: ConfigApi): string[] {
  const integrations =
    config.getOptionalConfigArray('integrations.github') ?? [];
  return integrations.length > 0
    ? integrations.map(one => one.getOptionalString('host') ?? 'github.com')
    : ['github.com'];
}

/**
 * A token of the reader's for a repository, if there is one already: nobody is asked for anything. `undefined` where there
 * is none.
 *
 * `scmAuth` knows which sign-in belongs to which host, but wants the scope `repo` at the least. Where the portal knows one
 * GitHub alone, its sign-in can belong to no other, and does.
 */
export async function quietGitHubToken(options: {
  url: string;
  config: ConfigApi;
  scmAuth: ScmAuthApi;
  /** The portal's sign-in with GitHub, if it has one. */
  gitHubAuth: () => OAuthApi | undefined;
}): Promise<string | undefined> {
  const { url, config, scmAuth, gitHubAuth } = options;
  const hosts = new Set(gitHubHosts(config));
  const signIn =
    hosts.size === 1 && hosts.has(new URL(url).host) ? gitHubAuth() : undefined;
  if (signIn) {
    const token = await signIn.getAccessToken(SIGN_IN_SCOPE, {
      optional: true,
    });
    return token || undefined;
  }
  const { token } = await scmAuth.getCredentials({ url, optional: true });
  return token || undefined;
}
