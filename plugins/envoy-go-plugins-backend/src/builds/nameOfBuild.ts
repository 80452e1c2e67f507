import type { BuildSummary } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';

/** What is built, in sentences: `token-auth v1.0.0`, or `token-auth at c0ffee012345`. */
export function nameOfBuild({
  plugin,
  tag,
  commit,
}: Pick<BuildSummary, 'plugin' | 'tag' | 'commit'>): string {
  return tag === undefined
    ? `${plugin.name} at ${commit.slice(0, 12)}`
    : `${plugin.name} ${tag}`;
}
