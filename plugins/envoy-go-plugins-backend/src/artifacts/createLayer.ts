import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { Header } from 'tar';

const BLOCK = 512;
/** Offset of the system's id in a gzip header (RFC 1952, 2.3); 255 is "unknown". */
const GZIP_SYSTEM = 9;

/** A file of a layer. */
export interface LayerFile {
  /** Name at the root of the image. */
  name: string;
  content: Buffer;
  /** Permissions, such as `0o644`. */
  mode: number;
}

/** A layer of an image, as it is and as it is stored. */
export interface Layer {
  tar: Buffer;
  gzip: Buffer;
}

/**
 * Makes a layer that depends on nothing but the files' names, content and modes: owners are
 * root, times are given, and the compressed form names no system.
 */
export async function createLayer(
  files: LayerFile[],
  time: Date,
): Promise<Layer> {
  const parts: Buffer[] = [];
  for (const { name, content, mode } of files) {
    const header = Buffer.alloc(BLOCK);
    new Header({
      path: name,
      type: 'File',
      mode,
      size: content.length,
      uid: 0,
      gid: 0,
      mtime: time,
    }).encode(header);
    parts.push(header, content, Buffer.alloc(-content.length & (BLOCK - 1)));
  }
  // Two empty blocks end an archive
  const tar = Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)]);
  const compressed = await promisify(gzip)(tar, { level: 6 });
  compressed[GZIP_SYSTEM] = 255;
  return { tar, gzip: compressed };
}
