import {
  type TestBackend,
  TestDatabases,
  createMockDirectory,
  mockCredentials,
  mockServices,
  startTestBackend,
} from '@backstage/backend-test-utils';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { EnvoyGoPluginsBuildsClient } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import {
  type GitHubEmulator,
  type Seed,
  startGitHubEmulator,
} from '@envoy-go/github-emulator';
import type { Knex } from 'knex';
import request from 'supertest';
import envoyGoPluginsPlugin from '..';
import { DatabaseAuditRecordStore } from '../audit';
import { NoticeOutbox } from '../notices';
import { DatabaseBuildStore } from '../builds/DatabaseBuildStore';
import { releaseOrder } from '../testing/buildPortal';
import { testUser } from '../testing/factsPortal';
import { GITHUB_SEED, PORTAL_TOKEN } from '../testing/gitHubSeed';
import { testPlugin } from '../testing/testPlugin';
import { waitFor } from '../testing/waitFor';
import { createAnswerCheck } from './__testUtils__/describedAnswers';
import { groupMembers } from './__testUtils__/groupMembers';

jest.setTimeout(120_000);

const SECRET = 'a secret of the webhook';

const SEED: Seed = {
  ...GITHUB_SEED,
  repositories: [
    ...(GITHUB_SEED.repositories ?? []),
    {
      owner: 'envoy-plugins',
      name: 'secret',
      author: 'author',
      visibility: 'private',
      files: { 'README.md': '# Secret\n' },
    },
  ],
};

describe('builds over HTTP', () => {
  const databases = TestDatabases.create({ ids: ['SQLITE_3'] });
  const directory = createMockDirectory();
  const differenceOf = createAnswerCheck();
  let emulator: GitHubEmulator;
  let knex: Knex;
  let store: DatabaseBuildStore;
  let backend: TestBackend;

  beforeAll(async () => {
    emulator = await startGitHubEmulator({
      stateDir: directory.resolve('state'),
      seed: SEED,
    });
    knex = await databases.init('SQLITE_3');
    store = new DatabaseBuildStore({
      db: knex,
      recordIn: transaction => new DatabaseAuditRecordStore(transaction),
      noticesIn: transaction =>
        new NoticeOutbox(transaction, {
          now: () => new Date(),
          onAdded: () => {},
        }),
    });
    const plugin = (name: string) => ({
      ...testPlugin(name, {
        metadata: {
          annotations: {
            'github.com/project-slug': `envoy-plugins/${name}`,
            'backstage.io/managed-by-location': `url:${emulator.url}/envoy-plugins/${name}`,
          },
        },
      }),
      relations: [{ type: 'ownedBy', targetRef: 'group:default/Gateway' }],
    });
    backend = await startTestBackend({
      features: [
        envoyGoPluginsPlugin,
        groupMembers,
        mockServices.database.factory({ knex }),
        mockServices.rootConfig.factory({
          data: {
            envoyGoPlugins: {
              adminTeam: 'group:default/admins',
              builds: { workDirectory: directory.resolve('work') },
              github: {
                organization: 'envoy-plugins',
                webhookSecret: SECRET,
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
            plugin('token-auth'),
            plugin('secret'),
            ...['admin', 'author', 'contributor'].map(testUser),
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
      secret: SECRET,
      events: ['release', 'push'],
    });
    await waitFor(async () => {
      const read = await knex('repositories').select('location');
      const hidden = await knex('plugins').whereNot('restricted_to', '');
      if (read.length < 2 || hidden.length < 1) {
        throw new Error('Not both repositories were read');
      }
    }, 60_000);
  });

  afterAll(async () => {
    await backend.stop();
    await emulator.close();
  });

  const ask = async (
    user: string,
    path: string,
    method: 'get' | 'post' = 'get',
    body?: object,
  ) => {
    const asked = request(backend.server)
      [method](`/api/envoy-go-plugins${path}`)
      .set(
        'authorization',
        mockCredentials.user.header(`user:default/${user}`),
      );
    const answer = await (body ? asked.send(body) : asked);
    if (answer.type === 'application/json') {
      expect(
        differenceOf({
          method,
          path: path.split('?')[0],
          status: answer.status,
          body: answer.body,
        }),
      ).toBeUndefined();
    }
    return answer;
  };
  const add = async (changes: Parameters<typeof releaseOrder>[1]) => {
    const id = `b-${changes?.name}-${changes?.kind ?? 'release'}`;
    await store.add(
      releaseOrder(
        { host: emulator.host, id: 99, commit: 'c'.repeat(40) },
        changes,
      ),
      { id, at: new Date().toISOString(), text: 'Queued it' },
    );
    return id;
  };

  it('queues a release that GitHub tells of, once, and lets its owners stop it', async () => {
    const released = await emulator.changes.release(
      'envoy-plugins/token-auth',
      { by: 'author', tag: 'v1.2.0' },
    );
    const ofToken = '/builds?plugin=default%2Ftoken-auth&q=v1.2';
    await waitFor(async () => {
      const { body } = await ask('contributor', ofToken);
      expect(body.items).toMatchObject([
        { tag: 'v1.2.0', kind: 'release', state: 'queued', attempts: 0 },
      ]);
    }, 30_000);
    const [{ id, commit }] = (await ask('contributor', ofToken)).body.items;
    await expect(
      knex('repository_releases')
        .where({ release_id: released.id })
        .first()
        .then(({ release }) => JSON.parse(release).commit),
    ).resolves.toBe(commit);

    const path = `/builds/${id}`;
    const actions = async (user: string) =>
      (await ask(user, path)).body.allowedActions;
    await expect(actions('contributor')).resolves.toEqual([]);
    await expect(actions('author')).resolves.toEqual(['cancel']);
    await expect(actions('admin')).resolves.toEqual(['cancel']);
    const refused = await ask('contributor', `${path}/cancel`, 'post', {});
    expect([refused.status, refused.body.error.message]).toEqual([
      403,
      'You may not cancel this build: that is for the owners of the plugin and for administrators',
    ]);
    const cancelled = await ask('author', `${path}/cancel`, 'post', {
      reason: 'Too early',
    });
    expect(cancelled.body).toMatchObject({
      state: 'cancelled',
      reason: 'Too early',
      allowedActions: ['retry'],
    });
    expect((await ask('author', `${path}/cancel`, 'post', {})).status).toBe(
      409,
    );
    const again = await ask('author', `${path}/retry`, 'post');
    expect(again.body).toMatchObject({ state: 'queued' });
    const { items } = await new DatabaseAuditRecordStore(knex).list({
      action: ['build.order', 'build.cancel', 'build.retry'],
      text: 'v1.2.0',
    });
    expect(
      items.map(({ action, actor }) => `${action} ${actor}`).reverse(),
    ).toEqual([
      'build.order system',
      'build.cancel user:default/author',
      'build.retry user:default/author',
    ]);
  });

  it('shows builds of private plugins and of requests only to those whom they are for', async () => {
    const hidden = await add({ name: 'secret' });
    const asked = await add({
      kind: 'request',
      name: 'new',
      release: undefined,
      requestId: 'r-1',
      requestedBy: 'user:default/contributor',
    });
    const visible = async (user: string) => {
      const { body } = await ask(user, '/builds?limit=100');
      const listed = body.items.map((item: { id: string }) => item.id);
      const statuses = await Promise.all(
        [hidden, asked].flatMap(id =>
          ['', '/log', '/log.txt'].map(
            async rest => (await ask(user, `/builds/${id}${rest}`)).status,
          ),
        ),
      );
      return [[hidden, asked].filter(id => listed.includes(id)), statuses];
    };
    const ALL = [200, 200, 200];
    const NONE = [404, 404, 404];
    await expect(visible('admin')).resolves.toEqual([
      [hidden, asked],
      [...ALL, ...ALL],
    ]);
    await expect(visible('author')).resolves.toEqual([
      [hidden],
      [...ALL, ...NONE],
    ]);
    await expect(visible('contributor')).resolves.toEqual([
      [asked],
      [...NONE, ...ALL],
    ]);
    await expect(visible('stranger')).resolves.toEqual([
      [],
      [...NONE, ...NONE],
    ]);
    expect(
      (await ask('contributor', `/builds/${hidden}/cancel`, 'post', {})).status,
    ).toBe(404);
    expect((await ask('contributor', `/builds/${asked}`)).body).toMatchObject({
      requestId: 'r-1',
      allowedActions: ['cancel'],
    });
  });

  it('shows builds of plugins that are gone to administrators alone', async () => {
    const gone = await add({ name: 'gone', version: '7.0.0' });
    const visible = async (user: string) => {
      const { body } = await ask(user, '/builds?q=gone');
      const statuses = await Promise.all(
        ['', '/log', '/log.txt'].map(
          async rest => (await ask(user, `/builds/${gone}${rest}`)).status,
        ),
      );
      return [body.totalItems, body.states.length, ...statuses];
    };
    await expect(visible('admin')).resolves.toEqual([1, 1, 200, 200, 200]);
    await expect(visible('author')).resolves.toEqual([0, 0, 404, 404, 404]);
  });

  it('hands out logs, also whole', async () => {
    await add({ name: 'logged', kind: 'rebuild' });
    // Whichever is next: the log of that one
    const build = await store.claim({
      owner: 'test',
      now: new Date().toISOString(),
      until: '2999-01-01T00:00:00.000Z',
    });
    if (!build) {
      throw new Error('No build waits');
    }
    await store.progress(build, {
      steps: [],
      lines: Array.from({ length: 2_500 }, (_, index) => ({
        step: 'test',
        text: `<b>line ${index + 1}`,
      })),
    });
    const client = new EnvoyGoPluginsBuildsClient({
      discoveryApi: {
        getBaseUrl: async () =>
          `http://127.0.0.1:${backend.server.port()}/api/envoy-go-plugins`,
      },
      fetchApi: {
        fetch: async (input, init) =>
          fetch(input, {
            ...init,
            headers: {
              ...init?.headers,
              authorization: mockCredentials.user.header('user:default/admin'),
            },
          }),
      },
    });
    await expect(
      client.getBuildLog(build.id, { after: 2_498, limit: 2_000 }),
    ).resolves.toEqual({
      lines: [
        { number: 2_499, step: 'test', text: '<b>line 2499' },
        { number: 2_500, step: 'test', text: '<b>line 2500' },
      ],
      last: 2_500,
      open: true,
    });
    const text = await client.downloadBuildLog(build.id);
    expect(text.split('\n')).toHaveLength(2_501);
    expect(text.endsWith('[test] <b>line 2500\n')).toBe(true);
    const { type, headers } = await ask('admin', `/builds/${build.id}/log.txt`);
    expect([type, headers['x-content-type-options']]).toEqual([
      'text/plain',
      'nosniff',
    ]);
    await expect(client.listRunners()).resolves.toEqual([]);
    await expect(
      client.listBuilds({ kind: ['rebuild'], state: ['queued', 'building'] }),
    ).resolves.toMatchObject({ totalItems: 1 });
    expect((await ask('admin', '/builds?state=over')).status).toBe(400);
    expect((await ask('author', '/admin/runners')).status).toBe(403);
  });
});
