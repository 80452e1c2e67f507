import {
  describeBlob,
  encodeJson,
  OCI_MANIFEST,
  type OciContent,
  type OciDescriptor,
} from './ociContent';

/** What is said of an image beside it. */
export const ARTIFACT_TYPES = {
  sbom: 'application/vnd.cyclonedx+json',
  provenance: 'application/vnd.in-toto+json',
  proof: 'application/vnd.envoygo.proof.v1+json',
  yank: 'application/vnd.envoygo.yank.v1+json',
} as const;

/** One of `ARTIFACT_TYPES`. */
export type ArtifactType = (typeof ARTIFACT_TYPES)[keyof typeof ARTIFACT_TYPES];

/**
 * Makes a manifest that refers to an image or index and holds one document.
 *
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/manifest.md#guidelines-for-artifact-usage
 */
export function createReferrer(options: {
  subject: OciDescriptor;
  artifactType: ArtifactType;
  document: Buffer;
  annotations: Record<string, string>;
}): OciContent {
  const { subject, artifactType, document, annotations } = options;
  const empty = Buffer.from('{}');
  const layer = describeBlob(artifactType, document);
  // The configuration's type repeats the artifact's: by it crane describes referrers where a
  // registry does not list them itself
  const config = describeBlob(artifactType, empty);
  const manifest = encodeJson({
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    artifactType,
    config,
    layers: [layer],
    subject: {
      mediaType: subject.mediaType,
      digest: subject.digest,
      size: subject.size,
    },
    annotations,
  });
  const root = describeBlob(OCI_MANIFEST, manifest);
  return {
    root,
    blobs: new Map([
      [config.digest, empty],
      [layer.digest, document],
      [root.digest, manifest],
    ]),
  };
}
