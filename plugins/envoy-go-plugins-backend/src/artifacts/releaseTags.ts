import { InputError } from '@backstage/errors';
import { compare, parse, prerelease, valid, type SemVer } from 'semver';

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
 */
export function tagsToMove(version: string, published: string[]): string[] {
  const own = parse(version);
  if (!own || prerelease(own)) {
    return [];
  }
  const others = published
    .filter(tag => valid(tag) === tag && !prerelease(tag))
    .map(tag => parse(tag))
    .filter((tag): tag is SemVer => tag !== null);
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
