import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { useTemporaryDirectory } from '../testing/temporaryDirectory';
import { WorkFolder } from './WorkFolder';

describe('WorkFolder', () => {
  const temporaryDirectory = useTemporaryDirectory();

  /** A folder as a runner has left it that did not end by itself. */
  async function left(directory: string, name: string, owner: object) {
    const path = join(directory, `runner-${name}`);
    await mkdir(join(path, 'build-1/source'), { recursive: true });
    await writeFile(join(path, 'owner.json'), JSON.stringify(owner));
    return path;
  }

  async function age(path: string, minutes: number) {
    const time = new Date(Date.now() - minutes * 60_000);
    await utimes(path, time, time);
  }

  it('removes what a killed runner has left, and nothing of one that lives', async () => {
    const directory = await temporaryDirectory();
    const living = await WorkFolder.open(directory);
    const file = join(living.path, 'owner.json');
    const owner = JSON.parse(await readFile(file, 'utf8'));
    const child = spawn('true');
    await once(child, 'exit');
    await left(directory, 'killed', { ...owner, pid: child.pid });
    await left(directory, 'of-before', { ...owner, startedAt: '1' });
    await mkdir(join(directory, 'mine'));
    const next = await WorkFolder.open(directory);
    expect((await readdir(directory)).sort()).toEqual(
      ['mine', basename(living.path), basename(next.path)].sort(),
    );
    await Promise.all([living.close(), next.close()]);
    await expect(readdir(directory)).resolves.toEqual(['mine']);
  });

  it('waits with what is of another place until nobody has touched it for long', async () => {
    const directory = await temporaryDirectory();
    const elsewhere = { place: 'another', pid: 1, startedAt: '1' };
    const fresh = await left(directory, 'fresh', elsewhere);
    const stale = await left(directory, 'stale', elsewhere);
    await age(join(stale, 'owner.json'), 11);
    const beginning = join(directory, 'runner-beginning');
    await mkdir(beginning);
    const abandoned = join(directory, 'runner-abandoned');
    await mkdir(abandoned);
    await age(abandoned, 11);
    const folder = await WorkFolder.open(directory);
    expect((await readdir(directory)).sort()).toEqual(
      [fresh, beginning, folder.path].map(path => basename(path)).sort(),
    );
    await folder.close();
  });
});
