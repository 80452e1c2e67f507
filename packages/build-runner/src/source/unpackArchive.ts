import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { Parser, type ReadEntry } from 'tar';
import { isError } from '@backstage/errors';
import { SourceError } from './SourceError';
import type { SourceLimits } from './SourceLimits';
import { SourceWriter, type SourceSize } from './SourceWriter';

/** What an archive held. */
export interface UnpackedArchive extends SourceSize {
  /** Commit that the archive says it is of; GitHub and `git archive` do. */
  commit?: string;
}

const RATIO_FROM_BYTES = 1024 * 1024;
const BLOCK_BYTES = 512;
const MAX_META_BYTES = 64 * 1024;

/**
 * Unpacks a `.tar.gz` as GitHub's tarball endpoint gives it (all in one folder) into an
 * empty folder, without that one folder.
 *
 * The compression is undone here, where every byte is counted, and `tar` reads headers;
 * the paths, kinds and sizes that it tells are checked before anything is written.
 *
 * @throws SourceError at the first entry that is not taken; the folder may hold what came
 * before
 */
export async function unpackArchive(
  archive: string,
  directory: string,
  limits: SourceLimits,
  signal?: AbortSignal,
): Promise<UnpackedArchive> {
  const { size: archiveBytes } = await stat(archive);
  if (archiveBytes > limits.archiveBytes) {
    throw new SourceError(
      `The archive is larger than the ${limits.archiveBytes} bytes that it may have`,
    );
  }
  const writer = new SourceWriter(directory, limits);
  let top: string | undefined;
  let commit: string | undefined;
  let failure: unknown;
  let writing: Promise<void> = Promise.resolve();
  let reading: ReadEntry | undefined;
  async function* contentOf(entry: ReadEntry) {
    // After a failure no more of it comes.
    if (failure !== undefined) {
      throw failure;
    }
    yield* entry;
  }
  const parser = new Parser({ strict: true, maxMetaEntrySize: MAX_META_BYTES });
  parser.on('entry', (entry: ReadEntry) => {
    commit ??= entry.globalExtended?.comment;
    entry.on('error', () => {});
    writing = writing.then(async () => {
      try {
        reading = entry;
        top = await take(entry, contentOf(entry), writer, top);
      } catch (error) {
        failure ??= error;
        entry.resume();
      } finally {
        reading = undefined;
      }
    });
  });
  parser.on('error', (error: unknown) => {
    failure ??= new SourceError(`The archive is broken: ${sentence(error)}`);
  });

  const unzipped = createGunzip();
  // An error of the one is told by the other, which is read below.
  pipeline(createReadStream(archive, { signal }), unzipped, () => {});
  const ended = new Promise<void>(resolve => {
    parser.on('end', resolve);
    parser.on('error', () => resolve());
  });
  let bytes = 0;
  let first = true;
  try {
    for await (const chunk of cutIntoBlocks(unzipped)) {
      if (first && !isTarHeader(chunk)) {
        throw new SourceError('The archive is no tar archive');
      }
      first = false;
      bytes += chunk.length;
      checkSize(bytes, archiveBytes, limits);
      if (!parser.write(chunk)) {
        await Promise.race([
          new Promise(resolve => parser.once('drain', resolve)),
          ended,
        ]);
      }
      if (failure !== undefined) {
        throw failure;
      }
    }
    if (first) {
      throw new SourceError('The archive is empty');
    }
    parser.end();
    await ended;
    if (failure !== undefined) {
      throw failure;
    }
  } catch (error) {
    failure ??= error;
    // The rest of the file that is being written does not come any more.
    reading?.destroy(new SourceError('The archive ended'));
    await writing;
    signal?.throwIfAborted();
    throw error instanceof SourceError
      ? error
      : new SourceError(`The archive is broken: ${sentence(error)}`);
  } finally {
    unzipped.destroy();
  }
  await writing;
  if (failure !== undefined) {
    throw failure;
  }
  if (writer.size.files === 0) {
    throw new SourceError('The archive has no file');
  }
  return { ...writer.size, ...(commit && { commit }) };
}

function checkSize(
  bytes: number,
  archiveBytes: number,
  limits: SourceLimits,
): void {
  // Headers and padding: what the files themselves take is counted where they are written.
  if (bytes > limits.bytes + limits.entries * 4 * BLOCK_BYTES) {
    throw new SourceError(
      `The archive unpacks to more than the ${limits.bytes} bytes that it may have`,
    );
  }
  if (bytes > RATIO_FROM_BYTES && bytes > archiveBytes * limits.ratio) {
    throw new SourceError(
      `The archive unpacks to more than ${limits.ratio} times its size`,
    );
  }
}

async function take(
  entry: ReadEntry,
  content: AsyncIterable<Uint8Array>,
  writer: SourceWriter,
  top: string | undefined,
): Promise<string> {
  const isFolder = entry.type === 'Directory';
  const path = isFolder ? entry.path.replace(/\/$/, '') : entry.path;
  const shown = JSON.stringify(entry.path);
  if (!isFolder && entry.type !== 'File' && entry.type !== 'OldFile') {
    throw new SourceError(
      `The source has an entry ${shown} of type ${entry.type}; only files and folders are taken, no links or devices`,
    );
  }
  const [folder, ...names] = path.split('/');
  if (top !== undefined && folder !== top) {
    throw new SourceError(
      `The archive has an entry ${shown} outside of its one folder ${JSON.stringify(
        top,
      )}`,
    );
  }
  if (!folder || folder === '.' || folder === '..') {
    throw new SourceError(
      `The source has an entry ${shown}, whose path is not one of a file below a folder`,
    );
  }
  if (isFolder) {
    if (names.length > 0) {
      await writer.addFolder(names);
    }
    entry.resume();
  } else {
    const executable = ((entry.mode ?? 0) & 0o100) !== 0;
    await writer.addFile(names, executable, entry.size, content);
  }
  return folder;
}

/** Whole blocks of 512 bytes first, so that the first chunk has the first header. */
async function* cutIntoBlocks(
  stream: AsyncIterable<Buffer>,
): AsyncGenerator<Buffer> {
  let rest = Buffer.alloc(0);
  for await (const chunk of stream) {
    rest = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    const whole = rest.length - (rest.length % BLOCK_BYTES);
    if (whole > 0) {
      yield rest.subarray(0, whole);
      rest = rest.subarray(whole);
    }
  }
  if (rest.length > 0) {
    yield rest;
  }
}

// Without this, `tar` would undo a second compression that nobody counts.
function isTarHeader(block: Buffer): boolean {
  return block.subarray(257, 262).toString('latin1') === 'ustar';
}

function sentence(error: unknown): string {
  return isError(error) ? error.message : String(error);
}
