import type { OciContent, OciDescriptor } from './ociContent';

/** A registry of images. All methods throw `RegistryError` when it does not do its part. */
export interface OciRegistry {
  /** The name of a plugin's image, with the registry's host. */
  repositoryOf(plugin: string): string;

  /** Pushes content that nothing names by tag yet. What is there already is not sent. */
  push(
    repository: string,
    content: OciContent,
    options?: { signal?: AbortSignal },
  ): Promise<void>;

  /** Pushes a referrer, and sees to it that it is listed among those of its subject. */
  attach(
    repository: string,
    subject: string,
    referrer: OciContent,
    options?: { signal?: AbortSignal },
  ): Promise<void>;

  /** What a tag points to; `undefined` where it does not exist. */
  digestOf(
    repository: string,
    tag: string,
    options?: { signal?: AbortSignal },
  ): Promise<string | undefined>;

  /** Tags of an image, none for one that does not exist. */
  tags(
    repository: string,
    options?: { signal?: AbortSignal },
  ): Promise<string[]>;

  /** Points a tag to a digest. */
  tag(
    repository: string,
    digest: string,
    tag: string,
    options?: { signal?: AbortSignal },
  ): Promise<void>;

  /**
   * Takes a tag away; what it points to stays.
   *
   * @returns false where the registry does not do that
   */
  untag(
    repository: string,
    tag: string,
    options?: { signal?: AbortSignal },
  ): Promise<boolean>;

  /**
   * Removes a manifest, index or referrer with all tags of it; one that is not there is.
   *
   * @returns false where the registry does not do that
   */
  removeManifest(
    repository: string,
    digest: string,
    options?: { signal?: AbortSignal },
  ): Promise<boolean>;

  /**
   * Removes a blob; one that is not there is.
   *
   * @returns false where the registry leaves that to its own garbage collection
   */
  removeBlob(
    repository: string,
    digest: string,
    options?: { signal?: AbortSignal },
  ): Promise<boolean>;

  /** What refers to a digest, with artifact types and annotations. */
  referrers(
    repository: string,
    digest: string,
    options?: { signal?: AbortSignal },
  ): Promise<OciDescriptor[]>;

  /** Descriptor of a manifest or index that is there. */
  describe(
    repository: string,
    digest: string,
    options?: { signal?: AbortSignal },
  ): Promise<OciDescriptor>;

  /** The manifest or index of a digest. */
  manifest(
    repository: string,
    digest: string,
    options?: { signal?: AbortSignal },
  ): Promise<OciManifest>;

  /** The document that a referrer holds. */
  document(
    repository: string,
    digest: string,
    options?: { signal?: AbortSignal },
  ): Promise<Buffer>;
}

/** A manifest or index, as far as it is of use here. */
export interface OciManifest {
  mediaType?: string;
  artifactType?: string;
  config?: OciDescriptor;
  layers?: OciDescriptor[];
  manifests?: OciDescriptor[];
  annotations?: Record<string, string>;
}
