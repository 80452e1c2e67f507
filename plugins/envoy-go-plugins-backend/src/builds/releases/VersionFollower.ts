import type { ProofRow } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type {
  PluginProofs,
  ReleaseFollower,
  RepositoryKey,
  StoredRelease,
} from '../../marketplace';
import { versionOf } from './followedReleases';
import type { StoredVersion } from './StoredVersion';
import type { VersionStore } from './VersionStore';

/** Tells how the latest release did, and takes note of those that are yanked. */
export class VersionFollower implements ReleaseFollower {
  readonly #versions: VersionStore;
  readonly #onYanked: () => void;

  constructor(options: {
    versions: VersionStore;
    /** The registry is to hear of a version that is yanked, or is not any more. */
    onYanked: () => void;
  }) {
    this.#versions = options.versions;
    this.#onYanked = options.onYanked;
  }

  async follow(
    repository: RepositoryKey,
    releases: StoredRelease[],
  ): Promise<PluginProofs | undefined> {
    const versions = await this.#versions.list(repository);
    if (versions.length === 0) {
      return undefined;
    }
    const byId = new Map(releases.map(release => [release.id, release]));
    for (const version of versions) {
      const release = byId.get(version.releaseId);
      if (release && Boolean(release.yanked) !== Boolean(version.yanked)) {
        await this.#note(version, release);
      }
    }
    return proofsOfLatest(releases, versions);
  }

  async #note(version: StoredVersion, release: StoredRelease): Promise<void> {
    const stored = await this.#versions.change(version, known =>
      known && Boolean(known.yanked) !== Boolean(release.yanked)
        ? {
            versions: [
              {
                ...known,
                yanked: release.yanked,
                followed: known.image === undefined,
              },
            ],
          }
        : undefined,
    );
    if (stored && !stored.followed) {
      this.#onYanked();
    }
  }
}

/** How the newest release did that is no pre-release and not yanked. */
export function proofsOfLatest(
  releases: StoredRelease[],
  versions: StoredVersion[],
): PluginProofs | undefined {
  const [latest] = releases
    .filter(({ prerelease, yanked }) => !prerelease && !yanked)
    .sort((a, b) => (a.publishedAt < b.publishedAt ? 1 : -1));
  const version =
    latest &&
    versions.find(
      ({ releaseId, commit }) =>
        releaseId === latest.id &&
        (latest.commit === undefined || commit === latest.commit),
    );
  if (!version) {
    return undefined;
  }
  const ran = version.proofs.filter(isRun);
  if (ran.length === 0) {
    return undefined;
  }
  const envoys = new Map<string, 'passed' | 'failed'>();
  for (const { envoy, outcome } of ran) {
    envoys.set(envoy, envoys.get(envoy) === 'failed' ? 'failed' : outcome);
  }
  return {
    version: versionOf(version.tag) ?? version.version,
    tag: version.tag,
    verified:
      ['published', 'proven'].includes(version.state) &&
      ran.every(({ outcome }) => outcome === 'passed'),
    at: ran.map(({ provenAt }) => provenAt).reduce((a, b) => (a > b ? a : b)),
    envoys: [...envoys].map(([envoy, outcome]) => ({ envoy, outcome })),
  };
}

/** Versions of Envoy that are none would break the order of lists. */
function isRun(
  row: ProofRow,
): row is ProofRow & { outcome: 'passed' | 'failed' } {
  return (
    row.outcome !== 'could-not-run' &&
    /^\d+\.\d+\.\d+(-[\w.-]+)?$/.test(row.envoy)
  );
}
