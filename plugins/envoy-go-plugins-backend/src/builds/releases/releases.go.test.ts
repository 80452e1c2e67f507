import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { mockServices } from '@backstage/backend-test-utils';
import type { BuildStepStatus } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import knexFactory, { type Knex } from 'knex';
import {
  ARTIFACT_TYPES,
  type ArtifactsConfig,
  CachedToolProvider,
} from '../../artifacts';
import { buildExample } from '../../artifacts/__testUtils__/buildExample';
import {
  startRegistry,
  type TestRegistry,
} from '../../artifacts/__testUtils__/startRegistry';
import { useTemporaryFolders } from '../../artifacts/__testUtils__/temporaryFolder';
import { DatabaseAuditRecordStore } from '../../audit';
import { ChildScript } from '../../testing/ChildScript';
import {
  COMMIT,
  REPOSITORY,
  startReleases,
  testBuilt,
  testStoredRelease,
} from '../__testUtils__/releasesPortal';
import { testRef } from '../../testing/testPlugin';

// The first of all runs installs crane
jest.setTimeout(300_000);

const PLUGIN = { namespace: 'default', name: 'header-auth' };
const newFolder = useTemporaryFolders();
const tools = new CachedToolProvider();
const databases: Knex[] = [];
let registry: TestRegistry;
let images: string;
let places = 0;

beforeAll(async () => {
  images = await newFolder();
  registry = await startRegistry(await tools.path('crane'), images);
});

afterAll(async () => {
  await Promise.all(databases.map(db => db.destroy()));
  await registry.stop();
});

/** A part of the registry that nobody else publishes to. */
function place(): ArtifactsConfig {
  places += 1;
  return {
    registry: { repository: `${registry.host}/place-${places}` },
    tools: {},
  };
}

async function newDatabase() {
  const config = {
    client: 'better-sqlite3',
    connection: { filename: join(await newFolder(), 'database.sqlite') },
    useNullAsDefault: true,
  };
  const db = knexFactory(config);
  databases.push(db);
  await db.migrate.latest({
    directory: resolve(__dirname, '../../../migrations'),
  });
  return { db, config };
}

async function portal(
  options: Partial<Parameters<typeof startReleases>[0]> = {},
) {
  const logger = mockServices.logger.mock();
  const config = options.config ?? place();
  const db = options.db ?? (await newDatabase()).db;
  const releases = await startReleases({ logger, ...options, db, config });
  await releases.seed();
  const folder = await newFolder();
  const repository = `${config.registry?.repository}/header-auth`;
  return {
    ...releases,
    db,
    logger,
    config,
    repository,
    record: async () =>
      (await new DatabaseAuditRecordStore(db).list({ limit: 100 })).items
        .map(({ action }) => action)
        .reverse(),
    /** Builds and publishes a version. */
    async publish(
      tag: string,
      changes: Parameters<typeof testBuilt>[2] = {},
      steps: BuildStepStatus[] = [],
    ) {
      const built = await testBuilt(join(folder, tag), tag, changes);
      await releases.released(testStoredRelease(tag));
      return releases.publisher.publish(built, {
        onStep: step => steps.push(step),
        signal: AbortSignal.timeout(60_000),
      });
    },
    async refuse(tag: string, changes: Parameters<typeof testBuilt>[2]) {
      const { result, ...built } = await testBuilt(
        join(folder, tag),
        tag,
        changes,
      );
      await releases.released(testStoredRelease(tag));
      await releases.publisher.refuse({ ...built, result });
    },
    find: (tag: string) =>
      releases.versions.find({
        repository: REPOSITORY,
        releaseId: testStoredRelease(tag).id,
        commit: COMMIT,
      }),
    tagged: async (tag: string) =>
      releases.services?.registry.digestOf(repository, tag),
    summary: async () => (await releases.plugins.getPlugin(PLUGIN))?.summary,
  };
}

describe('a release that was built', () => {
  it('is published with the library that Go built, and its version shows all of it', async () => {
    const folder = await newFolder();
    const { path } = await buildExample(folder);
    const { stdout } = await promisify(execFile)('go', [
      'version',
      '-m',
      '-json',
      path,
    ]);
    const { publish, find, summary, record, repository, tagged } =
      await portal();
    const steps: BuildStepStatus[] = [];
    const digest = `sha256:${'c'.repeat(64)}`;
    const { image } = await publish(
      'v1.2.0',
      {
        buildInfo: stdout,
        library: {
          platform: 'linux/amd64',
          file: path,
          digest,
          bytes: 3_600_000,
          needed: [],
          hooks: [],
        },
      },
      steps,
    );
    expect(image).toBe(`${repository}@${await tagged('latest')}`);
    expect(
      steps.filter(({ state }) => state === 'passed').map(({ name }) => name),
    ).toEqual([
      'image',
      'referrers',
      'signatures',
      'version-tag',
      'moving-tags',
    ]);
    await expect(find('v1.2.0')).resolves.toMatchObject({
      version: '1.2.0',
      state: 'published',
      go: '1.26.8',
      libraries: [{ platform: 'linux/amd64', digest }],
      image: {
        repository,
        tags: ['1.2.0', '1.2', '1', 'latest'],
        signed: false,
        documents: [
          { kind: 'sbom' },
          { kind: 'provenance' },
          { kind: 'proof' },
        ],
      },
      proofs: [
        { envoy: '1.38.3', outcome: 'passed' },
        { envoy: '1.40.0', outcome: 'passed' },
      ],
    });
    await expect(summary()).resolves.toMatchObject({
      verified: { tag: 'v1.2.0', envoys: ['1.38.3', '1.40.0'] },
      envoyVersions: ['1.38', '1.40'],
      envoyProofs: [
        { envoy: '1.38', outcome: 'passed' },
        { envoy: '1.39', outcome: 'not-run' },
        { envoy: '1.40', outcome: 'passed' },
      ],
    });
    await expect(record()).resolves.toEqual(['release.publish']);
  });

  it.each([
    'image',
    'referrers',
    'signatures',
    'version-tag',
    'moving-tags',
    'stored',
  ])(
    'is published once, though its process was killed at "%s"',
    async diesAt => {
      const { db, config: database } = await newDatabase();
      const config = place();
      const { publish, find, record, repository, services, released } =
        await portal({ db, config });
      await released(testStoredRelease('v1.0.0'));
      const script = new ChildScript(
        require.resolve('../__testUtils__/publisherReplica.ts'),
        {
          PUBLISHER_REPLICA: JSON.stringify({
            database,
            config,
            folder: await newFolder(),
            tag: 'v1.0.0',
            diesAt,
          }),
        },
      );
      await expect(script.start()).rejects.toThrow();
      const before = await find('v1.0.0');
      expect(before?.state).toBe(
        diesAt === 'stored' ? 'published' : 'publishing',
      );

      const { image } = await publish('v1.0.0');
      const digest = image?.split('@')[1] ?? '';
      expect(await find('v1.0.0')).toMatchObject({
        state: 'published',
        image: { digest, tags: ['1.0.0', '1.0', '1', 'latest'] },
      });
      await expect(db('plugin_versions')).resolves.toHaveLength(1);
      await expect(record()).resolves.toEqual(['release.publish']);
      const tags = await services?.registry.tags(repository);
      const digests = await Promise.all(
        (tags ?? [])
          .filter(tag => !tag.startsWith('sha256-'))
          .map(tag => services?.registry.digestOf(repository, tag)),
      );
      expect(new Set(digests)).toEqual(new Set([digest]));
      const about = await services?.artifacts.referrers('header-auth', digest);
      expect(about?.map(({ artifactType }) => artifactType).sort()).toEqual([
        ARTIFACT_TYPES.proof,
        ARTIFACT_TYPES.provenance,
      ]);
      // One image, and nothing beside it
      await expect(
        db('registry_content').where('kind', 'index'),
      ).resolves.toHaveLength(1);
    },
  );

  it.each(['image', 'referrers', 'version-tag', 'moving-tags'])(
    'is published once, though it was stopped at "%s"',
    async stoppedAt => {
      const { publisher, publish, released, record, find } = await portal();
      await released(testStoredRelease('v1.0.0'));
      const control = new AbortController();
      const stopped = new Error('Stopped');
      const steps: BuildStepStatus[] = [];
      await expect(
        publisher.publish(await testBuilt(await newFolder(), 'v1.0.0'), {
          onStep: step => {
            steps.push(step);
            if (step.name === stoppedAt && step.state === 'running') {
              control.abort(stopped);
            }
          },
          signal: control.signal,
        }),
      ).rejects.toBe(stopped);
      expect(steps.at(-1)).toMatchObject({
        name: stoppedAt,
        state: 'could-not-run',
      });
      await publish('v1.0.0');
      expect(await find('v1.0.0')).toMatchObject({ state: 'published' });
      await expect(record()).resolves.toEqual(['release.publish']);
    },
  );

  it('keeps what its image is made of, whatever the catalog says meanwhile', async () => {
    const { db } = await newDatabase();
    const config = place();
    const first = await portal({ db, config });
    const { image } = await first.publish('v1.0.0');
    await db('plugin_versions').update({
      state: 'publishing',
      image: null,
      digest: null,
    });
    await db('plugin_details').update({
      entity: db.raw(`replace(entity, 'Header auth', 'Another')`),
    });
    await expect(first.publish('v1.0.0')).resolves.toEqual({ image });
  });

  it('waits while another replica publishes a version of the plugin', async () => {
    const { db } = await newDatabase();
    const config = place();
    const [one, other] = [
      await portal({ db, config }),
      await portal({ db, config }),
    ];
    await Promise.all([one.publish('v1.1.0'), other.publish('v1.0.0')]);
    expect(await one.find('v1.1.0')).toMatchObject({
      image: { tags: ['1.1.0', '1.1', '1', 'latest'] },
    });
    expect(await one.find('v1.0.0')).toMatchObject({
      image: { tags: ['1.0.0', '1.0'] },
    });
  });

  it('of an older patch leaves the tags to the newer one', async () => {
    const { publish, find, tagged } = await portal();
    await publish('v1.3.0');
    const latest = await tagged('latest');
    await publish('v1.2.9');
    expect(await tagged('latest')).toBe(latest);
    expect(await find('v1.2.9')).toMatchObject({
      image: { tags: ['1.2.9', '1.2'] },
    });
    expect(await find('v1.3.0')).toMatchObject({
      image: { tags: ['1.3.0', '1.3', '1', 'latest'] },
    });
    await publish('v2.0.0');
    expect(await find('v1.3.0')).toMatchObject({
      image: { tags: ['1.3.0', '1.3', '1'] },
    });
  });

  it('that GitHub calls a pre-release moves no tags, whatever its name', async () => {
    const { publish, publisher, released, find, summary } = await portal();
    await publish('v0.9.0');
    await released(testStoredRelease('v1.0.0', { prerelease: true }));
    const { release, ...built } = await testBuilt(await newFolder(), 'v1.0.0');
    await publisher.publish(
      { ...built, release: { ...release, prerelease: true } },
      { onStep: () => {}, signal: AbortSignal.timeout(60_000) },
    );
    expect((await find('v1.0.0'))?.image?.tags).toEqual(['1.0.0']);
    expect((await find('v0.9.0'))?.image?.tags).toContain('latest');
    expect((await summary())?.verified?.tag).toBe('v0.9.0');
  });

  it('is proven without a registry, and says why it has no image', async () => {
    const { publish, find, summary, record } = await portal({
      config: { tools: {} },
    });
    await expect(publish('v1.0.0')).resolves.toEqual({});
    expect(await find('v1.0.0')).toMatchObject({
      state: 'proven',
      image: undefined,
      reason: expect.stringContaining('envoyGoPlugins.registry'),
      proofs: [{ outcome: 'passed' }, { outcome: 'passed' }],
    });
    await expect(summary()).resolves.toMatchObject({
      verified: { tag: 'v1.0.0' },
    });
    await publish('v1.0.0');
    await expect(record()).resolves.toEqual(['release.publish']);
  });

  it('cannot be published without a licence, or under a name that is no version', async () => {
    const { publish } = await portal();
    await expect(publish('v1.0.0', { licence: false })).rejects.toMatchObject({
      name: 'InputError',
      message: expect.stringContaining('no licence file'),
    });
    await expect(publish('v1.0')).rejects.toMatchObject({
      name: 'InputError',
      message: expect.stringContaining('"v1.0" cannot tag an image'),
    });
  });
});

describe('a release that did not pass', () => {
  it('is shown with its reason, not tagged, and not verified', async () => {
    const { refuse, publish, find, summary, record, tagged } = await portal();
    await publish('v1.0.0');
    const latest = await tagged('latest');
    const changes = {
      proofs: { '1.38.3': 'passed', '1.40.0': 'failed' },
    } as const;
    await refuse('v1.1.0', changes);
    await refuse('v1.1.0', changes);
    expect(await find('v1.1.0')).toMatchObject({
      state: 'refused',
      reason: 'The proof failed in an Envoy',
      image: undefined,
      proofs: [
        { envoy: '1.38.3', outcome: 'passed' },
        {
          envoy: '1.40.0',
          outcome: 'failed',
          cases: [{ differences: ['status: expected 200, was 403'] }],
        },
      ],
    });
    expect(await tagged('latest')).toBe(latest);
    expect(await tagged('1.1.0')).toBeUndefined();
    const shown = await summary();
    expect(shown?.verified).toBeUndefined();
    expect(shown).toMatchObject({
      envoyVersions: ['1.38'],
      envoyProofs: [
        { envoy: '1.38', outcome: 'passed' },
        { envoy: '1.39', outcome: 'not-run' },
        { envoy: '1.40', outcome: 'failed' },
      ],
    });
    await expect(record()).resolves.toEqual([
      'release.publish',
      'release.refuse',
    ]);
  });

  it('keeps its image where it passed before, and shows the Envoy in which it fails', async () => {
    const { publish, refuse, find, summary } = await portal();
    await publish('v1.0.0');
    await refuse('v1.0.0', {
      build: { id: 'build-again', kind: 'rebuild' },
      proofs: { '1.40.0': 'could-not-run', '1.41.0': 'failed' },
    });
    expect(await find('v1.0.0')).toMatchObject({
      state: 'published',
      image: { tags: ['1.0.0', '1.0', '1', 'latest'] },
      proofs: [
        { envoy: '1.38.3', outcome: 'passed' },
        { envoy: '1.40.0', outcome: 'passed' },
        { envoy: '1.41.0', outcome: 'failed' },
      ],
    });
    expect((await summary())?.verified).toBeUndefined();
  });
});

describe('a version that is built again', () => {
  it('keeps its image, and gets the proof in a newer Envoy', async () => {
    const { publish, find, record, summary } = await portal();
    const { image } = await publish('v1.0.0');
    const again = {
      build: { id: 'build-again', kind: 'rebuild' },
      proofs: { '1.40.0': 'passed', '1.41.0': 'passed' },
    } as const;
    await expect(publish('v1.0.0', again)).resolves.toEqual({ image });
    await expect(publish('v1.0.0', again)).resolves.toEqual({ image });
    const version = await find('v1.0.0');
    expect(version?.proofs.map(({ envoy }) => envoy)).toEqual([
      '1.38.3',
      '1.40.0',
      '1.41.0',
    ]);
    expect(
      version?.image?.documents.filter(({ kind }) => kind === 'proof'),
    ).toHaveLength(2);
    await expect(record()).resolves.toEqual([
      'release.publish',
      'release.prove',
    ]);
    expect((await summary())?.verified?.envoys).toEqual([
      '1.38.3',
      '1.40.0',
      '1.41.0',
    ]);
  });

  it('and is another one is not published', async () => {
    const { publish } = await portal();
    await publish('v1.0.0');
    await expect(
      publish('v1.0.0', { build: { id: 'build-again' }, content: 'other' }),
    ).rejects.toMatchObject({
      name: 'InputError',
      message: expect.stringContaining('does not change'),
    });
  });
});

describe('a version that is yanked', () => {
  it('is marked, loses all tags but its own, and gets them back when it is not any more', async () => {
    const { publish, released, find, tagged, run, record, start, summary } =
      await portal();
    await start(mockServices.lifecycle.mock());
    await publish('v1.2.0');
    await publish('v1.3.0');
    await released(
      testStoredRelease('v1.3.0', {
        yanked: { at: '2026-11-21T10:00:00.000Z', reason: 'It leaks' },
      }),
    );
    expect(await find('v1.3.0')).toMatchObject({
      yanked: { reason: 'It leaks' },
    });
    await run('follow-yanked-versions');
    await run('follow-yanked-versions');
    const [old, yanked] = [await find('v1.2.0'), await find('v1.3.0')];
    expect(yanked).toMatchObject({
      followed: true,
      image: {
        tags: ['1.3.0'],
        documents: expect.arrayContaining([
          expect.objectContaining({ kind: 'yank' }),
        ]),
      },
    });
    expect(old?.image?.tags).toEqual(['1.2.0', '1.2', '1', 'latest']);
    expect(await tagged('latest')).toBe(old?.image?.digest);
    expect(await tagged('1.3')).toBeUndefined();
    expect(await tagged('1.3.0')).toBe(yanked?.image?.digest);
    expect((await summary())?.verified?.tag).toBe('v1.2.0');
    await expect(record()).resolves.toEqual([
      'release.publish',
      'release.publish',
      'release.yank',
    ]);

    await publish('v1.2.1');
    expect((await find('v1.2.1'))?.image?.tags).toEqual([
      '1.2.1',
      '1.2',
      '1',
      'latest',
    ]);
    await released(testStoredRelease('v1.3.0'));
    await run('follow-yanked-versions');
    expect((await find('v1.3.0'))?.image?.tags).toEqual([
      '1.3.0',
      '1.3',
      '1',
      'latest',
    ]);
  });

  it('before it was published gets no moving tags', async () => {
    const { publish, publisher, released, find, tagged } = await portal();
    await publish('v1.2.0');
    await released(
      testStoredRelease('v1.3.0', {
        yanked: { at: '2026-11-21T10:00:00.000Z' },
      }),
    );
    await publisher.publish(await testBuilt(await newFolder(), 'v1.3.0'), {
      onStep: () => {},
      signal: AbortSignal.timeout(60_000),
    });
    expect((await find('v1.3.0'))?.image?.tags).toEqual(['1.3.0']);
    expect(await tagged('latest')).toBe((await find('v1.2.0'))?.image?.digest);
  });
});

describe('clean-up', () => {
  it('removes what a publication left that never ended, and nothing that a version or tag names', async () => {
    const clock = { now: new Date('2026-11-20T10:00:00Z') };
    const { publish, publisher, released, services, repository, run, ...rest } =
      await portal({ clock });
    await rest.start(mockServices.lifecycle.mock());
    await publish('v1.0.0');
    await released(testStoredRelease('v1.1.0'), testStoredRelease('v1.2.0'));
    const leave = async (tag: string, stopAt: string) => {
      const control = new AbortController();
      await expect(
        publisher.publish(await testBuilt(await newFolder(), tag), {
          onStep: ({ name, state }) => {
            if (name === stopAt && state === 'running') {
              control.abort(new Error('Stopped'));
            }
          },
          signal: control.signal,
        }),
      ).rejects.toThrow('Stopped');
    };
    await leave('v1.1.0', 'version-tag');
    await leave('v1.2.0', 'moving-tags');
    const [abandoned] = await rest
      .db('registry_content')
      .where('kind', 'index')
      .whereNotIn('digest', [
        (await rest.find('v1.0.0'))?.image?.digest ?? '',
        (await rest.tagged('1.2.0')) ?? '',
      ])
      .select('digest');
    await expect(
      services?.registry.manifest(repository, abandoned.digest),
    ).resolves.toBeDefined();
    const blobs = async () => (await readdir(join(images, 'sha256'))).length;
    const before = await blobs();

    await run('clean-registry');
    expect(await blobs()).toBe(before);
    clock.now = new Date('2026-11-22T10:00:00Z');
    await run('clean-registry');
    await run('clean-registry');

    await expect(
      services?.registry.manifest(repository, abandoned.digest),
    ).rejects.toMatchObject({ problem: 'not-found' });
    expect(await blobs()).toBeLessThan(before);
    for (const tag of ['1.0.0', '1.2.0']) {
      await promisify(execFile)(await tools.path('crane'), [
        'validate',
        '--remote',
        `${repository}:${tag}`,
      ]);
    }
    const { image } = (await rest.find('v1.0.0')) ?? {};
    for (const { digest } of image?.documents ?? []) {
      await expect(
        services?.artifacts.document('header-auth', digest),
      ).resolves.toBeDefined();
    }
    await expect(rest.record()).resolves.toEqual([
      'release.publish',
      'registry.clean',
    ]);
    await expect(publish('v1.1.0')).resolves.toMatchObject({
      image: expect.stringContaining('@sha256:'),
    });
  });
});

it('finds a plugin that is verified by the Envoys it was proven in', async () => {
  const { publish, plugins } = await portal({ config: { tools: {} } });
  await expect(plugins.listPlugins({ verified: true })).resolves.toMatchObject({
    items: [],
    verifiedItems: 0,
  });
  await publish('v1.0.0', { proofs: { '1.40.0': 'passed' } });
  await expect(plugins.listPlugins({ verified: true })).resolves.toMatchObject({
    items: [{ entityRef: testRef('header-auth') }],
    verifiedItems: 1,
    facets: { envoy: [{ value: '1.40', count: 1 }] },
  });
  await expect(plugins.listPlugins({ envoy: ['1.38'] })).resolves.toMatchObject(
    { items: [], verifiedItems: 0 },
  );
});
