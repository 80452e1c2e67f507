/** A manifest or index, byte by byte. */
export interface Manifest {
  digest: string;
  mediaType: string;
  content: string;
}

/** What a registry has lost for good. */
export interface LostManifest {
  /** With the registry's host. */
  repository: string;
  digest: string;
  /** Digests of what it names and the registry has not. */
  missing: string[];
}

/** The manifests and tags that were pushed, as they are kept beside the registry. */
export interface KeptManifests {
  /** Names of all repositories of which something is kept, with the registry's host. */
  repositories(): Promise<string[]>;
  /** That of which something was kept last. */
  latestRepository(): Promise<string | undefined>;
  manifests(repository: string): Promise<Manifest[]>;
  /** Digests by tag. */
  tags(repository: string): Promise<Map<string, string>>;
  keepManifests(repository: string, manifests: Manifest[]): Promise<void>;
  keepTag(repository: string, tag: string, digest: string): Promise<void>;
  forgetTag(repository: string, tag: string): Promise<void>;
  /** With all tags of it. */
  forgetManifest(repository: string, digest: string): Promise<void>;
  /** Takes note of what could not be put back, in place of what was noted before. */
  setLost(repository: string, lost: LostManifest[]): Promise<void>;
  /** What could not be put back. */
  lost(): Promise<LostManifest[]>;
}
