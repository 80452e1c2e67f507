import { ConflictError } from '@backstage/errors';
import { promises as fs } from 'node:fs';
import path from 'node:path';

const MARKER = 'github-emulator.json';
const FORMAT = 1;

/**
 * Makes sure that a folder is, or may become, the state folder of an emulator.
 *
 * @param folder - the state folder; need not exist
 * @param options - `fresh`: forget what is in it
 * @throws ConflictError when the folder holds something else, so that nothing of anybody else is ever deleted
 */
export async function prepareStateFolder(
  folder: string,
  options: { fresh?: boolean } = {},
): Promise<void> {
  await fs.mkdir(folder, { recursive: true });
  const entries = await fs.readdir(folder);
  const marker = path.join(folder, MARKER);
  if (entries.length > 0 && !entries.includes(MARKER)) {
    throw new ConflictError(
      `${folder} is not empty and holds no state of the GitHub emulator (there is no ${MARKER}); give it a folder of its own`,
    );
  }
  if (entries.length > 0) {
    const { format } = JSON.parse(await fs.readFile(marker, 'utf8'));
    if (format !== FORMAT && !options.fresh) {
      throw new ConflictError(
        `${folder} holds the state of another version of the GitHub emulator (format ${format}, wanted ${FORMAT}); start with --fresh to begin anew`,
      );
    }
  }
  if (options.fresh) {
    for (const entry of entries.filter(name => name !== MARKER)) {
      await fs.rm(path.join(folder, entry), { recursive: true, force: true });
    }
  }
  await fs.writeFile(marker, `${JSON.stringify({ format: FORMAT })}\n`);
}
