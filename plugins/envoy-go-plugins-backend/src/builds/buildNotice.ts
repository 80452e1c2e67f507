import type { BuildState } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { Notice } from '../notices';
import type { StoredBuild } from './BuildStore';
import { entityRefOf } from './entityRefOf';

/**
 * What a plugin's owner is told of what became of a release.
 *
 * @returns `undefined` while it is under way, and of builds that are of no release
 */
export function buildNotice(
  build: StoredBuild & { image?: string },
): Notice | undefined {
  const text = build.kind === 'request' ? undefined : textOf(build);
  const { id, plugin, tag, state } = build;
  return text === undefined
    ? undefined
    : {
        to: { ownerOf: entityRefOf(plugin) },
        title: `${plugin.name} ${tag ?? ''}`.trim(),
        text,
        link: `/envoy-go-plugins/builds/${id}`,
        severity: state === 'passed' ? 'normal' : 'high',
        topic: 'envoy-go-plugins.builds',
        scope: `build ${id}`,
      };
}

function textOf({
  state,
  tag,
  image,
  reason = 'no reason is known',
}: StoredBuild & { image?: string }): string | undefined {
  const texts: Partial<Record<BuildState, string>> = {
    passed: image
      ? `${tag} was built, proven and published as ${image}.`
      : `${tag} was built and proven. It has no image: the portal has no registry configured.`,
    failed: `${tag} was not published: ${sentence(
      reason,
    )} Look at the steps and the log, mend it, and release a new version.`,
    'could-not-run': `${tag} could not be built: ${sentence(
      reason,
    )} It is not the plugin's doing as far as the portal can tell. Have it built again, or ask the administrators.`,
  };
  return texts[state];
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
