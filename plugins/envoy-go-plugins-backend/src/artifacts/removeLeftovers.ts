import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Removes folders that a process which was killed could not remove, as far as we may.
 *
 * @param prefix - the beginning of their names
 * @param olderThanMs - what is younger may be in use
 */
export async function removeLeftovers(
  folder: string,
  prefix: string,
  olderThanMs: number,
): Promise<void> {
  const names = await readdir(folder);
  await Promise.all(
    names
      .filter(name => name.startsWith(prefix))
      .map(async name => {
        const path = join(folder, name);
        const found = await stat(path).catch(() => undefined);
        if (found && Date.now() - found.mtimeMs > olderThanMs) {
          // Another user's are that user's
          await rm(path, { recursive: true, force: true }).catch(() => {});
        }
      }),
  );
}
