import type { ProofReport } from '@envoy-go/envoy-runner';
import type { BuiltRelease } from './BuiltRelease';
import type { ArtifactType } from './createReferrer';
import type { PlatformImage } from './createReleaseImage';

/** What publishing a release does, in this order. */
export type PublishStep =
  | 'image'
  | 'referrers'
  | 'signatures'
  | 'version-tag'
  | 'moving-tags';

/** A document that refers to a release's image. */
export interface ReleaseReferrer {
  artifactType: string;
  digest: string;
  /** Digest of what it is about: the index, or the image of a platform. */
  subject: string;
  annotations: Record<string, string>;
}

/** What of a release is in the registry. */
export interface PublishedRelease {
  /** With the registry's host. */
  repository: string;
  version: string;
  /** Of the index. */
  digest: string;
  /** Bytes of all platforms together. */
  size: number;
  images: PlatformImage[];
  referrers: ReleaseReferrer[];
  /** Whether a key is configured and all of it was signed. */
  signed: boolean;
  /** Tags that point to it now, the version's first. */
  tags: string[];
  /** Whether it had been published before. */
  unchanged: boolean;
}

/** A proof of a release that is published already. */
export interface LaterProof {
  report: ProofReport;
  at: Date;
}

/** Why a release is not to be used any more. */
export interface YankMark {
  reason: string;
  /** Entity ref of who decided it. */
  by: string;
  at: Date;
}

/** Puts releases into the registry, and tells of them. */
export interface ReleaseArtifacts {
  /**
   * Pushes a release's image, then what is said of it, signs it all, and tags it at last.
   * When it ends half-way (killed, or with an error) nothing is tagged, and doing it again
   * goes on; a release that is published already is left as it is. Two publications of one
   * plugin at the same time are the caller's to prevent.
   *
   * @throws InputError when the release cannot be published: not proven, no semantic
   * version, a library that is none
   * @throws ImmutableTagError when the version is published with another content
   * @throws RegistryError, SigningError, ToolUnavailableError
   */
  publish(
    release: BuiltRelease,
    options?: {
      onStep?: (step: PublishStep) => void;
      signal?: AbortSignal;
    },
  ): Promise<PublishedRelease>;

  /** Adds the report of a later proof, say in a newer Envoy. */
  attachProof(
    plugin: string,
    digest: string,
    proof: LaterProof,
    options?: { signal?: AbortSignal },
  ): Promise<ReleaseReferrer>;

  /**
   * Marks a release as one that is not to be used. Its image stays, and the first mark
   * stands.
   */
  markYanked(
    plugin: string,
    digest: string,
    mark: YankMark,
    options?: { signal?: AbortSignal },
  ): Promise<ReleaseReferrer>;

  /** What is said of an index or image, the oldest first. */
  referrers(
    plugin: string,
    digest: string,
    options?: { signal?: AbortSignal },
  ): Promise<ReleaseReferrer[]>;

  /** The documents of one type that are about an index or image, the oldest first. */
  documents(
    plugin: string,
    digest: string,
    artifactType: ArtifactType,
    options?: { signal?: AbortSignal },
  ): Promise<Buffer[]>;
}
