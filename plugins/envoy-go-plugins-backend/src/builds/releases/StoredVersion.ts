import type {
  BuiltLibraryFacts,
  ProofRow,
  VersionImage,
  VulnerabilityReport,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { RepositoryKey } from '../../marketplace';

/** What tells versions apart: a tag may be deleted and made anew. */
export interface VersionKey {
  repository: RepositoryKey;
  /** GitHub's. */
  releaseId: number;
  /** Full hash. */
  commit: string;
}

/**
 * What became of a version:
 *
 * - `publishing`: it passed, and its image may be there in part
 * - `published`: its image is there, signed and tagged
 * - `proven`: it passed, and there is no registry for images
 * - `refused`: it did not pass
 */
export type VersionState = 'publishing' | 'published' | 'proven' | 'refused';

/**
 * What an image is made of besides its libraries. It is taken down when a version is tried
 * first, so that trying it again makes the same image.
 */
export interface DescribedRelease {
  /** Name of the entity. */
  plugin: string;
  title?: string;
  description?: string;
  sourceUrl: string;
  filterName: string;
  runtime: string;
  spdx?: string;
  /** ISO 8601, UTC. */
  publishedAt: string;
}

/** A version's image, as far as it does not follow from something else. */
export interface StoredImage {
  /** Name of the image below the registry's. */
  name: string;
  /** With the registry's host. */
  repository: string;
  /** Bytes. */
  size: number;
  platforms: VersionImage['platforms'];
  /** Those that point to it. */
  tags: string[];
  signed: boolean;
  /** PEM. */
  publicKey?: string;
  documents: Omit<VersionImage['documents'][number], 'url'>[];
}

/** What is kept of a version. */
export interface StoredVersion extends VersionKey {
  /** Without `v`. */
  version: string;
  tag: string;
  prerelease: boolean;
  state: VersionState;
  /** Why there is no image: a sentence. */
  reason?: string;
  /** Of the build that counted last. */
  buildId: string;
  described?: DescribedRelease;
  image?: StoredImage & { digest: string };
  go?: string;
  libraries: BuiltLibraryFacts[];
  proofs: ProofRow[];
  vulnerabilities?: VulnerabilityReport;
  /** When it was published, or proven where there is no registry; ISO 8601, UTC. */
  pushedAt?: string;
  /** As GitHub says. */
  yanked?: { at: string; reason?: string };
  /** Whether the registry knows whether it is yanked. */
  followed: boolean;
}
