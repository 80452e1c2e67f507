/** A file of a release; its bytes are kept in the state folder under the asset's id. */
export interface ReleaseAsset {
  id: number;
  name: string;
  label?: string;
  contentType: string;
  size: number;
  /** `sha256:` and the hash in hexadecimal. */
  digest: string;
  uploaderId: number;
  downloadCount: number;
  createdAt: string;
  updatedAt: string;
}

/** A release of a repository. */
export interface Release {
  id: number;
  repositoryId: number;
  tagName: string;
  targetCommitish: string;
  name?: string;
  body?: string;
  draft: boolean;
  prerelease: boolean;
  /** When it became the latest one, and a number that grows; absent where the time of publication decides. */
  markedLatestAt?: string;
  /** Whether it is not to be the latest one. */
  notLatest?: boolean;
  authorId: number;
  assets: ReleaseAsset[];
  createdAt: string;
  publishedAt?: string;
  /** When it was changed last; there once it was. */
  updatedAt?: string;
}
