import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  startRegistry,
  type TestRegistry,
} from './__testUtils__/startRegistry';
import { testRelease } from './__testUtils__/testRelease';
import { useTemporaryFolders } from './__testUtils__/temporaryFolder';
import { CachedToolProvider } from './CachedToolProvider';
import { CosignSigner } from './CosignSigner';
import { CraneRegistry } from './CraneRegistry';
import { DefaultReleaseArtifacts } from './DefaultReleaseArtifacts';
import { ensureSigningKey } from './ensureSigningKey';
import { RegistryAccess } from './RegistryAccess';
import { runTool } from './runTool';
import { verifyCommand } from './Signer';

// The first of all runs compiles cosign, which takes minutes
const INSTALL_TIMEOUT_MS = 30 * 60_000;
jest.setTimeout(60_000);

const newFolder = useTemporaryFolders();
const tools = new CachedToolProvider();
let registry: TestRegistry;

beforeAll(async () => {
  await tools.path('cosign');
  registry = await startRegistry(await tools.path('crane'), await newFolder());
}, INSTALL_TIMEOUT_MS);

afterAll(async () => {
  await registry.stop();
});

/** Runs the command that people are told to verify with. */
async function verify(reference: string, publicKeyFile: string) {
  const [, ...args] = verifyCommand(reference, publicKeyFile).split(' ');
  return runTool(await tools.path('cosign'), args, {
    env: { PATH: process.env.PATH, HOME: await newFolder() },
    timeoutMs: 60_000,
  });
}

async function signedRelease(place: string) {
  const folder = await newFolder();
  const key = await ensureSigningKey({
    folder: join(folder, 'key'),
    password: 'key-password',
    tools,
  });
  const access = new RegistryAccess({
    config: { repository: `${registry.host}/${place}` },
    tools,
  });
  const images = new CraneRegistry(access);
  const signer = new CosignSigner({ access, key });
  const artifacts = new DefaultReleaseArtifacts({ registry: images, signer });
  const release = await testRelease(folder);
  const published = await artifacts.publish(release);
  const publicKeyFile = join(folder, 'published.pub');
  await writeFile(publicKeyFile, await signer.publicKey());
  return {
    folder,
    key,
    access,
    images,
    artifacts,
    release,
    published,
    publicKeyFile,
  };
}

describe('CosignSigner', () => {
  it('signs the index, the images and what refers to them, so that cosign verifies it', async () => {
    const { published, publicKeyFile, folder } = await signedRelease('signed');
    expect(published.signed).toBe(true);
    await expect(readFile(publicKeyFile, 'utf8')).resolves.toBe(
      await readFile(join(folder, 'key', 'cosign.pub'), 'utf8'),
    );
    const digests = [
      published.digest,
      ...published.images.map(({ digest }) => digest),
      ...published.referrers.map(({ digest }) => digest),
    ];
    expect(digests).toHaveLength(5);
    for (const digest of digests) {
      const result = await verify(
        `${published.repository}@${digest}`,
        publicKeyFile,
      );
      expect(result).toMatchObject({
        code: 0,
        stdout: expect.stringContaining(digest),
      });
    }
    await expect(
      verify(`${published.repository}:latest`, publicKeyFile),
    ).resolves.toMatchObject({ code: 0 });
  });

  it('signs once, however often it is published', async () => {
    const { artifacts, release, images, published } = await signedRelease(
      'once',
    );
    const signature = `${published.digest.replace(':', '-')}.sig`;
    const before = await images.digestOf(published.repository, signature);
    expect(before).toMatch(/^sha256:/);
    await artifacts.publish(release);
    await expect(
      images.digestOf(published.repository, signature),
    ).resolves.toBe(before);
  });

  it('lets nobody pass off what another key signed, or nobody', async () => {
    const { published, images, release } = await signedRelease('forged');
    const { publicKeyFile } = await signedRelease('other');
    await expect(
      verify(`${published.repository}@${published.digest}`, publicKeyFile),
    ).resolves.toMatchObject({ code: expect.any(Number), stdout: '' });
    const unsigned = await new DefaultReleaseArtifacts({
      registry: images,
    }).publish({ ...release, version: '9.0.0' });
    const result = await verify(
      `${unsigned.repository}@${unsigned.digest}`,
      publicKeyFile,
    );
    expect(result.code).not.toBe(0);
    expect(result.stderr).toContain('no signatures found');
  });

  it('says that the password is not the one of the key, and tags nothing', async () => {
    const { access, images, key, release } = await signedRelease('password');
    const artifacts = new DefaultReleaseArtifacts({
      registry: images,
      signer: new CosignSigner({
        access,
        key: { ...key, password: 'not-this-one' },
      }),
    });
    await expect(
      artifacts.publish({ ...release, version: '1.3.0' }),
    ).rejects.toMatchObject({
      name: 'SigningError',
      retryable: false,
      message: expect.stringContaining('mend the key or its password'),
    });
    await expect(
      images.digestOf(access.repositoryOf('header-auth'), '1.3.0'),
    ).resolves.toBeUndefined();
  });

  it('makes one key pair, even for several at once', async () => {
    const folder = join(await newFolder(), 'key');
    const keys = await Promise.all(
      [1, 2, 3].map(() =>
        ensureSigningKey({ folder, password: 'key-password', tools }),
      ),
    );
    expect(new Set(keys.map(({ privateKey }) => privateKey)).size).toBe(1);
    expect(keys[0].privateKey).toContain('ENCRYPTED');
  });
});
