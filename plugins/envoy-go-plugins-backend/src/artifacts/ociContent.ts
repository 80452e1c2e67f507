import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** @see https://github.com/opencontainers/image-spec/blob/v1.1.1/manifest.md */
export const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
/** @see https://github.com/opencontainers/image-spec/blob/v1.1.1/image-index.md */
export const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';

/** Tells of a blob or manifest by what it is. */
export interface OciDescriptor {
  mediaType: string;
  /** `sha256:` and 64 hex digits. */
  digest: string;
  /** Bytes. */
  size: number;
  artifactType?: string;
  annotations?: Record<string, string>;
  platform?: { architecture: string; os: string };
}

/** A manifest or index, with all that it names. */
export interface OciContent {
  root: OciDescriptor;
  /** By digest; `root` is among them. */
  blobs: Map<string, Buffer>;
}

/** `sha256:` and hex, of bytes. */
export function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** The descriptor of bytes. */
export function describeBlob(mediaType: string, bytes: Buffer): OciDescriptor {
  return { mediaType, digest: digestOf(bytes), size: bytes.length };
}

/** As bytes that are the same for the same value, given that its keys are in the same order. */
export function encodeJson(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

/**
 * Writes an OCI image layout of one image, index or referrer.
 *
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md
 */
export async function writeOciLayout(
  folder: string,
  content: OciContent,
): Promise<void> {
  const blobs = join(folder, 'blobs', 'sha256');
  await mkdir(blobs, { recursive: true });
  await Promise.all([
    writeFile(
      join(folder, 'oci-layout'),
      encodeJson({ imageLayoutVersion: '1.0.0' }),
    ),
    writeFile(
      join(folder, 'index.json'),
      encodeJson({
        schemaVersion: 2,
        mediaType: OCI_INDEX,
        manifests: [content.root],
      }),
    ),
    ...[...content.blobs].map(([digest, bytes]) =>
      writeFile(join(blobs, digest.slice('sha256:'.length)), bytes),
    ),
  ]);
}
