import { randomUUID } from 'node:crypto';
import {
  type TestDatabaseId,
  TestDatabases,
  createMockDirectory,
  mockServices,
  startTestBackend,
} from '@backstage/backend-test-utils';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import {
  type GitHubEmulator,
  startGitHubEmulator,
} from '@envoy-go/github-emulator';
import WEBHOOK_EXAMPLES from '@octokit/webhooks-examples';
import { sign } from '@octokit/webhooks-methods';
import request from 'supertest';
import envoyGoPluginsPlugin from '../index';
import { GITHUB_SEED, PORTAL_TOKEN } from '../testing/gitHubSeed';
import { DefaultRepositoryChanges } from '../marketplace';
import { testPlugin } from '../testing/testPlugin';
import { waitFor } from '../testing/waitFor';
import { DatabaseDeliveryStore } from './DatabaseDeliveryStore';

// Where many things run at once
jest.setTimeout(180_000);

const SECRET = 'It is a secret to everybody';
const PATH = '/api/envoy-go-plugins/webhooks/github';

describe('webhooks', () => {
  const databases = TestDatabases.create({ ids: ['SQLITE_3', 'POSTGRES_18'] });
  const directory = createMockDirectory();

  async function setUp(
    options: {
      databaseId?: TestDatabaseId;
      github?: object;
      emulator?: GitHubEmulator;
    } = {},
  ) {
    const {
      databaseId = databases.eachSupportedId()[0][0],
      github = { webhookSecret: SECRET },
      emulator,
    } = options;
    const knex = await databases.init(databaseId);
    const { server } = await startTestBackend({
      features: [
        envoyGoPluginsPlugin,
        mockServices.database.factory({ knex }),
        mockServices.userInfo.mock({
          getUserInfo: async () => ({
            userEntityRef: 'user:default/mock',
            ownershipEntityRefs: ['group:default/admins'],
          }),
        }).factory,
        mockServices.rootConfig.factory({
          data: {
            envoyGoPlugins: { github, adminTeam: 'group:default/admins' },
            integrations: {
              github: emulator
                ? [
                    {
                      host: emulator.host,
                      apiBaseUrl: emulator.apiBaseUrl,
                      token: PORTAL_TOKEN,
                    },
                  ]
                : [],
            },
          },
        }),
        catalogServiceMock.factory({
          entities: emulator
            ? [
                testPlugin('token-auth', {
                  metadata: {
                    annotations: {
                      'github.com/project-slug': 'envoy-plugins/token-auth',
                      'backstage.io/managed-by-location': `url:${emulator.url}/envoy-plugins/token-auth/tree/main/catalog-info.yaml`,
                    },
                  },
                }),
              ]
            : [],
        }),
      ],
    });
    const deliver = async (
      body: string,
      headers: Record<string, string | undefined> = {},
    ) => {
      const sent = {
        'content-type': 'application/json',
        'x-github-delivery': randomUUID(),
        'x-github-event': 'star',
        'x-github-hook-id': '7',
        'x-hub-signature-256': body && (await sign(SECRET, body)),
        // Whatever a caller says of itself makes no difference
        authorization: undefined,
        ...headers,
      };
      let post = request(server).post(PATH);
      for (const [name, value] of Object.entries(sent)) {
        post = value === undefined ? post : post.set(name, value);
      }
      return post.send(body);
    };
    return { server, deliver, knex, store: new DatabaseDeliveryStore(knex) };
  }

  let shared: ReturnType<typeof setUp> | undefined;

  /** The backend of those who do not mind what others deliver. */
  async function setUpOnce() {
    shared ??= setUp({
      github: { webhookSecret: SECRET, webhookMaxBodyBytes: 1_000 },
    });
    return shared;
  }

  it.each(databases.eachSupportedId())(
    'takes in every example of GitHub, and handles or ignores it (%s)',
    async databaseId => {
      const { deliver, store } = await setUp({ databaseId });
      const expected: Record<string, number> = { done: 0, ignored: 0 };
      const handled = new Set(
        'create delete fork installation installation_repositories issue_comment issues member membership organization ping public pull_request push release repository star team team_add'.split(
          ' ',
        ),
      );
      const examples = WEBHOOK_EXAMPLES.flatMap(
        ({ name, examples: payloads }) =>
          payloads.map(payload => ({ name, body: JSON.stringify(payload) })),
      );
      expect(examples.length).toBeGreaterThan(300);
      await Promise.all(
        examples.map(async ({ name, body }) => {
          const response = await deliver(body, { 'x-github-event': name });
          expect(response.status).toBe(202);
          expected[handled.has(name) ? 'done' : 'ignored'] += 1;
        }),
      );
      await waitFor(
        async () => expect(await store.countByState()).toEqual(expected),
        40_000,
      );
    },
  );

  it('keeps what arrived, and knows it when it arrives again', async () => {
    const { deliver, store } = await setUpOnce();
    const body = JSON.stringify({
      action: 'created',
      repository: {
        id: 186853002,
        full_name: 'Codertocat/Hello-World',
        html_url: 'https://github.com/Codertocat/Hello-World',
      },
      text: 'größer 🚀',
    });
    const headers = {
      'x-github-delivery': '72d3162e-cc78-11e3-81ab-4c9367dc0958',
      cookie: 'backstage-auth=1',
    };
    const first = await deliver(body, headers);
    expect(first.status).toBe(202);
    expect(first.body).toEqual({
      deliveryId: headers['x-github-delivery'],
      status: 'stored',
    });
    await expect(
      store.get(headers['x-github-delivery']),
    ).resolves.toMatchObject({
      hookId: '7',
      event: 'star',
      action: 'created',
      repository: { id: 186853002, fullName: 'Codertocat/Hello-World' },
      orderedBy: 'github.com repository 186853002',
      headers: {
        'content-type': 'application/json',
        'x-github-delivery': headers['x-github-delivery'],
        'x-github-event': 'star',
        'x-github-hook-id': '7',
        'x-hub-signature-256': await sign(SECRET, body),
      },
      body,
    });
    const stored = await store.get(headers['x-github-delivery']);
    expect(stored?.headers).not.toHaveProperty('cookie');

    const [second, third] = await Promise.all([
      deliver(body, headers),
      deliver(body, headers),
    ]);
    expect([second.status, third.status]).toEqual([202, 202]);
    expect([second.body.status, third.body.status]).toEqual(['known', 'known']);
  });

  it('refuses what is wrong, each with its status, and goes on', async () => {
    const { deliver, store } = await setUpOnce();
    const countAll = async () => (await store.list({})).totalItems;
    const before = await countAll();
    const body = '{"action":"created"}';
    const signatures = {
      none: undefined,
      'of nothing known': 'abc',
      'with another secret': await sign('other', body),
      'of another body': await sign(SECRET, `${body} `),
      'of the right length but wrong': `sha256=${'0'.repeat(64)}`,
      'SHA-1': await sign({ secret: SECRET, algorithm: 'sha1' }, body),
    };
    for (const [name, signature] of Object.entries(signatures)) {
      const { status } = await deliver(body, {
        'x-hub-signature-256': signature,
      });
      expect([name, status]).toEqual([name, 401]);
    }
    const empty = await deliver('', {
      'x-hub-signature-256': await sign(SECRET, body),
    });
    expect(empty.status).toBe(401);

    const large = await deliver(`{"text":"${'a'.repeat(1_000)}"}`);
    expect(large.status).toBe(413);
    expect(large.body.error.message).toBe(
      'The body is larger than 1000 bytes, which is what envoyGoPlugins.github.webhookMaxBodyBytes allows',
    );

    for (const [bad, headers, message] of [
      ['{"action":', {}, 'The body is not JSON'],
      ['payload=%7B%7D', {}, 'content type of the webhook'],
      ['[]', {}, 'no object'],
      ['null', {}, 'no object'],
      [body, { 'x-github-event': undefined }, 'Header "x-github-event"'],
      [body, { 'x-github-event': 'a/b' }, 'found "a/b"'],
      [body, { 'x-github-delivery': undefined }, 'Header "x-github-delivery"'],
    ] as const) {
      const response = await deliver(bad, headers);
      expect(response.status).toBe(400);
      expect(response.body.error.message).toContain(message);
    }
    await expect(countAll()).resolves.toBe(before);

    const unknown = await deliver(body, { 'x-github-event': 'invented' });
    expect(unknown.status).toBe(202);
    const odd = await deliver(
      '{"repository":{"id":1e99,"full_name":"\\u0000/a"},"action":{"a":1}}',
      { 'x-github-event': 'invented' },
    );
    expect(odd.status).toBe(202);
    await waitFor(async () =>
      expect(await store.list({ event: ['invented'] })).toMatchObject({
        states: [{ state: 'ignored', count: 2 }],
      }),
    );
  });

  it('says so when a delivery could not be stored', async () => {
    const { deliver, server } = await setUpOnce();
    const add = jest
      .spyOn(DatabaseDeliveryStore.prototype, 'add')
      .mockRejectedValueOnce(new Error('Connection terminated'));
    try {
      const { status, body } = await deliver('{}');
      expect(status).toBe(503);
      expect(body.error.message).toBe(
        'The delivery could not be stored; deliver it again',
      );
      expect((await deliver('{}')).status).toBe(202);
    } finally {
      add.mockRestore();
    }
    expect((await request(server).get(PATH)).status).toBe(404);
  });

  it.each([[{}], [{ webhooks: false, webhookSecret: SECRET }]])(
    'takes in nothing where it is configured as %j',
    async github => {
      const { deliver } = await setUp({ github });
      expect((await deliver('{}')).status).toBe(404);
    },
  );

  it('does not start without a secret', async () => {
    await expect(setUp({ github: { webhooks: true } })).rejects.toThrow(
      'envoyGoPlugins.github.webhookSecret: found none, or an empty one',
    );
  });

  it('keeps a delivery whose handler throws, dead, until it is replayed after the fix', async () => {
    const { deliver, server, knex } = await setUpOnce();
    const admin = '/api/envoy-go-plugins/admin/deliveries';
    const broken = jest
      .spyOn(DefaultRepositoryChanges.prototype, 'repositoryChanged')
      .mockRejectedValue(new TypeError('Cannot read what is not there'));
    const body = JSON.stringify({
      action: 'created',
      repository: {
        id: 7,
        full_name: 'envoy-plugins/broken',
        html_url: 'https://github.com/envoy-plugins/broken',
      },
    });
    const sent = { 'x-github-delivery': 'throws', 'x-github-event': 'star' };
    try {
      expect((await deliver(body, sent)).status).toBe(202);
      await waitFor(async () => {
        // Minutes pass between the attempts
        await knex('webhook_deliveries')
          .where({ delivery_id: 'throws', state: 'failed' })
          .update({ next_attempt_at: '2026-01-01T00:00:00.000Z' });
        const dead = await request(server).get(admin).query({ state: 'dead' });
        expect(dead.status).toBe(200);
        expect(dead.body).toMatchObject({
          totalItems: 1,
          items: [{ deliveryId: 'throws', state: 'dead', attempts: 6 }],
        });
      }, 90_000);
      const details = await request(server).get(`${admin}/throws`);
      expect(details.body).toMatchObject({
        body,
        error: expect.stringContaining(
          'TypeError: Cannot read what is not there',
        ),
      });
    } finally {
      broken.mockRestore();
    }

    // It did not stop the worker
    expect(
      (await deliver(body, { 'x-github-event': 'star' })).body.status,
    ).toBe('stored');
    const replay = await request(server)
      .post(`${admin}/replay`)
      .send({ query: { state: ['dead'] } });
    expect(replay.body).toEqual({ replayed: 1, refused: [] });
    await waitFor(async () => {
      const { body: handled } = await request(server).get(`${admin}/throws`);
      expect(handled).toMatchObject({ state: 'done', attempts: 1 });
      expect(handled.error).toBeUndefined();
    }, 60_000);
    await waitFor(async () => {
      const { body: list } = await request(server)
        .get(admin)
        .query({ repository: 'envoy-plugins/broken' });
      expect(list.states).toEqual([{ state: 'done', count: 2 }]);
    }, 60_000);
  });

  it.each(databases.eachSupportedId())(
    'shows a star soon after GitHub tells of it (%s)',
    async databaseId => {
      const emulator = await startGitHubEmulator({
        stateDir: directory.resolve(`state-${databaseId}`),
        seed: GITHUB_SEED,
      });
      try {
        const { deliver, server, store } = await setUp({
          databaseId,
          emulator,
        });
        const expectStars = (stars: number) =>
          waitFor(async () => {
            const { body } = await request(server).get(
              '/api/envoy-go-plugins/plugins',
            );
            expect(body.items).toMatchObject([{ stars }]);
          });
        await expectStars(2);

        const url = `${emulator.apiBaseUrl}/user/starred/envoy-plugins/token-auth`;
        const headers = { authorization: 'token author-token' };
        const { id } = await (
          await fetch(`${emulator.apiBaseUrl}/repos/envoy-plugins/token-auth`, {
            headers,
          })
        ).json();
        for (const [method, action, stars] of [
          ['PUT', 'created', 3],
          ['DELETE', 'deleted', 2],
        ] as const) {
          const { status } = await fetch(url, { method, headers });
          expect(status).toBe(204);
          const response = await deliver(
            JSON.stringify({
              action,
              repository: {
                id,
                // GitHub does not distinguish upper and lower case
                full_name: 'Envoy-Plugins/Token-Auth',
                html_url: `${emulator.url}/Envoy-Plugins/Token-Auth`,
              },
            }),
          );
          expect(response.status).toBe(202);
          await expectStars(stars);
        }

        // Many at once cost no more than one
        const before = emulator.requests().length;
        const body = JSON.stringify({
          ref: 'refs/heads/main',
          before: 'a'.repeat(40),
          after: 'b'.repeat(40),
          repository: {
            id,
            default_branch: 'main',
            full_name: 'envoy-plugins/token-auth',
            html_url: `${emulator.url}/envoy-plugins/token-auth`,
          },
        });
        await Promise.all(
          Array.from({ length: 30 }, () =>
            deliver(body, { 'x-github-event': 'push' }),
          ),
        );
        await waitFor(async () =>
          expect(await store.countByState()).toEqual({ done: 32 }),
        );
        expect(emulator.requests().length - before).toBeLessThan(30);
      } finally {
        await emulator.close();
      }
    },
  );
});
