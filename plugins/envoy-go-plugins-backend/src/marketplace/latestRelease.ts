/**
 * The newest release that is no pre-release; where there are only those, the newest of them.
 * One that was yanked is none.
 */
export function latestRelease(
  releases: {
    tag: string;
    publishedAt: string;
    prerelease: boolean;
    yanked?: object;
  }[],
): { tag: string; publishedAt: string } | undefined {
  const newestFirst = releases
    .filter(release => !release.yanked)
    .sort((a, b) => (a.publishedAt < b.publishedAt ? 1 : -1));
  const release =
    newestFirst.find(candidate => !candidate.prerelease) ?? newestFirst[0];
  return release && { tag: release.tag, publishedAt: release.publishedAt };
}
