import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Removes what somebody who was killed has left unfinished: folders with a prefix that
 * nobody has touched for a while.
 */
export async function removeOld(
  directory: string,
  prefix: string,
  ageMs: number,
): Promise<void> {
  const names = await readdir(directory).catch(() => []);
  for (const name of names.filter(entry => entry.startsWith(prefix))) {
    const path = join(directory, name);
    const status = await stat(path).catch(() => undefined);
    if (status && Date.now() - status.mtimeMs > ageMs) {
      await rm(path, { recursive: true, force: true });
    }
  }
}
