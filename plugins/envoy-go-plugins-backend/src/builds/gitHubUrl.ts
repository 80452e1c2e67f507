import type { ScmIntegrations } from '@backstage/integration';

/** Where people see a GitHub that the portal integrates, such as `https://github.com`. */
export function gitHubUrl(integrations: ScmIntegrations, host: string): string {
  const api = integrations.github.byHost(host)?.config.apiBaseUrl;
  return `${api === undefined ? 'https:' : new URL(api).protocol}//${host}`;
}
