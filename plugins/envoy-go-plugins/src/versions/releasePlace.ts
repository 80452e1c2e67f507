import type { PluginRelease } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';

/**
 * Relative to what the links and images of a release's notes resolve: the repository as it was at its tag. GitHub's page of
 * a release is `OWNER/REPO/releases/tag/TAG`.
 */
export function releasePlace(release: Pick<PluginRelease, 'tag' | 'url'>): {
  url: string;
  rawUrl: string;
} {
  const [repository] = release.url.split('/releases/');
  const tag = encodeURIComponent(release.tag);
  return {
    url: `${repository}/blob/${tag}/`,
    rawUrl: `${repository}/raw/${tag}/`,
  };
}
