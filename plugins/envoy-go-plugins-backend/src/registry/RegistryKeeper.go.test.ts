import { readdir, rm, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import {
  mockServices,
  TestDatabases,
  type TestDatabaseId,
} from '@backstage/backend-test-utils';
import {
  ANNOTATIONS,
  ARTIFACT_TYPES,
  CachedToolProvider,
  CosignSigner,
  CraneRegistry,
  DefaultReleaseArtifacts,
  ensureSigningKey,
  ImmutableTagError,
  RegistryAccess,
  RegistryRequests,
} from '../artifacts';
import {
  startRegistry,
  type TestRegistry,
} from '../artifacts/__testUtils__/startRegistry';
import { useTemporaryFolders } from '../artifacts/__testUtils__/temporaryFolder';
import {
  passedProof,
  testRelease,
} from '../artifacts/__testUtils__/testRelease';
import { DatabaseKeptManifests } from './DatabaseKeptManifests';
import { KeptRegistry, KeptSigner } from './KeptRegistry';
import { RegistryKeeper } from './RegistryKeeper';
import { RegistryManifests } from './RegistryManifests';

// The first of all runs installs crane and cosign
jest.setTimeout(900_000);

const tools = new CachedToolProvider();
const newFolder = useTemporaryFolders();

/** crane's own registry, which forgets manifests and tags when it ends. */
describe('a registry that forgets', () => {
  const databases = TestDatabases.create({ ids: ['SQLITE_3', 'POSTGRES_18'] });
  const stops: (() => Promise<void>)[] = [];

  afterEach(async () => {
    for (const stop of stops.splice(0)) {
      await stop();
    }
  });

  async function setUp(
    databaseId: TestDatabaseId = 'SQLITE_3',
    options: { signed?: boolean } = {},
  ) {
    const db = await databases.init(databaseId);
    await db.migrate.latest({ directory: `${__dirname}/../../migrations` });
    const disk = await newFolder();
    const crane = await tools.path('crane');
    let running: TestRegistry = await startRegistry(crane, disk);
    stops.push(() => running.stop());
    const { host } = running;
    const access = new RegistryAccess({
      config: { repository: `${host}/plugins` },
      tools,
    });
    const logger = mockServices.logger.mock();
    const manifests = new RegistryManifests(new RegistryRequests(access));
    const kept = new DatabaseKeptManifests({ db, now: () => new Date() });
    const keeper = new RegistryKeeper({ kept, manifests, logger });
    const plain = new CraneRegistry(access);
    const registry = new KeptRegistry({ registry: plain, keeper });
    const signer = options.signed
      ? new KeptSigner({
          keeper,
          signer: new CosignSigner({
            access,
            key: await ensureSigningKey({
              folder: join(await newFolder(), 'key'),
              password: 'secret',
              tools,
            }),
          }),
        })
      : undefined;
    return {
      keeper,
      registry,
      /** Without a memory. */
      plain,
      logger,
      signer,
      access,
      disk,
      artifacts: new DefaultReleaseArtifacts({ registry, signer }),
      stop: () => running.stop(),
      async restart() {
        await running.stop();
        running = await startRegistry(crane, disk, Number(host.split(':')[1]));
      },
    };
  }

  it.each(databases.eachSupportedId())(
    'has all of a release again after it was started anew, on %p',
    async databaseId => {
      const { artifacts, keeper, plain, restart, logger } = await setUp(
        databaseId,
      );
      const published = await artifacts.publish(
        await testRelease(await newFolder(), {}, [
          'linux/amd64',
          'linux/arm64',
        ]),
      );
      const { repository, digest } = published;
      const before = await plain.referrers(repository, digest);
      await restart();
      await expect(
        plain.digestOf(repository, 'latest'),
      ).resolves.toBeUndefined();

      await keeper.check();
      const tags = await plain.tags(repository);
      expect(tags).toEqual(
        expect.arrayContaining(['1.2.0', '1.2', '1', 'latest']),
      );
      await expect(plain.digestOf(repository, '1.2.0')).resolves.toBe(digest);
      await expect(plain.referrers(repository, digest)).resolves.toHaveLength(
        before.length,
      );
      await expect(
        artifacts.documents('header-auth', digest, ARTIFACT_TYPES.proof),
      ).resolves.toHaveLength(1);
      expect(logger.info).toHaveBeenCalledWith(
        expect.stringMatching(/had forgotten 10 manifests and 7 tags/),
      );
      // Nothing is left to do
      logger.info.mockClear();
      await keeper.check({ thorough: true });
      expect(logger.info).not.toHaveBeenCalled();
    },
  );

  it('keeps signatures', async () => {
    const { artifacts, keeper, restart, signer, access } = await setUp(
      'SQLITE_3',
      { signed: true },
    );
    const published = await artifacts.publish(
      await testRelease(await newFolder()),
    );
    await restart();
    await keeper.check();
    const key = (await signer?.publicKey()) ?? '';
    await expect(
      access.run(
        'cosign',
        [
          'verify',
          '--key',
          'env://PUBLIC_KEY',
          '--insecure-ignore-tlog=true',
          `${published.repository}@${published.digest}`,
        ],
        { env: { PUBLIC_KEY: key } },
      ),
    ).resolves.toMatchObject({ code: 0 });
  });

  it('remembers versions when it is asked for them, so that none changes', async () => {
    const { artifacts, registry, restart } = await setUp();
    const release = await testRelease(await newFolder());
    const published = await artifacts.publish(release);
    await restart();
    await expect(
      artifacts.publish({ ...release, filterName: 'another' }),
    ).rejects.toThrow(ImmutableTagError);
    await restart();
    await expect(artifacts.publish(release)).resolves.toMatchObject({
      digest: published.digest,
      unchanged: true,
    });
    await restart();
    await expect(registry.tags(published.repository)).resolves.toContain(
      'latest',
    );
    await restart();
    await expect(
      artifacts.documents(
        'header-auth',
        published.digest,
        ARTIFACT_TYPES.proof,
      ),
    ).resolves.toHaveLength(1);
  });

  it('keeps what is said of a release later', async () => {
    const { artifacts, keeper, restart } = await setUp();
    const { digest } = await artifacts.publish(
      await testRelease(await newFolder()),
    );
    await restart();
    const at = new Date('2026-11-21T10:00:00Z');
    await artifacts.attachProof('header-auth', digest, {
      report: passedProof('1.41.0'),
      at,
    });
    await artifacts.markYanked('header-auth', digest, {
      reason: 'It leaks',
      by: 'user:default/admin',
      at,
    });
    await restart();
    await keeper.check();
    const referrers = await artifacts.referrers('header-auth', digest);
    expect(
      referrers.filter(
        ({ artifactType }) => artifactType === ARTIFACT_TYPES.proof,
      ),
    ).toHaveLength(2);
    expect(referrers.at(-1)?.annotations).toMatchObject({
      [ANNOTATIONS.yankReason]: 'It leaks',
    });
  });

  it('says what is lost when blobs are, too, until it is built again', async () => {
    const { artifacts, keeper, restart, disk, logger, plain } = await setUp();
    const release = await testRelease(await newFolder());
    const { repository, digest } = await artifacts.publish(release);
    const [library] =
      (
        await plain.manifest(
          repository,
          (await plain.manifest(repository, digest)).manifests?.[0].digest ??
            '',
        )
      ).layers ?? [];
    const file = (await readdir(disk, { recursive: true })).find(path =>
      path.endsWith(library.digest.slice('sha256:'.length)),
    );
    await unlink(join(disk, file ?? 'none'));
    await restart();
    await keeper.check();
    expect(await keeper.lost()).toEqual(
      expect.arrayContaining([
        { repository, digest: expect.any(String), missing: [library.digest] },
      ]),
    );
    expect(logger.error).toHaveBeenCalledWith(
      expect.stringContaining('build the release again'),
    );
    await expect(plain.digestOf(repository, '1.2.0')).resolves.toBeUndefined();
    // It is said once
    logger.error.mockClear();
    await keeper.check({ thorough: true });
    expect(logger.error).not.toHaveBeenCalled();

    await expect(artifacts.publish(release)).resolves.toMatchObject({
      repository,
      digest,
    });
    await expect(plain.digestOf(repository, '1.2.0')).resolves.toBe(digest);
    await keeper.restore(repository);
    expect(await keeper.lost()).toEqual([]);
  });

  it('does not bring back what was taken away', async () => {
    const { artifacts, registry, plain, keeper, restart } = await setUp();
    const { repository, digest } = await artifacts.publish(
      await testRelease(await newFolder()),
    );
    await registry.untag(repository, 'latest');
    await registry.removeManifest(repository, digest);
    await restart();
    await keeper.check({ thorough: true });
    await keeper.restore(repository);
    await expect(plain.digestOf(repository, 'latest')).resolves.toBeUndefined();
    await expect(plain.digestOf(repository, '1.2.0')).resolves.toBeUndefined();
  });

  it('leaves tags alone that somebody else has moved', async () => {
    const { artifacts, keeper, plain } = await setUp();
    const folder = await newFolder();
    const first = await artifacts.publish(await testRelease(folder));
    const second = await artifacts.publish(
      await testRelease(folder, { version: 'v1.3.0' }),
    );
    const { repository } = first;
    await plain.tag(repository, first.digest, 'latest');
    await keeper.restore(repository);
    await expect(plain.digestOf(repository, 'latest')).resolves.toBe(
      first.digest,
    );
    expect(second.digest).not.toBe(first.digest);
  });

  it('is not taken for one that lost everything while it does not answer', async () => {
    const { artifacts, keeper, stop, disk } = await setUp();
    await artifacts.publish(await testRelease(await newFolder()));
    await stop();
    await rm(disk, { recursive: true });
    await expect(keeper.check()).rejects.toMatchObject({
      problem: 'unavailable',
    });
    expect(await keeper.lost()).toEqual([]);
  });
});
