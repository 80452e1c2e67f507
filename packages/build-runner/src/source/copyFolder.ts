import { createReadStream } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { SourceError } from './SourceError';
import type { SourceLimits } from './SourceLimits';
import { SourceWriter, type SourceSize } from './SourceWriter';

const LEFT_OUT = new Set(['.git', 'node_modules']);

/**
 * Copies a working copy, without what is not its source, under the rules that archives
 * are unpacked by.
 *
 * @throws SourceError at the first entry that is not taken
 */
export async function copyFolder(
  from: string,
  directory: string,
  limits: SourceLimits,
  signal?: AbortSignal,
): Promise<SourceSize> {
  const writer = new SourceWriter(directory, limits);
  const copy = async (names: string[]): Promise<void> => {
    const entries = await readdir(join(from, ...names));
    for (const name of entries.sort()) {
      signal?.throwIfAborted();
      if (LEFT_OUT.has(name)) {
        continue;
      }
      const path = [...names, name];
      const status = await lstat(join(from, ...path));
      if (status.isDirectory()) {
        await writer.addFolder(path);
        await copy(path);
      } else if (status.isFile()) {
        await writer.addFile(
          path,
          (status.mode & 0o100) !== 0,
          status.size,
          createReadStream(join(from, ...path)),
        );
      } else {
        throw new SourceError(
          `The source has ${path.join(
            '/',
          )}, which is neither a file nor a folder; no links or devices are taken`,
        );
      }
    }
  };
  await copy([]);
  return writer.size;
}
