import type { RepositoryKey, StoredRelease } from './RepositoryStore';

/** How the latest release of a plugin did in real Envoys. */
export interface PluginProofs {
  /** Without `v`. */
  version: string;
  tag: string;
  /** Whether it was published, and passed in every Envoy that it was run in. */
  verified: boolean;
  /** When it was run last; ISO 8601, UTC. */
  at: string;
  /** Exact versions of Envoy. */
  envoys: { envoy: string; outcome: 'passed' | 'failed' }[];
}

/** Whoever knows what became of releases, and wants to hear of them. */
export interface ReleaseFollower {
  /**
   * Takes note of the releases that GitHub has, each time that they may be others. May be
   * called late, and more than once.
   *
   * @returns how the latest of them did; `undefined` where it was run in no Envoy
   */
  follow(
    repository: RepositoryKey,
    releases: StoredRelease[],
  ): Promise<PluginProofs | undefined>;
}
