import { provenEnvoys, type BuiltRelease } from './BuiltRelease';

/** Beginning of the annotations that are ours. */
const OURS = 'dev.envoygo';

/** Annotations of images and referrers that this project defines. */
export const ANNOTATIONS = {
  filterName: `${OURS}.filter-name`,
  runtime: `${OURS}.runtime`,
  abi: `${OURS}.abi`,
  go: `${OURS}.go`,
  /** Versions that a proof passed in, separated by commas. */
  envoyProven: `${OURS}.envoy-proven`,
  module: `${OURS}.module`,
  /** Name of the library's file in the image. */
  library: `${OURS}.library`,
  yankReason: `${OURS}.yank-reason`,
} as const;

/** Name of the library's file, as Envoy looks for it: `lib`, the filter's name and `.so`. */
export function libraryName(release: Pick<BuiltRelease, 'filterName'>): string {
  return `lib${release.filterName}.so`;
}

/**
 * What an image tells of a release, sorted by name.
 *
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/annotations.md
 */
export function releaseAnnotations(
  release: BuiltRelease,
  version: string,
): Record<string, string> {
  const [{ buildInfo }] = release.libraries;
  const annotations: Record<string, string | undefined> = {
    'org.opencontainers.image.title': release.title ?? release.plugin,
    'org.opencontainers.image.description': release.description,
    'org.opencontainers.image.version': version,
    'org.opencontainers.image.revision': release.source.commit,
    'org.opencontainers.image.source': release.source.url,
    'org.opencontainers.image.url': release.source.url,
    'org.opencontainers.image.licenses': release.licence.spdx,
    'org.opencontainers.image.created': isoTime(release.source.committedAt),
    [ANNOTATIONS.filterName]: release.filterName,
    [ANNOTATIONS.runtime]: release.runtime,
    [ANNOTATIONS.abi]: release.abi,
    [ANNOTATIONS.go]: buildInfo.goVersion,
    [ANNOTATIONS.envoyProven]: provenEnvoys(release.proof).join(','),
    [ANNOTATIONS.module]: buildInfo.main.path,
    [ANNOTATIONS.library]: libraryName(release),
  };
  return Object.fromEntries(
    Object.entries(annotations)
      .filter((entry): entry is [string, string] => Boolean(entry[1]))
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/** RFC 3339 in whole seconds, as commits have them. */
export function isoTime(time: Date): string {
  return time.toISOString().replace(/\.\d{3}Z$/, 'Z');
}
