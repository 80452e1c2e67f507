import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import {
  pax,
  writeArchive,
  writeTar,
  type ArchiveEntry,
} from '../testing/archives';
import { useTemporaryDirectory } from '../testing/temporaryDirectory';
import { DEFAULT_SOURCE_LIMITS, type SourceLimits } from './SourceLimits';
import { unpackArchive } from './unpackArchive';

describe('unpackArchive', () => {
  const temporaryDirectory = useTemporaryDirectory();

  async function unpack(
    archive: Buffer | ArchiveEntry[],
    limits: Partial<SourceLimits> = {},
  ) {
    const directory = await temporaryDirectory();
    const file = join(directory, 'source.tar.gz');
    const target = join(directory, 'deep/er/source');
    await mkdir(target, { recursive: true });
    await writeFile(
      file,
      Array.isArray(archive) ? writeArchive(archive) : archive,
    );
    const unpacking = unpackArchive(file, target, {
      ...DEFAULT_SOURCE_LIMITS,
      ...limits,
    });
    const inside = async () =>
      (await readdir(target, { recursive: true })).sort();
    /** All that the archive may have brought anywhere. */
    const outside = async () =>
      (await readdir(directory, { recursive: true })).filter(
        path =>
          !['source.tar.gz', 'deep', 'deep/er', 'deep/er/source'].includes(
            path,
          ) && !path.startsWith('deep/er/source/'),
      );
    return { unpacking, target, inside, outside };
  }

  it("unpacks what GitHub's tarball endpoint gives", async () => {
    const commit = '0123456789abcdef0123456789abcdef01234567';
    const long = `org-name-0123456/${'long-folder-name/'.repeat(8)}filter.go`;
    const { unpacking, target, inside } = await unpack([
      pax({ comment: commit }, 'g'),
      { path: 'org-name-0123456/', type: '5' },
      { path: 'org-name-0123456/go.mod', content: 'module m\n' },
      { path: 'org-name-0123456/cmd/', type: '5' },
      { path: 'org-name-0123456/cmd/main.go', content: 'package main\n' },
      pax({ path: long }),
      { path: 'cut', content: 'package long\n' },
    ]);
    expect(await unpacking).toEqual({ files: 3, bytes: 35, commit });
    expect(await inside()).toContain('cmd/main.go');
    expect(await readFile(join(target, 'go.mod'), 'utf8')).toBe('module m\n');
    expect(
      await readFile(
        join(target, long.slice('org-name-0123456/'.length)),
        'utf8',
      ),
    ).toBe('package long\n');
    expect((await stat(join(target, 'go.mod'))).mode & 0o777).toBe(0o644);
  });

  const file = (path: string): ArchiveEntry => ({ path, content: 'x' });
  it.each<[string, ArchiveEntry[], RegExp]>([
    ['a path that leads up', [file('top/../../evil')], /path is not one/],
    ['a path that is only up', [file('../evil')], /path is not one/],
    ['an absolute path', [file('/tmp/evil')], /path is not one/],
    ['an absolute path below', [file('top//etc/evil')], /path is not one/],
    ['a path with a backslash', [file('top/..\\evil')], /path is not one/],
    ['a path with a line feed', [file('top/a\nb')], /path is not one/],
    ['a path of the folder itself', [file('top')], /path is not one/],
    ['a dot in a path', [file('top/./a')], /path is not one/],
    [
      'a path in a pax header that leads up',
      [pax({ path: 'top/../../evil' }), file('top/a')],
      /path is not one/,
    ],
    [
      'a long name of GNU tar that leads up',
      [
        { path: '././@LongLink', type: 'L', content: 'top/../../evil\0' },
        file('top/a'),
      ],
      /path is not one/,
    ],
    [
      'a symbolic link',
      [{ path: 'top/a', type: '2', link: '/etc/passwd' }],
      /type SymbolicLink/,
    ],
    [
      'a file through a symbolic link',
      [{ path: 'top/a', type: '2', link: '../..' }, file('top/a/evil')],
      /type SymbolicLink/,
    ],
    [
      'a hard link',
      [{ path: 'top/a', type: '1', link: '/etc/passwd' }],
      /type Link/,
    ],
    ['a device', [{ path: 'top/a', type: '3' }], /type CharacterDevice/],
    ['a block device', [{ path: 'top/a', type: '4' }], /type BlockDevice/],
    ['a pipe', [{ path: 'top/a', type: '6' }], /type FIFO/],
    ['a sparse file', [{ path: 'top/a', type: 'S' }], /type|broken|no file/],
    ['two top folders', [file('top/a'), file('other/b')], /outside of its one/],
    ['a file twice', [file('top/a'), file('top/a')], /has a twice/],
    [
      'a file as a folder',
      [file('top/a'), file('top/a/b')],
      /as a file and as a folder/,
    ],
    ['a folder as a file', [file('top/a/b'), file('top/a')], /has a twice/],
    [
      'a size larger than what follows',
      [{ path: 'top/a', content: 'x', size: 100_000 }],
      /broken/,
    ],
    [
      'a size that is none',
      [{ path: 'top/a', content: 'x', rawSize: 'zzzzzzzzzzz\0' }],
      /broken|none/,
    ],
    [
      'a size below nothing',
      [
        {
          path: 'top/a',
          content: 'x',
          rawSize: '\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xf0',
        },
      ],
      /broken|none/,
    ],
    [
      'an enormous size',
      [
        {
          path: 'top/a',
          content: 'x',
          rawSize: '\x80\0\0\0\x7f\xff\xff\xff\xff\xff\xff\xff',
        },
      ],
      /broken|larger|none/,
    ],
    [
      'a size in a pax header that is not that of the content',
      [pax({ size: '99999999' }), file('top/a')],
      /broken|larger/,
    ],
    ['nothing', [], /no tar archive/],
    ['folders alone', [{ path: 'top/a/', type: '5' }], /has no file/],
    [
      'a name too long',
      [pax({ path: `top/${'a'.repeat(300)}` }), file('top/a')],
      /path is not one/,
    ],
    [
      'folders too deep',
      [pax({ path: `top/${'a/'.repeat(60)}b` }), file('top/a')],
      /more than 32 folders deep/,
    ],
  ])('refuses %s', async (_, entries, message) => {
    const { unpacking, outside } = await unpack(entries);
    await expect(unpacking).rejects.toThrow(message);
    await expect(unpacking).rejects.toMatchObject({ name: 'SourceError' });
    expect(await outside()).toEqual([]);
  });

  it.each<[string, Partial<SourceLimits>, ArchiveEntry[], RegExp]>([
    [
      'bytes in a file',
      { fileBytes: 10 },
      [{ path: 'top/a', content: 'x'.repeat(11) }],
      /a is larger than the 10 bytes/,
    ],
    [
      'bytes in all',
      { bytes: 10 },
      [
        { path: 'top/a', content: 'x'.repeat(6) },
        { path: 'top/b', content: 'x'.repeat(6) },
      ],
      /The source is larger than the 10 bytes/,
    ],
    [
      'files',
      { entries: 3 },
      ['a', 'b', 'c', 'd'].map(name => ({ path: `top/${name}` })),
      /more than the 3 files and folders/,
    ],
    [
      'bytes in the archive',
      { archiveBytes: 20 },
      [{ path: 'top/a' }],
      /archive is larger than the 20 bytes/,
    ],
    [
      'compression',
      {},
      [{ path: 'top/a', content: Buffer.alloc(8 * 1024 * 1024) }],
      /more than 100 times its size/,
    ],
  ])('refuses too much: %s', async (_, limits, entries, message) => {
    const { unpacking } = await unpack(entries, limits);
    await expect(unpacking).rejects.toThrow(message);
  });

  it('refuses what is no archive', async () => {
    const good = writeArchive([{ path: 'top/a', content: 'x'.repeat(9999) }]);
    const broken: [Buffer, RegExp][] = [
      [Buffer.from('hello'), /broken/],
      [Buffer.alloc(0), /broken|empty/],
      [good.subarray(0, good.length / 2), /broken/],
      [gzipSync('hello'), /no tar archive/],
      [gzipSync(good), /no tar archive/],
      [writeTar([{ path: 'top/a' }]), /broken/],
    ];
    for (const [archive, message] of broken) {
      const { unpacking } = await unpack(archive);
      await expect(unpacking).rejects.toThrow(message);
    }
  });

  it('neither hangs nor writes outside, whatever bytes are changed', async () => {
    const tar = writeTar([
      { path: 'top/', type: '5' },
      { path: 'top/a', content: 'hello' },
      pax({ path: 'top/b' }),
      { path: 'top/c', content: 'x'.repeat(600) },
    ]);
    let seed = 1;
    const random = (below: number) => {
      // A linear congruential generator: the same bytes in every run.
      seed = (seed * 1103515245 + 12345) % 2 ** 31;
      return seed % below;
    };
    for (let round = 0; round < 60; round++) {
      const changed = Buffer.from(tar);
      for (let change = 0; change < 4; change++) {
        changed[random(changed.length)] = random(256);
      }
      const { unpacking, outside } = await unpack(gzipSync(changed));
      const told = await unpacking.then(
        () => 'SourceError',
        (error: Error) => error.name,
      );
      expect(told).toBe('SourceError');
      expect(await outside()).toEqual([]);
    }
  });
});
