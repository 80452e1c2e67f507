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

/** Content that is about to be pushed. */
export interface PushedContent {
  /** Of the index, or of the referrer's manifest. */
  root: string;
  /** Digest of the index that it belongs to: its own, or the one that it refers to. */
  release: string;
  /** Digests of manifests, the root's last. */
  manifests: string[];
  /** Digests of configurations, layers and documents. */
  blobs: string[];
}

/** Where an image's tags are after they were moved. */
export interface MovedTags {
  /** Versions by tag. */
  follow: Map<string, string>;
  /**
   * Tags that should be gone and are not, because the registry does not remove tags: they
   * still point to what they should not.
   */
  stuck: string[];
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
      /** Told before each push, which waits for it. */
      onPush?: (content: PushedContent) => Promise<void>;
      /** Versions that the moving tags do not follow, such as yanked ones. */
      passedOver?: readonly string[];
      signal?: AbortSignal;
    },
  ): Promise<PublishedRelease>;

  /** Has `X.Y`, `X` and `latest` point to the highest versions that are not passed over. */
  moveTags(
    plugin: string,
    passedOver: readonly string[],
    options?: { signal?: AbortSignal },
  ): Promise<MovedTags>;

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

  /** The document that a referrer holds, up to 16 MiB. */
  document(
    plugin: string,
    digest: string,
    options?: { signal?: AbortSignal },
  ): Promise<Buffer>;

  /** The documents of one type that are about an index or image, the oldest first. */
  documents(
    plugin: string,
    digest: string,
    artifactType: ArtifactType,
    options?: { signal?: AbortSignal },
  ): Promise<Buffer[]>;
}
