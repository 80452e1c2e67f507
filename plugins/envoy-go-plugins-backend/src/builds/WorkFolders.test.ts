import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { createMockDirectory } from '@backstage/backend-test-utils';
import { WorkFolders } from './WorkFolders';

describe('WorkFolders', () => {
  const directory = createMockDirectory();
  const now = () => new Date();

  it('gives each build a folder of its own, and leaves nothing', async () => {
    const folders = new WorkFolders({
      directory: directory.resolve('own'),
      now,
    });
    const [one, other] = [await folders.make(), await folders.make()];
    expect(one).not.toBe(other);
    expect(dirname(one)).toBe(dirname(other));
    await writeFile(join(one, 'file'), 'x');
    await folders.remove(one);
    expect([existsSync(one), existsSync(other)]).toEqual([false, true]);
    await folders.touch();
    await folders.close();
    await expect(readdir(directory.resolve('own'))).resolves.toEqual([]);
  });

  it('sweeps what dead workers left, and nothing of those that live', async () => {
    const root = directory.resolve('shared');
    const host = hostname().replace(/[^\w.-]/g, '');
    const { pid: dead } = spawnSync(process.execPath, ['--version']);
    const alive = new WorkFolders({ directory: root, now });
    const kept = await alive.make();
    const [killed, silent, elsewhere, foreign] = [
      `worker-${host}-${dead}-abc`,
      `worker-other.host-1-abc`,
      `worker-other.host-2-abc`,
      'of-somebody-else',
    ].map(name => join(root, name));
    for (const folder of [killed, silent, elsewhere, foreign]) {
      await mkdir(join(folder, 'build-1'), { recursive: true });
    }
    const yesterday = new Date(Date.now() - 86_400_000);
    await utimes(silent, yesterday, yesterday);
    await utimes(foreign, yesterday, yesterday);

    await new WorkFolders({ directory: root, now }).sweep();
    expect(
      [kept, killed, silent, elsewhere, foreign].map(each => existsSync(each)),
    ).toEqual([true, false, false, true, true]);
  });
});
