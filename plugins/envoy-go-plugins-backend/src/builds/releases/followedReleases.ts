import { imageVersion } from '../../artifacts';
import type { StoredRelease } from '../../marketplace';

/**
 * The version that a release's tag says, without `v`; `undefined` where it is none that an
 * image can have.
 */
export function versionOf(tag: string): string | undefined {
  try {
    return imageVersion(tag);
  } catch {
    return undefined;
  }
}

/** The versions that the moving tags pass over: yanked ones and pre-releases. */
export function passedOver(
  releases: Pick<StoredRelease, 'tag' | 'yanked' | 'prerelease'>[],
): string[] {
  return releases
    .filter(({ yanked, prerelease }) => yanked || prerelease)
    .flatMap(({ tag }) => versionOf(tag) ?? []);
}
