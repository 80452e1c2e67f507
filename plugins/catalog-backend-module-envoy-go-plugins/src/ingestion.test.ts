import {
  coreServices,
  createServiceFactory,
  type SchedulerService,
} from '@backstage/backend-plugin-api';
import { mockServices, TestDatabases } from '@backstage/backend-test-utils';
import type { Entity } from '@backstage/catalog-model';
import catalogModuleGithub from '@backstage/plugin-catalog-backend-module-github';
import catalogModuleGithubOrg from '@backstage/plugin-catalog-backend-module-github-org';
import type { JsonObject } from '@backstage/types';
import { envoyGoPluginSchema } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import {
  startGitHubEmulator,
  type GitHubEmulator,
  type Seed,
} from '@envoy-go/github-emulator';
import { mkdtemp, rm } from 'node:fs/promises';
import {
  createServer,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import request from 'supertest';
import {
  eventually,
  startCatalog,
  type TestCatalog,
} from './__testUtils__/startCatalog';

jest.setTimeout(120_000);

const ORG = 'envoy-plugins';
const [example] = envoyGoPluginSchema.examples as [Entity];

function description(name: string, spec: JsonObject = {}): string {
  return JSON.stringify({
    ...example,
    metadata: {
      ...example.metadata,
      name,
      annotations: { 'github.com/project-slug': `${ORG}/${name}` },
    },
    spec: { ...example.spec, order: undefined, ...spec },
  });
}

const files: Record<string, Record<string, string>> = {
  'token-auth': { 'catalog-info.yaml': description('token-auth') },
  limiter: { 'catalog-info.yaml': description('limiter') },
  broken: { 'catalog-info.yaml': description('broken', { runtime: 'wasm' }) },
  website: { 'README.md': 'No plugin.' },
};

const seed: Seed = {
  accounts: [{ login: 'admin' }, { login: 'author' }],
  organizations: [
    {
      login: ORG,
      owners: ['admin'],
      teams: [{ name: 'gateway', members: ['author'] }],
    },
  ],
  repositories: Object.keys(files).map(name => ({
    owner: ORG,
    name,
    author: 'author',
    files: files[name],
  })),
};

const databases = TestDatabases.create({
  ids: ['SQLITE_3'],
  disableDocker: true,
});

describe('plugins on GitHub', () => {
  let stateDir: string;
  let github: GitHubEmulator;
  let token: string;
  let scheduler: SchedulerService;
  let catalog: TestCatalog;
  let stopped: (() => Promise<void>)[];

  /** Lets Backstage's own providers look at GitHub now. */
  async function readGitHub() {
    const tasks = await scheduler.getScheduledTasks();
    for (const { id } of tasks.filter(task => task.id.endsWith(':refresh'))) {
      await scheduler.triggerTask(id);
    }
  }

  async function start(catalogConfig: JsonObject = {}) {
    const schedule = { frequency: 'PT1H', timeout: 'PT1M' };
    scheduler = mockServices.scheduler();
    catalog = await startCatalog({
      knex: await databases.init('SQLITE_3'),
      config: {
        backend: { reading: { allow: [{ host: github.host }] } },
        integrations: {
          github: [{ host: github.host, apiBaseUrl: github.apiBaseUrl, token }],
        },
        catalog: {
          ...catalogConfig,
          providers: {
            github: {
              plugins: {
                host: github.host,
                organization: ORG,
                catalogPath: '/catalog-info.yaml',
                validateLocationsExist: true,
                schedule,
              },
            },
            githubOrg: {
              id: 'people',
              githubUrl: github.url,
              orgs: [ORG],
              schedule,
            },
          },
        },
      },
      features: [
        catalogModuleGithub,
        catalogModuleGithubOrg,
        createServiceFactory({
          service: coreServices.scheduler,
          deps: {},
          factory: () => scheduler,
        }),
      ],
    });
    stopped.push(() => catalog.stop());
  }

  async function startWithPlugins(catalogConfig?: JsonObject) {
    await start(catalogConfig);
    await readGitHub();
    await eventually(async () => {
      expect(
        await catalog.entity('envoygoplugin:default/token-auth'),
      ).toBeDefined();
      expect(
        await catalog.entity('envoygoplugin:default/limiter'),
      ).toBeDefined();
    });
  }

  /** GitHub's place is taken by a server that answers every request the same way. */
  async function failWith(
    answer: (incoming: IncomingMessage, outgoing: ServerResponse) => void,
  ): Promise<{ paths: string[]; close(): Promise<void> }> {
    const { port } = new URL(github.url);
    await github.close();
    const paths: string[] = [];
    const server = createServer((incoming, outgoing) => {
      paths.push(incoming.url ?? '');
      answer(incoming, outgoing);
    });
    await new Promise<void>(resolve => {
      server.listen(Number(port), '127.0.0.1', resolve);
    });
    const close = async () => {
      server.closeAllConnections();
      await new Promise(resolve => {
        server.close(resolve);
      });
    };
    stopped.push(close);
    return { paths, close };
  }

  beforeEach(async () => {
    stopped = [];
    stateDir = await mkdtemp(join(tmpdir(), 'envoy-go-plugins-'));
    github = await startGitHubEmulator({ stateDir, seed });
    token = await github.createToken('admin');
    stopped.push(
      () => rm(stateDir, { recursive: true }),
      () => github.close(),
    );
  });

  afterEach(async () => {
    for (const stop of stopped.reverse()) {
      await stop();
    }
  });

  it('come in with their owners, and a broken one holds up nobody', async () => {
    await startWithPlugins();
    await eventually(async () => {
      expect(await catalog.entity('user:default/author')).toBeDefined();
      const owner = await catalog.entity('group:default/gateway');
      expect(owner?.relations).toEqual(
        expect.arrayContaining([
          { type: 'ownerOf', targetRef: 'envoygoplugin:default/limiter' },
          { type: 'ownerOf', targetRef: 'envoygoplugin:default/token-auth' },
        ]),
      );
      expect(await catalog.failed()).toMatchObject([
        {
          unprocessed_entity: { metadata: { name: 'broken' } },
          errors: [
            {
              message: expect.stringContaining(
                'spec.runtime must be one of dynamic-module, golang-filter, mosn-stream-filter, but is "wasm"',
              ),
            },
          ],
        },
      ]);
    });
    expect(github.violations()).toEqual([]);
  });

  it.each([
    [
      'a token that it refuses',
      (_: IncomingMessage, outgoing: ServerResponse) => {
        outgoing
          .writeHead(401, { 'content-type': 'application/json' })
          .end('{"message":"Bad credentials"}');
      },
    ],
    [
      'errors of its own',
      (incoming: IncomingMessage, outgoing: ServerResponse) => {
        const isGraph = incoming.url?.endsWith('/graphql');
        outgoing
          .writeHead(isGraph ? 200 : 500, {
            'content-type': 'application/json',
          })
          .end(
            JSON.stringify({ errors: [{ message: 'Something timed out' }] }),
          );
      },
    ],
  ])(
    'stay when GitHub hides behind %s, and go on afterwards',
    async (_, answer) => {
      await startWithPlugins();
      const { port } = new URL(github.url);
      const broken = await failWith(answer);

      await readGitHub();
      await eventually(async () => {
        expect(broken.paths).toEqual(
          expect.arrayContaining([
            expect.stringContaining('/graphql'),
            expect.stringContaining('token-auth'),
            expect.stringContaining('limiter'),
          ]),
        );
      });
      await scheduler.triggerTask('catalog_orphan_cleanup');
      expect(
        await catalog.entity('envoygoplugin:default/token-auth'),
      ).toBeDefined();
      expect(
        await catalog.entity('envoygoplugin:default/limiter'),
      ).toBeDefined();

      await broken.close();
      github = await startGitHubEmulator({ stateDir, port: Number(port) });
      const file = `${github.apiBaseUrl}/repos/${ORG}/limiter/contents/catalog-info.yaml`;
      const headers = { authorization: `Bearer ${token}` };
      const { sha } = await (await fetch(file, { headers })).json();
      const saved = await fetch(file, {
        method: 'PUT',
        headers,
        body: JSON.stringify({
          message: 'Move to another category',
          sha,
          content: Buffer.from(
            description('limiter', { category: 'traffic' }),
          ).toString('base64'),
        }),
      });
      expect(saved.status).toBe(200);
      await readGitHub();
      await eventually(async () => {
        expect(
          await catalog.entity('envoygoplugin:default/limiter'),
        ).toMatchObject({
          spec: { category: 'traffic' },
        });
      });
    },
  );

  it('stay when GitHub says that they are not there, where orphans are kept', async () => {
    await startWithPlugins({ orphanStrategy: 'keep' });
    await failWith((_, outgoing) => {
      outgoing
        .writeHead(404, { 'content-type': 'application/json' })
        .end('{"message":"Not Found"}');
    });

    await readGitHub();
    await eventually(async () => {
      expect(
        await catalog.entity('envoygoplugin:default/limiter'),
      ).toMatchObject({
        metadata: { annotations: { 'backstage.io/orphan': 'true' } },
      });
    });
  });

  it('go when their repository is deleted', async () => {
    await startWithPlugins({
      orphanStrategy: 'keep',
      // A description that is read again before the organisation is leaves an orphan.
      processingInterval: { hours: 1 },
    });
    const deleted = await fetch(`${github.apiBaseUrl}/repos/${ORG}/limiter`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${token}` },
    });
    expect(deleted.status).toBe(204);

    await readGitHub();
    await eventually(async () => {
      expect(
        await catalog.entity('envoygoplugin:default/limiter'),
      ).toBeUndefined();
    });
    expect(
      await catalog.entity('envoygoplugin:default/token-auth'),
    ).toBeDefined();
  });

  it('are registered with nothing but the address of their repository', async () => {
    await start();
    const analysed = await request(catalog.backend.server)
      .post('/api/catalog/analyze-location')
      .send({
        location: { type: 'url', target: `${github.url}/${ORG}/token-auth` },
        catalogFilename: 'catalog-info.yaml',
      });
    const location = {
      type: 'url',
      target: `${github.url}/${ORG}/token-auth/blob/main/catalog-info.yaml`,
    };
    expect(analysed.body.existingEntityFiles).toMatchObject([
      { isRegistered: false, location, entity: { kind: 'Location' } },
      {
        isRegistered: false,
        location,
        entity: { kind: 'EnvoyGoPlugin', metadata: { name: 'token-auth' } },
      },
    ]);

    const registered = await request(catalog.backend.server)
      .post('/api/catalog/locations')
      .send(location);
    expect(registered.status).toBe(201);
    await eventually(async () => {
      expect(
        await catalog.entity('envoygoplugin:default/token-auth'),
      ).toBeDefined();
    });
  });

  it('say why they cannot be registered', async () => {
    await start();
    const reason =
      'spec.runtime must be one of dynamic-module, golang-filter, mosn-stream-filter, but is "wasm"';
    const analysed = await request(catalog.backend.server)
      .post('/api/catalog/analyze-location')
      .send({
        location: { type: 'url', target: `${github.url}/${ORG}/broken` },
      });
    expect(analysed.status).toBe(400);
    expect(analysed.body.error.cause.message).toContain(reason);

    const tried = await request(catalog.backend.server)
      .post('/api/catalog/locations?dryRun=true')
      .send({
        type: 'url',
        target: `${github.url}/${ORG}/broken/blob/main/catalog-info.yaml`,
      });
    expect(tried.status).toBe(400);
    expect(tried.body.error.message).toContain(reason);
  });
});
