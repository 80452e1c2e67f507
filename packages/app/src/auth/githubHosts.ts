import type { ConfigApi } from '@backstage/core-plugin-api';

/** The hosts of `integrations.github`; github.com where none is configured. */
export function githubHosts(config: ConfigApi): string[] {
  const hosts = (
    config.getOptionalConfigArray('integrations.github') ?? []
  ).map(integration => integration.getOptionalString('host') ?? 'github.com');
  return hosts.length > 0 ? [...new Set(hosts)] : ['github.com'];
}
