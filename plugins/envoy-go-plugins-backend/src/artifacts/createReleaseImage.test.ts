import { createHash } from 'node:crypto';
import { mkdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { extract, list } from 'tar';
import { sharedLibrary, testRelease } from './__testUtils__/testRelease';
import { useTemporaryFolders } from './__testUtils__/temporaryFolder';
import { createReleaseImage, type ReleaseImage } from './createReleaseImage';

const newFolder = useTemporaryFolders();

function blob({ content }: ReleaseImage, digest: string): Buffer {
  const bytes = content.blobs.get(digest);
  if (!bytes) {
    throw new Error(`no ${digest}`);
  }
  return bytes;
}

function parsed(image: ReleaseImage, digest: string) {
  return JSON.parse(blob(image, digest).toString());
}

describe('createReleaseImage', () => {
  it('makes the same digests of the same release, wherever and whenever', async () => {
    const platforms = ['linux/amd64' as const, 'linux/arm64' as const];
    const [one, other] = [await newFolder(), await newFolder()];
    const first = await testRelease(one, {}, platforms);
    const second = await testRelease(other, {}, platforms);
    await utimes(second.libraries[0].path, 1, 1);
    second.libraries.reverse();
    const a = await createReleaseImage(first, '1.2.0');
    const b = await createReleaseImage(second, '1.2.0');
    expect(b.content.root).toEqual(a.content.root);
    expect(b.images).toEqual(a.images);
  });

  it('holds the library and the licence in one layer, and nothing else', async () => {
    const folder = await newFolder();
    const image = await createReleaseImage(await testRelease(folder), '1.2.0');
    const manifest = parsed(image, image.images[0].digest);
    expect(manifest.layers).toHaveLength(1);
    const archive = join(folder, 'layer.tar');
    const unpacked = join(folder, 'unpacked');
    const bytes = gunzipSync(blob(image, manifest.layers[0].digest));
    await writeFile(archive, bytes);
    await mkdir(unpacked);
    const entries: unknown[] = [];
    await list({
      file: archive,
      onReadEntry: ({ path, mode, mtime, uid, gid }) =>
        entries.push([path, mode, mtime?.toISOString(), uid, gid]),
    });
    const time = '2026-11-20T10:00:00.000Z';
    expect(entries).toEqual([
      ['LICENSE', 0o644, time, 0, 0],
      ['libheader-auth.so', 0o755, time, 0, 0],
    ]);
    await extract({ file: archive, cwd: unpacked });
    await expect(
      readFile(join(unpacked, 'libheader-auth.so')),
    ).resolves.toEqual(sharedLibrary('linux/amd64'));
    expect(parsed(image, manifest.config.digest).rootfs.diff_ids).toEqual([
      `sha256:${createHash('sha256').update(bytes).digest('hex')}`,
    ]);
  });

  it('says on index and image what it is and what is proven', async () => {
    const image = await createReleaseImage(
      await testRelease(await newFolder(), {}, ['linux/amd64', 'linux/arm64']),
      '1.2.0',
    );
    const index = parsed(image, image.content.root.digest);
    expect(index.annotations).toEqual({
      'dev.envoygo.abi': 'v0.1.0',
      'dev.envoygo.envoy-proven': '1.38.3,1.40.0',
      'dev.envoygo.filter-name': 'header-auth',
      'dev.envoygo.go': 'go1.26.8',
      'dev.envoygo.library': 'libheader-auth.so',
      'dev.envoygo.module': 'github.com/envoy-plugins/header-auth',
      'dev.envoygo.runtime': 'dynamic-module',
      'org.opencontainers.image.created': '2026-11-20T10:00:00Z',
      'org.opencontainers.image.description':
        'Lets a request pass only with a header',
      'org.opencontainers.image.licenses': 'Apache-2.0',
      'org.opencontainers.image.revision':
        '0123456789abcdef0123456789abcdef01234567',
      'org.opencontainers.image.source':
        'https://github.com/envoy-plugins/header-auth',
      'org.opencontainers.image.title': 'Header auth',
      'org.opencontainers.image.url':
        'https://github.com/envoy-plugins/header-auth',
      'org.opencontainers.image.version': '1.2.0',
    });
    expect(
      index.manifests.map(
        ({ digest, platform }: { digest: string; platform: object }) => [
          digest,
          platform,
        ],
      ),
    ).toEqual([
      [image.images[0].digest, { architecture: 'amd64', os: 'linux' }],
      [image.images[1].digest, { architecture: 'arm64', os: 'linux' }],
    ]);
    expect(parsed(image, image.images[1].digest).annotations).toEqual(
      index.annotations,
    );
  });

  it('refuses what is no library, or one for another platform', async () => {
    const release = await testRelease(await newFolder());
    await writeFile(release.libraries[0].path, sharedLibrary('linux/arm64'));
    await expect(createReleaseImage(release, '1.2.0')).rejects.toThrow(
      'The library for linux/amd64 is not a shared library (ELF) for it',
    );
    await writeFile(release.libraries[0].path, '#!/bin/sh\n');
    await expect(createReleaseImage(release, '1.2.0')).rejects.toThrow(
      'is not a shared library',
    );
  });
});
