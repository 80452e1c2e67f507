import { readFile } from 'node:fs/promises';
import { InputError } from '@backstage/errors';
import type { BuiltLibrary, BuiltRelease, Platform } from './BuiltRelease';
import { createLayer } from './createLayer';
import {
  describeBlob,
  digestOf,
  encodeJson,
  OCI_INDEX,
  OCI_MANIFEST,
  type OciContent,
  type OciDescriptor,
} from './ociContent';
import { isoTime, libraryName, releaseAnnotations } from './releaseAnnotations';

/** `e_machine` of an ELF file. @see https://man7.org/linux/man-pages/man5/elf.5.html */
const ELF_MACHINES: Record<Platform, number> = {
  'linux/amd64': 62,
  'linux/arm64': 183,
};

/** The image of a release for one platform. */
export interface PlatformImage {
  platform: Platform;
  digest: string;
  /** Bytes that a pull of it takes: manifest, configuration and layer. */
  size: number;
  library: {
    name: string;
    /** Hex. */
    sha256: string;
    /** Bytes. */
    size: number;
  };
}

/** The index of a release, with its images. */
export interface ReleaseImage {
  content: OciContent;
  images: PlatformImage[];
}

/**
 * Makes the image of a release: an index of one image a platform, each of one layer with the
 * library and its licence. The same release makes the same digests.
 *
 * @throws InputError when a library is not a shared library for its platform
 */
export async function createReleaseImage(
  release: BuiltRelease,
  version: string,
): Promise<ReleaseImage> {
  const annotations = releaseAnnotations(release, version);
  const licence = await readFile(release.licence.path);
  const blobs = new Map<string, Buffer>();
  const add = (mediaType: string, bytes: Buffer): OciDescriptor => {
    const descriptor = describeBlob(mediaType, bytes);
    blobs.set(descriptor.digest, bytes);
    return descriptor;
  };
  const manifests: OciDescriptor[] = [];
  const images: PlatformImage[] = [];
  const libraries = [...release.libraries].sort((a, b) =>
    a.platform < b.platform ? -1 : 1,
  );
  for (const library of libraries) {
    const bytes = await readLibrary(library);
    const name = libraryName(release);
    const [os, architecture] = library.platform.split('/');
    const layer = await createLayer(
      [
        { name: 'LICENSE', content: licence, mode: 0o644 },
        { name, content: bytes, mode: 0o755 },
      ],
      release.source.committedAt,
    );
    const created = isoTime(release.source.committedAt);
    const config = add(
      'application/vnd.oci.image.config.v1+json',
      encodeJson({
        created,
        architecture,
        os,
        config: { Labels: annotations },
        rootfs: { type: 'layers', diff_ids: [digestOf(layer.tar)] },
        history: [{ created, created_by: 'envoy-go-plugins' }],
      }),
    );
    const stored = add(
      'application/vnd.oci.image.layer.v1.tar+gzip',
      layer.gzip,
    );
    const manifest = add(
      OCI_MANIFEST,
      encodeJson({
        schemaVersion: 2,
        mediaType: OCI_MANIFEST,
        config,
        layers: [stored],
        annotations,
      }),
    );
    manifests.push({ ...manifest, platform: { architecture, os } });
    images.push({
      platform: library.platform,
      digest: manifest.digest,
      size: manifest.size + config.size + stored.size,
      library: {
        name,
        sha256: digestOf(bytes).slice('sha256:'.length),
        size: bytes.length,
      },
    });
  }
  const root = add(
    OCI_INDEX,
    encodeJson({
      schemaVersion: 2,
      mediaType: OCI_INDEX,
      manifests,
      annotations,
    }),
  );
  return { content: { root, blobs }, images };
}

async function readLibrary({ path, platform }: BuiltLibrary): Promise<Buffer> {
  const bytes = await readFile(path);
  const isShared =
    bytes.length > 64 &&
    bytes.subarray(0, 4).equals(Buffer.from('\x7fELF', 'latin1')) &&
    bytes.readUInt16LE(16) === 3;
  if (!isShared || bytes.readUInt16LE(18) !== ELF_MACHINES[platform]) {
    throw new InputError(
      `The library for ${platform} is not a shared library (ELF) for it; build it there, or with a cross compiler for it`,
    );
  }
  return bytes;
}
