import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { buildExample } from './__testUtils__/buildExample';
import {
  startGuard,
  startRegistry,
  type Guard,
  type TestRegistry,
} from './__testUtils__/startRegistry';
import { passedProof, testRelease } from './__testUtils__/testRelease';
import { useTemporaryFolders } from './__testUtils__/temporaryFolder';
import { CachedToolProvider } from './CachedToolProvider';
import { CraneRegistry } from './CraneRegistry';
import { ARTIFACT_TYPES } from './createReferrer';
import { DefaultReleaseArtifacts } from './DefaultReleaseArtifacts';
import { RegistryAccess, type RegistryConfig } from './RegistryAccess';
import type { PublishStep } from './ReleaseArtifacts';
import { runTool } from './runTool';

// The first of all runs installs crane
jest.setTimeout(300_000);

const newFolder = useTemporaryFolders();
const tools = new CachedToolProvider();
const stops: (() => Promise<void>)[] = [];
let registry: TestRegistry;

beforeAll(async () => {
  registry = await startRegistry(await tools.path('crane'), await newFolder());
  stops.push(registry.stop);
});

afterAll(async () => {
  for (const stop of stops.reverse()) {
    await stop();
  }
});

async function guarded(guard: Guard): Promise<TestRegistry> {
  const guardian = await startGuard(registry, guard);
  stops.push(guardian.stop);
  return guardian;
}

/** Publishes to a part of the registry that nobody else publishes to. */
function publisher(
  place: string,
  changes: Partial<RegistryConfig> & { host?: string } = {},
) {
  const { host = registry.host, ...config } = changes;
  const images = new CraneRegistry(
    new RegistryAccess({
      config: { repository: `${host}/${place}`, ...config },
      tools,
    }),
  );
  return {
    images,
    artifacts: new DefaultReleaseArtifacts({ registry: images }),
    repository: `${host}/${place}/header-auth`,
  };
}

async function crane(...args: string[]): Promise<string> {
  const result = await runTool(await tools.path('crane'), args, {
    env: { PATH: process.env.PATH, HOME: await newFolder() },
    timeoutMs: 60_000,
  });
  if (result.code !== 0) {
    throw new Error(result.stderr);
  }
  return result.stdout;
}

describe('a published release', () => {
  it('is pulled by anybody, is the same when built again, and is described', async () => {
    const [one, other] = [await newFolder(), await newFolder()];
    const library = await buildExample(one);
    const release = await testRelease(one, { libraries: [library] });
    const { artifacts, repository } = publisher('real');
    const steps: PublishStep[] = [];
    const published = await artifacts.publish(release, {
      onStep: step => steps.push(step),
    });
    expect(steps).toEqual([
      'image',
      'referrers',
      'signatures',
      'version-tag',
      'moving-tags',
    ]);
    expect(published).toMatchObject({
      repository,
      version: '1.2.0',
      tags: ['1.2.0', '1.2', '1', 'latest'],
      unchanged: false,
      signed: false,
    });
    expect((await crane('digest', `${repository}:latest`)).trim()).toBe(
      published.digest,
    );
    await crane('validate', '--remote', `${repository}:1.2.0`);

    const pulled = join(other, 'pulled.tar');
    await crane(
      'export',
      '--platform',
      'linux/amd64',
      `${repository}:1.2`,
      pulled,
    );
    const unpacked = await newFolder();
    await runTool('tar', ['xf', pulled, '-C', unpacked], {
      env: { PATH: process.env.PATH },
      timeoutMs: 60_000,
    });
    await expect(
      readFile(join(unpacked, 'libheader-auth.so')),
    ).resolves.toEqual(await readFile(library.path));

    const elsewhere = join(other, 'elsewhere');
    const again = await buildExample(elsewhere);
    await expect(
      artifacts.publish({
        ...release,
        licence: { spdx: 'Apache-2.0', path: join(elsewhere, 'LICENSE') },
        libraries: [again],
        build: { ...release.build, id: 'build-2', finishedAt: new Date() },
      }),
    ).resolves.toEqual({ ...published, unchanged: true });

    const [sbom] = await artifacts.documents(
      'header-auth',
      published.images[0].digest,
      ARTIFACT_TYPES.sbom,
    );
    await expect(
      new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(
        sbom.toString(),
      ),
    ).resolves.toBeNull();
    const [provenance] = await artifacts.documents(
      'header-auth',
      published.digest,
      ARTIFACT_TYPES.provenance,
    );
    expect(JSON.parse(provenance.toString())).toMatchObject({
      subject: [
        { digest: { sha256: published.digest.slice('sha256:'.length) } },
        {},
        { digest: { sha256: published.images[0].library.sha256 } },
      ],
      predicate: { runDetails: { metadata: { invocationId: 'build-1' } } },
    });
  });

  it('does not change, and moves tags only forward', async () => {
    const folder = await newFolder();
    const { artifacts, images, repository } = publisher('forward');
    const publish = async (version: string) => {
      await mkdir(join(folder, version));
      return artifacts.publish(
        await testRelease(join(folder, version), { version }),
      );
    };
    const newer = await publish('v1.3.0');
    const older = await publish('v1.2.9');
    const candidate = await publish('v2.0.0-rc.1');
    expect(older.tags).toEqual(['1.2.9', '1.2']);
    expect(candidate.tags).toEqual(['2.0.0-rc.1']);
    await expect(images.digestOf(repository, 'latest')).resolves.toBe(
      newer.digest,
    );
    await expect(images.digestOf(repository, '1')).resolves.toBe(newer.digest);

    const changed = await testRelease(folder, {
      version: 'v1.3.0',
      description: 'Another',
    });
    await expect(artifacts.publish(changed)).rejects.toMatchObject({
      name: 'ImmutableTagError',
      retryable: false,
      message: expect.stringMatching(
        /^localhost:\d+\/forward\/header-auth:1\.3\.0 is published as sha256:[0-9a-f]{64} and is not replaced by sha256:[0-9a-f]{64}; publish a new version$/,
      ),
    });
    await expect(images.digestOf(repository, '1.3.0')).resolves.toBe(
      newer.digest,
    );
  });

  it('is one index of the platforms that were built', async () => {
    const { artifacts, repository } = publisher('platforms');
    const published = await artifacts.publish(
      await testRelease(await newFolder(), {}, ['linux/amd64', 'linux/arm64']),
    );
    expect(published.images.map(({ platform }) => platform)).toEqual([
      'linux/amd64',
      'linux/arm64',
    ]);
    expect(
      (
        await crane(
          'digest',
          '--platform',
          'linux/arm64',
          `${repository}:1.2.0`,
        )
      ).trim(),
    ).toBe(published.images[1].digest);
    expect(
      published.referrers.map(({ subject, artifactType }) => [
        subject,
        artifactType,
      ]),
    ).toEqual([
      [published.images[0].digest, ARTIFACT_TYPES.sbom],
      [published.images[1].digest, ARTIFACT_TYPES.sbom],
      [published.digest, ARTIFACT_TYPES.provenance],
      [published.digest, ARTIFACT_TYPES.proof],
    ]);
  });

  it('takes later proofs, and one mark that it is not to be used', async () => {
    const { artifacts, images, repository } = publisher('yanked');
    const { digest } = await artifacts.publish(
      await testRelease(await newFolder()),
    );
    await artifacts.attachProof('header-auth', digest, {
      report: passedProof('1.41.0'),
      at: new Date('2026-11-21T07:00:00Z'),
    });
    const mark = {
      reason: 'Lets requests with two headers pass',
      by: 'user:default/ada',
      at: new Date('2026-11-21T08:00:00Z'),
    };
    const yank = await artifacts.markYanked('header-auth', digest, mark);
    await expect(
      artifacts.markYanked('header-auth', digest, { ...mark, reason: 'Other' }),
    ).resolves.toEqual(yank);
    const referrers = await artifacts.referrers('header-auth', digest);
    expect(referrers).toContainEqual(yank);
    expect(yank.annotations['dev.envoygo.yank-reason']).toBe(mark.reason);
    expect(
      referrers
        .filter(({ artifactType }) => artifactType === ARTIFACT_TYPES.proof)
        .map(({ annotations }) => annotations['dev.envoygo.envoy-proven']),
    ).toEqual(['1.38.3,1.40.0', '1.41.0']);
    const [document] = await artifacts.documents(
      'header-auth',
      digest,
      ARTIFACT_TYPES.yank,
    );
    expect(JSON.parse(document.toString())).toEqual({
      reason: mark.reason,
      by: mark.by,
      at: '2026-11-21T08:00:00Z',
    });
    await expect(images.digestOf(repository, '1.2.0')).resolves.toBe(digest);
  });

  it('is refused unless it is proven', async () => {
    const release = await testRelease(await newFolder());
    const { artifacts, images, repository } = publisher('unproven');
    await expect(
      artifacts.publish({
        ...release,
        proof: { ...release.proof, outcome: 'could-not-run' },
      }),
    ).rejects.toThrow(
      'header-auth v1.2.0 is not published: its proof could not run',
    );
    await expect(images.tags(repository)).resolves.toEqual([]);
  });
});

describe('a publication that is interrupted', () => {
  // Before each of these requests the registry fails; what it has got until then stays
  it.each([
    ['the image', /\/blobs\/uploads/],
    ['the index', /\/manifests\/sha256:/],
    ['the list of referrers', /\/manifests\/sha256-/],
    ["the version's tag", /\/manifests\/1\.2\.0$/],
    ['a moving tag', /\/manifests\/latest$/],
  ])(
    'at %s goes on where it was, and leaves one of each',
    async (what, path) => {
      let broken = true;
      const guardian = await guarded(({ method, url = '' }) =>
        broken && method !== 'GET' && method !== 'HEAD' && path.test(url)
          ? { status: 507 }
          : undefined,
      );
      const { artifacts, images, repository } = publisher(
        `interrupted/${what.replaceAll(/\W+/g, '-')}`,
        {
          host: guardian.host,
        },
      );
      const release = await testRelease(await newFolder());
      await expect(artifacts.publish(release)).rejects.toMatchObject({
        name: 'RegistryError',
        problem: 'full',
        retryable: false,
      });
      const versionTagged = await images.digestOf(repository, '1.2.0');
      expect(versionTagged === undefined).toBe(!path.test('/manifests/latest'));
      broken = false;
      const published = await artifacts.publish({
        ...release,
        build: { ...release.build, id: 'build-2' },
      });
      expect(published.tags).toEqual(['1.2.0', '1.2', '1', 'latest']);
      await expect(images.tags(repository)).resolves.toEqual(
        expect.arrayContaining(published.tags),
      );
      const listed = [
        ...(await artifacts.referrers(
          'header-auth',
          published.images[0].digest,
        )),
        ...(await artifacts.referrers('header-auth', published.digest)),
      ];
      expect(listed).toHaveLength(3);
      expect(listed).toEqual(expect.arrayContaining(published.referrers));
    },
  );
});

describe('a registry', () => {
  it('that is down is worth another try', async () => {
    const guardian = await startGuard(registry, () => undefined);
    await guardian.stop();
    const { artifacts } = publisher('down', { host: guardian.host });
    await expect(
      artifacts.publish(await testRelease(await newFolder())),
    ).rejects.toMatchObject({
      problem: 'unavailable',
      retryable: true,
      message: expect.stringContaining('connection refused'),
    });
  });

  it('that wants credentials gets them, and says when they are wrong', async () => {
    const right = `Basic ${Buffer.from('backend:hunter2').toString('base64')}`;
    const guardian = await guarded(({ headers }) => {
      if (headers.authorization === right) {
        return undefined;
      }
      return {
        status: 401,
        headers: { 'www-authenticate': 'Basic realm="registry"' },
        body: JSON.stringify({
          errors: [
            { code: 'UNAUTHORIZED', message: 'authentication required' },
          ],
        }),
      };
    });
    const release = await testRelease(await newFolder());
    const as = (password?: string) =>
      publisher('private', {
        host: guardian.host,
        ...(password && { username: 'backend', password }),
      }).artifacts;
    for (const artifacts of [as(), as('wrong-one')]) {
      await expect(artifacts.publish(release)).rejects.toMatchObject({
        problem: 'unauthorized',
        retryable: false,
        message: expect.not.stringContaining('wrong-one'),
      });
    }
    await expect(as('hunter2').publish(release)).resolves.toMatchObject({
      tags: ['1.2.0', '1.2', '1', 'latest'],
    });
  });

  it('that lists referrers itself is asked, with a token where it wants one', async () => {
    const { artifacts: plain, repository } = publisher('listing');
    const { digest } = await plain.publish(
      await testRelease(await newFolder()),
    );
    const listed = JSON.parse(
      await crane('manifest', `${repository}:${digest.replace(':', '-')}`),
    );
    // One of the two, so that it can be told from the list by tag
    listed.manifests = listed.manifests.filter(
      (descriptor: { artifactType: string }) =>
        descriptor.artifactType === ARTIFACT_TYPES.provenance,
    );
    const guardian = await guarded(({ headers, url = '' }) => {
      if (url.startsWith('/token')) {
        return { status: 200, body: '{"token":"one-time"}' };
      }
      if (headers.authorization !== 'Bearer one-time') {
        return {
          status: 401,
          headers: {
            'www-authenticate': `Bearer realm="http://${headers.host}/token",service="registry"`,
          },
        };
      }
      return url.includes('/referrers/')
        ? {
            status: 200,
            headers: {
              'content-type': 'application/vnd.oci.image.index.v1+json',
            },
            body: JSON.stringify(listed),
          }
        : undefined;
    });
    const { artifacts } = publisher('listing', { host: guardian.host });
    await expect(artifacts.referrers('header-auth', digest)).resolves.toEqual([
      expect.objectContaining({ artifactType: ARTIFACT_TYPES.provenance }),
    ]);
  });
});
