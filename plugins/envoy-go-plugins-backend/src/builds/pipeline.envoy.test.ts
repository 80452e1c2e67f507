import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { createServiceFactory } from '@backstage/backend-plugin-api';
import {
  type TestBackend,
  TestDatabases,
  mockCredentials,
  mockServices,
  startTestBackend,
} from '@backstage/backend-test-utils';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { notificationService } from '@backstage/plugin-notifications-node';
import type {
  Build,
  PluginVersion,
  PublishRequest,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { KNOWN_ENVOYS } from '@envoy-go/envoy-runner';
import {
  type GitHubEmulator,
  startGitHubEmulator,
} from '@envoy-go/github-emulator';
import type { Knex } from 'knex';
import request from 'supertest';
import envoyGoPluginsPlugin from '..';
import { CachedToolProvider, ensureSigningKey } from '../artifacts';
import {
  type TestRegistry,
  startRegistry,
} from '../artifacts/__testUtils__/startRegistry';
import { pluginOnGitHub, testUser } from '../testing/factsPortal';
import { freePort } from '../testing/freePort';
import { GITHUB_SEED, PORTAL_TOKEN } from '../testing/gitHubSeed';
import { waitFor } from '../testing/waitFor';
import {
  type RunnerProcess,
  startRunner,
} from './runners/__testUtils__/runnerProcess';

// The first of all runs installs tools, compiles the standard library and gets Envoys
jest.setTimeout(600_000);

const EXAMPLES = resolve(__dirname, '../../../../examples/plugins');
const ENVOYS = KNOWN_ENVOYS.map(({ version }) => version);
const WEBHOOK_SECRET = 'a secret of the webhook';
const RUNNER_TOKEN = 'a token that is long enough';
/** Of the tests that follow each other each has a plugin of its own. */
const PLUGINS = ['header-auth', 'token-auth'];
/** In its author's own repository, and to be published. */
const ASKED = 'cors-guard';

describe('from a release on GitHub to its image', () => {
  const databases = TestDatabases.create({ ids: ['SQLITE_3'] });
  const tools = new CachedToolProvider();
  const told: { to: string; title: string; text: string; link?: string }[] = [];
  const runners: RunnerProcess[] = [];
  let folder: string;
  let emulator: GitHubEmulator;
  let registry: TestRegistry;
  let knex: Knex;
  let backend: TestBackend;
  let listen: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'envoy-go-pipeline-'));
    const images = join(folder, 'images');
    await mkdir(images);
    emulator = await startGitHubEmulator({
      stateDir: join(folder, 'github'),
      seed: {
        ...GITHUB_SEED,
        repositories: [...PLUGINS, ASKED].map(name => ({
          owner: name === ASKED ? 'author' : 'envoy-plugins',
          name,
          author: 'author',
          directory: join(EXAMPLES, name),
          licenseTemplate: 'apache-2.0',
        })),
      },
    });
    registry = await startRegistry(await tools.path('crane'), images);
    const key = await ensureSigningKey({
      folder: join(folder, 'key'),
      password: 'of the key',
      tools,
    });
    listen = `127.0.0.1:${await freePort()}`;
    knex = await databases.init('SQLITE_3');
    backend = await startTestBackend({
      features: [
        envoyGoPluginsPlugin,
        createServiceFactory({
          service: notificationService,
          deps: {},
          factory: () => ({
            async send({ recipients, payload }) {
              told.push({
                to:
                  recipients.type === 'entity'
                    ? String(recipients.entityRef)
                    : 'all',
                title: payload.title,
                text: payload.description ?? '',
                link: payload.link,
              });
            },
          }),
        }),
        mockServices.database.factory({ knex }),
        mockServices.rootConfig.factory({
          data: {
            envoyGoPlugins: {
              builds: {
                listen,
                runnerTokens: [RUNNER_TOKEN],
                workDirectory: join(folder, 'builds'),
              },
              registry: { repository: `${registry.host}/plugins` },
              signing: { ...key },
              github: {
                organization: 'envoy-plugins',
                webhookSecret: WEBHOOK_SECRET,
                webhookUrl: 'http://127.0.0.1:9/webhooks',
              },
            },
            integrations: {
              github: [
                {
                  host: emulator.host,
                  apiBaseUrl: emulator.apiBaseUrl,
                  token: PORTAL_TOKEN,
                },
              ],
            },
          },
        }),
        catalogServiceMock.factory({
          entities: [
            ...PLUGINS.map(name => ({
              ...pluginOnGitHub(emulator, name),
              relations: [
                { type: 'ownedBy', targetRef: 'group:default/gateway' },
              ],
            })),
            ...['admin', 'author'].map(testUser),
          ],
        }),
      ],
    });
    emulator.hooks.create({
      target: {
        type: 'organization',
        id: emulator.state.accounts.findOrganization('envoy-plugins')?.id ?? 0,
      },
      contentType: 'json',
      url: `http://127.0.0.1:${backend.server.port()}/api/envoy-go-plugins/webhooks/github`,
      secret: WEBHOOK_SECRET,
      events: ['release', 'push'],
    });
    await waitFor(async () => {
      if ((await knex('repositories')).length < PLUGINS.length) {
        throw new Error('Not all repositories were read');
      }
    }, 60_000);
    start('one');
  });

  afterAll(async () => {
    runners.forEach(runner => runner.kill('SIGKILL'));
    await Promise.all(runners.map(({ ended }) => ended));
    await backend.stop();
    await registry.stop();
    await emulator.close();
    // What a runner had started may be on its way out
    await rm(folder, { recursive: true, force: true, maxRetries: 10 });
  });

  function start(name: string): RunnerProcess {
    const runner = startRunner({
      address: listen,
      token: RUNNER_TOKEN,
      name,
      work: join(folder, 'work'),
    });
    runners.push(runner);
    return runner;
  }

  const ask = async (path: string) => {
    const { body } = await request(backend.server)
      .get(`/api/envoy-go-plugins${path}`)
      .set('authorization', mockCredentials.user.header('user:default/author'))
      .expect(200);
    return body;
  };
  const release = (name: string, tag: string) =>
    emulator.changes.release(`envoy-plugins/${name}`, { by: 'author', tag });
  const buildOf = async (name: string, tag: string): Promise<Build> => {
    const { items } = await ask(`/builds?plugin=default%2F${name}&q=${tag}`);
    expect(items).toHaveLength(1);
    return ask(`/builds/${items[0].id}`);
  };
  const until = async (
    name: string,
    tag: string,
    isIt: (build: Build) => boolean,
  ): Promise<Build> => {
    let build: Build | undefined;
    await waitFor(
      async () => {
        build = await buildOf(name, tag);
        if (!isIt(build)) {
          throw new Error(
            `${tag} of ${name} is ${build.state}: ${JSON.stringify(
              [build.reason, build.steps],
              undefined,
              1,
            )}`,
          );
        }
      },
      120_000,
      100,
    );
    if (!build) {
      throw new Error('There is no build');
    }
    return build;
  };
  const isOver = ({ endedAt }: Build) => endedAt !== undefined;
  const versionOf = async (name: string, tag: string) => {
    const versions: PluginVersion[] = await ask(
      `/plugins/default/${name}/versions`,
    );
    return versions.find(each => each.tag === tag);
  };
  const crane = async (...args: string[]) =>
    (await promisify(execFile)(await tools.path('crane'), args)).stdout.trim();
  const imageOf = (name: string) => `${registry.host}/plugins/${name}`;
  /** Tags for people; cosign's and those of referrers are digests. */
  const tagsOf = async (name: string) =>
    (await crane('ls', imageOf(name)))
      .split('\n')
      .filter(tag => !tag.startsWith('sha256-'))
      .sort();

  it('publishes what is proven, and refuses what is not', async () => {
    const name = 'header-auth';
    await release(name, 'v1.0.0');
    const passed = await until(name, 'v1.0.0', isOver);
    expect(passed).toMatchObject({
      state: 'passed',
      runner: 'one',
      attempts: 1,
    });
    const version = await versionOf(name, 'v1.0.0');
    expect(version).toMatchObject({
      commit: passed.commit,
      build: { id: passed.id, state: 'passed' },
      image: {
        repository: imageOf(name),
        digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
        tags: ['1.0.0', '1.0', '1', 'latest'],
        signed: true,
      },
      libraries: passed.libraries,
    });
    const digest = version?.image?.digest ?? '';
    expect(passed.image).toBe(`${imageOf(name)}@${digest}`);
    const amd64 = version?.proofs.filter(
      ({ platform }) => platform === 'linux/amd64',
    );
    expect(amd64?.map(({ envoy, outcome }) => [envoy, outcome])).toEqual(
      ENVOYS.map(envoy => [envoy, 'passed']),
    );
    await expect(tagsOf(name)).resolves.toEqual([
      '1',
      '1.0',
      '1.0.0',
      'latest',
    ]);
    for (const tag of ['1.0.0', '1.0', '1', 'latest']) {
      await expect(crane('digest', `${imageOf(name)}:${tag}`)).resolves.toBe(
        digest,
      );
    }
    await waitFor(() => expect(told).toHaveLength(1));
    expect(told).toEqual([
      {
        to: 'group:default/gateway',
        title: 'header-auth v1.0.0',
        text: `v1.0.0 was built, proven and published as ${passed.image}.`,
        link: `/envoy-go-plugins/builds/${passed.id}`,
      },
    ]);

    const proof = await readFile(
      join(EXAMPLES, name, 'envoy-proof.yaml'),
      'utf8',
    );
    await emulator.changes.push(`envoy-plugins/${name}`, {
      by: 'author',
      files: {
        'envoy-proof.yaml': proof.replace('access denied', 'come in'),
      },
    });
    await release(name, 'v1.1.0');
    const failed = await until(name, 'v1.1.0', isOver);
    expect(failed.state).toBe('failed');
    expect(failed.image).toBeUndefined();
    const refused = await versionOf(name, 'v1.1.0');
    expect(refused).toMatchObject({
      build: { id: failed.id, state: 'failed' },
      noImageReason: failed.reason,
    });
    expect(refused?.image).toBeUndefined();
    for (const proofs of [failed.proofs, refused?.proofs ?? []]) {
      expect(proofs).toContainEqual(
        expect.objectContaining({
          envoy: ENVOYS[0],
          outcome: 'failed',
          cases: expect.arrayContaining([
            {
              name: 'refuses a request without the header',
              outcome: 'failed',
              differences: [expect.stringMatching(/come in.*access denied/)],
            },
          ]),
        }),
      );
    }
    await expect(tagsOf(name)).resolves.toHaveLength(4);
    await expect(crane('digest', `${imageOf(name)}:latest`)).resolves.toBe(
      digest,
    );
    await waitFor(() => expect(told).toHaveLength(2));
    expect(told.slice(1)).toEqual([
      {
        to: 'group:default/gateway',
        title: 'header-auth v1.1.0',
        text: expect.stringContaining(
          `v1.1.0 was not published: ${failed.reason}`,
        ),
        link: `/envoy-go-plugins/builds/${failed.id}`,
      },
    ]);
  });

  it('checks what somebody asks to publish by a build of it', async () => {
    const { body } = await request(backend.server)
      .post('/api/envoy-go-plugins/publishing/requests')
      .set('authorization', mockCredentials.user.header('user:default/author'))
      .set('x-github-token', 'author-token')
      .send({ repositoryUrl: `${emulator.url}/author/${ASKED}` })
      .expect(201);
    let asked: PublishRequest | undefined;
    await waitFor(
      async () => {
        const found: PublishRequest = await ask(
          `/publishing/requests/${body.id}`,
        );
        asked = found;
        expect(found.state).not.toBe('checking');
      },
      120_000,
      100,
    );
    const { items } = await ask('/builds?kind=request');
    expect(items).toMatchObject([{ state: 'passed', requestId: body.id }]);
    const buildId = items[0].id;
    const read = asked?.checkResults.filter(each => each.buildId === buildId);
    expect(read).toMatchObject([
      { checkId: 'builds', outcome: 'passed' },
      { checkId: 'unit-tests', outcome: 'passed' },
      {
        checkId: 'proof',
        outcome: 'passed',
        summary: `Its proof passes in Envoy ${ENVOYS.join(', ')}.`,
      },
      // Where its database cannot be reached nobody knows
      {
        checkId: 'vulnerabilities',
        outcome: expect.not.stringMatching('failed'),
      },
    ]);
  });

  it('begins anew when its runner is killed, and makes one image', async () => {
    runners.forEach(runner => runner.kill('SIGKILL'));
    const name = 'token-auth';
    const first = start('first');
    await release(name, 'v1.0.0');
    await until(name, 'v1.0.0', ({ runner, steps }) =>
      Boolean(
        runner === 'first' &&
          steps.some(step => step.name === 'vet' && step.state === 'running'),
      ),
    );
    first.kill('SIGKILL');
    start('second');
    const build = await until(name, 'v1.0.0', isOver);
    expect(build).toMatchObject({
      state: 'passed',
      runner: 'second',
      attempts: 2,
    });
    const { image } = (await versionOf(name, 'v1.0.0')) ?? {};
    expect(build.image).toBe(`${imageOf(name)}@${image?.digest}`);
    await expect(tagsOf(name)).resolves.toHaveLength(4);
    await waitFor(() =>
      expect(told.at(-1)).toMatchObject({ title: 'token-auth v1.0.0' }),
    );
    await expect(
      knex('registry_content').where('kind', 'index').select('digest'),
    ).resolves.toContainEqual({ digest: image?.digest });
  });
});
