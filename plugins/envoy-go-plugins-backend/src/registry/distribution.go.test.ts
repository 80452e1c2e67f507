import { join } from 'node:path';
import { TestDatabases } from '@backstage/backend-test-utils';
import {
  ARTIFACT_TYPES,
  CachedToolProvider,
  CraneRegistry,
  DefaultReleaseArtifacts,
  RegistryAccess,
} from '../artifacts';
import { useTemporaryFolders } from '../artifacts/__testUtils__/temporaryFolder';
import { testRelease } from '../artifacts/__testUtils__/testRelease';
import { runTool, type ToolResult } from '../artifacts/runTool';
import { freePort } from '../testing/freePort';
import { waitFor } from '../testing/waitFor';
import {
  startDistribution,
  type Distribution,
} from './__testUtils__/startDistribution';
import {
  BACKEND,
  NOTIFICATION_SECRET,
  portalToken,
  startTokenPortal,
  type TokenPortal,
} from './__testUtils__/startTokenPortal';

// The first of all runs installs crane
jest.setTimeout(300_000);

const ISSUER = 'envoy-go-plugins';

/** Debian's docker-registry, whose token server is the portal. */
describe('a registry that the portal gives out tokens for', () => {
  const databases = TestDatabases.create({ ids: ['SQLITE_3'] });
  const newFolder = useTemporaryFolders();
  const tools = new CachedToolProvider();
  let portal: TokenPortal;
  let registry: Distribution;

  beforeAll(async () => {
    const port = await freePort();
    const service = `localhost:${port}`;
    portal = await startTokenPortal(await databases.init('SQLITE_3'), {
      notificationSecret: NOTIFICATION_SECRET,
      tokenServer: { issuer: ISSUER, service, path: 'plugins', ...BACKEND },
    });
    const bundle = await fetch(`${portal.url}/registry/certificates`);
    registry = await startDistribution({
      folder: await newFolder(),
      port,
      token: {
        realm: `${portal.url}/registry/token`,
        issuer: ISSUER,
        service,
        bundle: await bundle.text(),
      },
      notifications: {
        url: `${portal.url}/registry/events`,
        secret: NOTIFICATION_SECRET,
      },
    });
  });

  afterAll(async () => {
    await registry?.stop();
    await portal?.stop();
  });

  function access(
    credentials: { username?: string; password?: string } = {},
  ): RegistryAccess {
    return new RegistryAccess({
      config: { repository: `${registry.host}/plugins`, ...credentials },
      tools,
    });
  }

  async function crane(
    credentials: { username?: string; password?: string },
    ...args: string[]
  ): Promise<ToolResult> {
    return access(credentials).run('crane', args);
  }

  /** Publishes a release of a plugin, as the backend does. */
  async function publish(plugin: string, version: string) {
    const images = new CraneRegistry(access(BACKEND));
    const artifacts = new DefaultReleaseArtifacts({ registry: images });
    const release = await testRelease(await newFolder(), { plugin, version });
    return { artifacts, images, published: await artifacts.publish(release) };
  }

  it('takes what the backend publishes, and lets everybody pull it', async () => {
    const { artifacts, published } = await publish('header-auth', 'v1.2.0');
    expect(published.tags).toEqual(['1.2.0', '1.2', '1', 'latest']);
    const reference = `${published.repository}:1.2.0`;
    await expect(crane({}, 'digest', reference)).resolves.toMatchObject({
      code: 0,
      stdout: `${published.digest}\n`,
    });
    const file = join(await newFolder(), 'image.tar');
    await expect(
      crane({}, 'pull', '--platform', 'linux/amd64', reference, file),
    ).resolves.toMatchObject({ code: 0 });
    await expect(
      runTool('tar', ['tf', file], { env: process.env, timeoutMs: 60_000 }),
    ).resolves.toMatchObject({ code: 0 });
    // It does not list referrers itself
    await expect(
      artifacts.documents(
        'header-auth',
        published.digest,
        ARTIFACT_TYPES.proof,
      ),
    ).resolves.toHaveLength(1);
  });

  it('refuses what others push, retag and delete', async () => {
    const { published } = await publish('header-auth', 'v1.3.0');
    const { repository, digest } = published;
    const reader = { username: 'reader', password: portalToken('reader') };
    for (const somebody of [{}, reader]) {
      const attempts = [
        ['tag', `${repository}@${digest}`, '9.9.9'],
        ['copy', `${repository}:1.3.0`, `${repository}:copied`],
        ['copy', `${repository}:1.3.0`, `${registry.host}/plugins/other:1`],
        ['delete', `${repository}@${digest}`],
        ['delete', `${repository}:1.3.0`],
      ];
      for (const args of attempts) {
        const { code } = await crane(somebody, ...args);
        expect([args[0], code]).toEqual([args[0], 1]);
      }
    }
    for (const [method, path] of [
      ['PUT', `manifests/9.9.9`],
      ['POST', 'blobs/uploads/'],
      ['DELETE', `manifests/${digest}`],
    ]) {
      const asked = await fetch(
        `${portal.url}/registry/token?service=${registry.host}&scope=repository:plugins/header-auth:pull,push,delete`,
      );
      const { token } = await asked.json();
      const refused = await fetch(
        `http://${registry.host}/v2/plugins/header-auth/${path}`,
        { method, headers: { authorization: `Bearer ${token}` } },
      );
      expect([method, refused.status]).toEqual([method, 401]);
      expect(refused.headers.get('www-authenticate')).toContain(
        'insufficient_scope',
      );
    }
    await expect(crane({}, 'ls', repository)).resolves.toMatchObject({
      stdout: expect.not.stringMatching(/9\.9\.9|copied/),
    });
    await expect(
      crane({}, 'digest', `${repository}:1.3.0`),
    ).resolves.toMatchObject({ stdout: `${digest}\n` });
  });

  it('does not let anybody in whose password is wrong', async () => {
    const { code, stderr } = await crane(
      { username: BACKEND.username, password: 'guessed' },
      'ls',
      `${registry.host}/plugins/header-auth`,
    );
    expect(code).toBe(1);
    expect(stderr).toMatch(/401/);
  });

  it('shows images of private plugins to their readers only', async () => {
    const { published } = await publish('secret-auth', 'v1.0.0');
    const reference = `${published.repository}:1.0.0`;
    for (const [somebody, code] of [
      [{}, 1],
      [{ username: 'x', password: portalToken('stranger') }, 1],
      [{ username: 'x', password: portalToken('reader') }, 0],
      [BACKEND, 0],
    ] as const) {
      await expect(crane(somebody, 'digest', reference)).resolves.toMatchObject(
        { code },
      );
    }
  });

  it('deletes what the backend deletes', async () => {
    const { published, images } = await publish('header-auth', 'v0.1.0');
    const { repository, digest } = published;
    const { layers = [] } = await images.manifest(
      repository,
      published.images[0].digest,
    );
    await expect(
      crane(BACKEND, 'delete', `${repository}@${digest}`),
    ).resolves.toMatchObject({ code: 0 });
    await expect(images.digestOf(repository, '0.1.0')).resolves.toBeUndefined();
    await expect(
      new CraneRegistry(access()).removeBlob(repository, layers[0].digest),
    ).resolves.toBe(false);
    await expect(
      crane(BACKEND, 'blob', `${repository}@${layers[0].digest}`),
    ).resolves.toMatchObject({ code: 0 });
    await expect(images.removeBlob(repository, layers[0].digest)).resolves.toBe(
      true,
    );
    await expect(
      crane(BACKEND, 'blob', `${repository}@${layers[0].digest}`),
    ).resolves.toMatchObject({ code: 1 });
  });

  it("has others' pulls counted, and not the backend's", async () => {
    const { published, images } = await publish('header-auth', 'v3.0.0');
    const { repository, digest } = published;
    const pulls = async () => portal.pulls.count(repository, digest);
    await images.manifest(repository, digest);
    for (const reference of [
      `${repository}:3.0.0`,
      `${repository}@${digest}`,
    ]) {
      await expect(crane({}, 'manifest', reference)).resolves.toMatchObject({
        code: 0,
      });
    }
    await waitFor(async () => expect(await pulls()).toBe(2));
    await expect(portal.pulls.countAll(repository)).resolves.toEqual(
      expect.any(Map),
    );
  });
});
