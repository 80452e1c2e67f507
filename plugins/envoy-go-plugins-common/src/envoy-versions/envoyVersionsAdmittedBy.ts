import { InputError } from '@backstage/errors';
import semver from 'semver';

/**
 * The minor versions of Envoy that the marketplace offers as a facet, ascending.
 * Envoy supports the last four; dynamic modules written in Go load from 1.38 on.
 *
 * @public
 */
export const KNOWN_ENVOY_MINORS: readonly string[] = [
  '1.36',
  '1.37',
  '1.38',
  '1.39',
  '1.40',
];

/**
 * The minor versions of Envoy (`1.38`) that a semver range admits, ascending, each once.
 *
 * A known version may be exact (`1.38.3`) or a minor (`1.38`). A minor is admitted when the
 * range admits one of its exact versions, or, of a minor of which no exact version is
 * given, any version that it could have.
 *
 * @param range - a semver range, such as `spec.envoy` of a plugin
 * @param knownVersions - the versions to choose from; by default {@link KNOWN_ENVOY_MINORS}
 * @throws InputError when the range or a version cannot be read
 * @public
 */
export function envoyVersionsAdmittedBy(
  range: string,
  knownVersions: readonly string[] = KNOWN_ENVOY_MINORS,
): string[] {
  if (semver.validRange(range) === null) {
    throw new InputError(
      `"${range}" is not a semver range; write one such as ">=1.38" or "1.38.x || 1.40.x"`,
    );
  }
  const admitted = new Set<string>();
  for (const version of knownVersions) {
    const minor = /^(\d+\.\d+)(\.\d+)?$/.exec(version);
    if (!minor) {
      throw new InputError(
        `"${version}" is not a version of Envoy; write one such as "1.38.3" or "1.38"`,
      );
    }
    const admits = minor[2]
      ? semver.satisfies(version, range)
      : semver.intersects(`${version}.x`, range);
    if (admits) {
      admitted.add(minor[1]);
    }
  }
  return [...admitted].sort((a, b) => semver.compare(`${a}.0`, `${b}.0`));
}
