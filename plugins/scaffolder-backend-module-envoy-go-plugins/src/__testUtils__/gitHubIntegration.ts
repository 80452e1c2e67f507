import { ConfigReader } from '@backstage/config';
import {
  DefaultGithubCredentialsProvider,
  ScmIntegrations,
} from '@backstage/integration';
import type { TestGitHub } from './startGitHub';

/**
 * A portal's integration with a GitHub, under the host name `github.com` that the examples of
 * the actions use.
 */
export function gitHubIntegration(
  { apiBaseUrl, portalToken }: TestGitHub,
  options: { token?: string } = {},
) {
  const integrations = ScmIntegrations.fromConfig(
    new ConfigReader({
      integrations: {
        github: [
          {
            host: 'github.com',
            apiBaseUrl,
            token: options.token ?? portalToken,
          },
        ],
      },
    }),
  );
  return {
    integrations,
    credentialsProvider:
      DefaultGithubCredentialsProvider.fromIntegrations(integrations),
  };
}
