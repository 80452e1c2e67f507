import type { ReleasedVersion } from './joinVersions';

/**
 * The version that people get who ask for the latest: that of the image's tag where there
 * are images, else the newest that could become it. One whose build failed never does.
 *
 * @param versions - newest first
 */
export function latestVersion(
  versions: readonly ReleasedVersion[],
): ReleasedVersion | undefined {
  return (
    versions.find(({ version }) => version?.image?.tags.includes('latest')) ??
    versions.find(
      ({ prerelease, yanked, version }) =>
        !prerelease &&
        !yanked &&
        version?.build?.state !== 'failed' &&
        version?.build?.state !== 'could-not-run',
    )
  );
}
