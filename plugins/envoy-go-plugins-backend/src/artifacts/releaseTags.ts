import { InputError } from '@backstage/errors';
import { compare, parse, prerelease, valid, type SemVer } from 'semver';

const MOVING_TAG = /^(latest|\d+(\.\d+)?)$/;

/**
 * The version that a tag of an image says: no `v`, no build metadata, which a tag cannot hold.
 *
 * @throws InputError when it is not such a version
 */
export function imageVersion(version: string): string {
  const parsed = parse(version);
  if (!parsed || parsed.build.length > 0) {
    throw new InputError(
      `"${version}" cannot tag an image; a release is named by a semantic version without build metadata, such as v1.2.0`,
    );
  }
  return parsed.version;
}

/**
 * The tags that are to follow a version now: `X.Y`, `X` and `latest` as far as no higher
 * version is published, and none for prereleases.
 *
 * @param published - all tags of the image; those that are no versions count for nothing
 * @param passedOver - versions that no tag follows, though they are no prereleases by name
 */
export function tagsToMove(
  version: string,
  published: string[],
  passedOver: readonly string[] = [],
): string[] {
  const own = parse(version);
  if (!own || prerelease(own) || passedOver.includes(version)) {
    return [];
  }
  const others = followedVersions(published, passedOver);
  const leads = (isRival: (other: SemVer) => boolean) =>
    others.filter(isRival).every(other => compare(other, own) <= 0);
  const sameMajor = ({ major }: SemVer) => major === own.major;
  return [
    ...(leads(other => sameMajor(other) && other.minor === own.minor)
      ? [`${own.major}.${own.minor}`]
      : []),
    ...(leads(sameMajor) ? [`${own.major}`] : []),
    ...(leads(() => true) ? ['latest'] : []),
  ];
}

/**
 * Which version each of the tags `X.Y`, `X` and `latest` is to follow.
 *
 * @param published - all tags of the image; those that are no versions count for nothing
 * @param passedOver - versions that no tag follows
 * @returns versions by tag; and the tags among those published that are to follow none
 */
export function placeTags(
  published: string[],
  passedOver: readonly string[],
): { follow: Map<string, string>; loose: string[] } {
  const follow = new Map(
    followedVersions(published, passedOver)
      .sort(compare)
      .flatMap(({ major, minor, version }) =>
        [`${major}.${minor}`, `${major}`, 'latest'].map(
          tag => [tag, version] as const,
        ),
      ),
  );
  return {
    follow,
    loose: published.filter(tag => MOVING_TAG.test(tag) && !follow.has(tag)),
  };
}

function followedVersions(
  published: string[],
  passedOver: readonly string[],
): SemVer[] {
  return published
    .filter(
      tag =>
        valid(tag) === tag && !prerelease(tag) && !passedOver.includes(tag),
    )
    .map(tag => parse(tag))
    .filter((tag): tag is SemVer => tag !== null);
}
