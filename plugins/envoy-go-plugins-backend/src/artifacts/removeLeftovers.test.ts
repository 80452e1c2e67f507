import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { useTemporaryFolders } from './__testUtils__/temporaryFolder';
import { removeLeftovers } from './removeLeftovers';

const newFolder = useTemporaryFolders();

describe('removeLeftovers', () => {
  it('removes what is old and ours, and nothing else', async () => {
    const folder = await newFolder();
    const past = new Date(Date.now() - 10_000);
    for (const name of ['ours-old', 'ours-new', 'other-old']) {
      const path = join(folder, name);
      await mkdir(path);
      await writeFile(join(path, 'config.json'), '{}');
      if (name.endsWith('old')) {
        await utimes(path, past, past);
      }
    }
    await removeLeftovers(folder, 'ours-', 5_000);
    await expect(readdir(folder)).resolves.toEqual(['other-old', 'ours-new']);
  });
});
