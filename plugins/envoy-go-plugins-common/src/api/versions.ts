import type {
  BuildState,
  BuiltLibraryFacts,
  ProofRow,
  VulnerabilityReport,
} from './builds';

/** @public */
export interface VersionImage {
  /** With the registry's host, without tag: `registry.example.com/plugins/token-auth`. */
  repository: string;
  /** Of the index: `sha256:` and hex digits. */
  digest: string;
  /** Bytes of all platforms together. */
  size: number;
  platforms: { platform: string; digest: string; size: number }[];
  /** Those that point to it now: `1.2.0`, `1.2`, `1`, `latest`. */
  tags: string[];
  signed: boolean;
  /** A command that pulls it. */
  pullCommand: string;
  /** A command that verifies its signature; `undefined` where it is not signed. */
  verifyCommand?: string;
  /** The public key for it, PEM. */
  publicKey?: string;
  /**
   * What is kept with it: SBOM (one a platform), provenance, proof, marks. `url` is a path
   * below the backend's address:
   * `/plugins/{namespace}/{name}/versions/{version}/documents/{digest}`.
   */
  documents: {
    kind: 'sbom' | 'provenance' | 'proof' | 'yank';
    mediaType: string;
    digest: string;
    url: string;
  }[];
  /** How often it was pulled; `undefined` where the registry does not tell. */
  pulls?: number;
  /** ISO 8601, UTC. */
  pushedAt: string;
}

/**
 * A version of a plugin that was released, and what became of it.
 *
 * @public
 */
export interface PluginVersion {
  /** Without `v`. */
  version: string;
  tag: string;
  /** Full hash; the one that the tag had when it was released. */
  commit: string;
  commitUrl: string;
  /** Of the release on GitHub. */
  releaseUrl: string;
  /** ISO 8601, UTC. */
  publishedAt: string;
  prerelease: boolean;
  /** Markdown. */
  notes?: string;
  yanked?: { at: string; by?: string; reason?: string };
  /** Where the tag points now, when that is another commit: an alarm. */
  movedTo?: string;
  /** The build that counts; `undefined` where there was none yet. */
  build?: { id: string; state: BuildState; reason?: string };
  /** Go that it was built with. */
  go?: string;
  libraries: BuiltLibraryFacts[];
  image?: VersionImage;
  /** Why there is no image, where one was tried: a sentence. */
  noImageReason?: string;
  /** One row per Envoy. Those supported that are not here were not run. */
  proofs: ProofRow[];
  vulnerabilities?: VulnerabilityReport;
}
