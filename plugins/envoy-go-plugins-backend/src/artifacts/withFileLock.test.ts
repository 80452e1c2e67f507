import { access, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { useTemporaryFolders } from './__testUtils__/temporaryFolder';
import { withFileLock } from './withFileLock';

const newFolder = useTemporaryFolders();

describe('withFileLock', () => {
  it('lets one at a time work', async () => {
    const lock = join(await newFolder(), 'new', 'lock');
    let working = 0;
    let most = 0;
    const results = await Promise.all(
      [1, 2, 3, 4].map(number =>
        withFileLock(
          lock,
          async () => {
            working += 1;
            most = Math.max(most, working);
            await access(lock);
            working -= 1;
            return number;
          },
          { pollMs: 1 },
        ),
      ),
    );
    expect(results).toEqual([1, 2, 3, 4]);
    expect(most).toBe(1);
    await expect(access(lock)).rejects.toThrow('ENOENT');
  });

  it('takes the lock of one that was killed, and goes on after one that failed', async () => {
    const lock = join(await newFolder(), 'lock');
    await writeFile(lock, 'another');
    const past = new Date(Date.now() - 60_000);
    await utimes(lock, past, past);
    await expect(
      withFileLock(lock, () => Promise.reject(new Error('failed')), {
        pollMs: 1,
      }),
    ).rejects.toThrow('failed');
    await expect(withFileLock(lock, async () => 'done')).resolves.toBe('done');
  });

  it('stops waiting when it is told to', async () => {
    const lock = join(await newFolder(), 'lock');
    await writeFile(lock, 'another');
    await expect(
      withFileLock(lock, async () => 'done', {
        signal: AbortSignal.timeout(20),
      }),
    ).rejects.toMatchObject({ name: 'AbortError' });
  });
});
