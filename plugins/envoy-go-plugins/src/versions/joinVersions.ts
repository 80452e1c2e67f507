import type {
  PluginRelease,
  PluginVersion,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';

/** A release, by what GitHub says of it and what the portal made of it; at least one of them is known. */
export interface ReleasedVersion {
  tag: string;
  url: string;
  /** ISO 8601, UTC. */
  publishedAt: string;
  prerelease: boolean;
  commit?: string;
  movedTo?: string;
  yanked?: { at: string; by?: string; reason?: string };
  release?: PluginRelease;
  version?: PluginVersion;
}

/**
 * Puts together what GitHub says of the releases and what became of them, by their tags, newest first. A release that the
 * portal has not heard of yet is there, and so is one that GitHub does not have any more.
 */
export function joinVersions(
  releases: PluginRelease[] = [],
  versions: PluginVersion[] = [],
): ReleasedVersion[] {
  const byTag = new Map(versions.map(version => [version.tag, version]));
  const known = releases.map((release): ReleasedVersion => {
    const version = byTag.get(release.tag);
    byTag.delete(release.tag);
    return {
      tag: release.tag,
      url: release.url,
      publishedAt: release.publishedAt,
      prerelease: release.prerelease,
      commit: version?.commit ?? release.commit,
      movedTo: version?.movedTo ?? release.movedTo,
      yanked: version?.yanked ?? release.yanked,
      release,
      version,
    };
  });
  const others = [...byTag.values()].map(
    (version): ReleasedVersion => ({
      tag: version.tag,
      url: version.releaseUrl,
      publishedAt: version.publishedAt,
      prerelease: version.prerelease,
      commit: version.commit,
      movedTo: version.movedTo,
      yanked: version.yanked,
      version,
    }),
  );
  return [...known, ...others].sort((a, b) =>
    b.publishedAt.localeCompare(a.publishedAt),
  );
}
