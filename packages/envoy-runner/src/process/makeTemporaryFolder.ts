import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeWithUs } from './endWithUs';

/** A folder of our own, for as long as it is needed. */
export interface TemporaryFolder {
  path: string;
  remove(): Promise<void>;
}

/**
 * Makes a folder that does not outlive this process.
 *
 * @param purpose - the beginning of its name, after `envoy-runner-`
 */
export async function makeTemporaryFolder(
  purpose: string,
): Promise<TemporaryFolder> {
  const path = await mkdtemp(join(tmpdir(), `envoy-runner-${purpose}-`));
  const removed = removeWithUs(path);
  return {
    path,
    async remove() {
      await rm(path, { recursive: true, force: true });
      removed();
    },
  };
}
