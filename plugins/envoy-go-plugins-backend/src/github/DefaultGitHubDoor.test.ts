import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import {
  TestDatabases,
  createMockDirectory,
  mockServices,
} from '@backstage/backend-test-utils';
import { ConfigReader } from '@backstage/config';
import { ScmIntegrations } from '@backstage/integration';
import {
  type GitHubEmulator,
  startGitHubEmulator,
} from '@envoy-go/github-emulator';
import type { Knex } from 'knex';
import { resolve } from 'node:path';
import { GITHUB_SEED, PORTAL_TOKEN } from '../testing/gitHubSeed';
import { DefaultGitHubDoor } from './DefaultGitHubDoor';

jest.setTimeout(60_000);

const TOKEN_AUTH = { owner: 'envoy-plugins', repo: 'token-auth' };
const APP_ID = 77;
const { publicKey, privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});

describe('DefaultGitHubDoor', () => {
  const databases = TestDatabases.create({ ids: ['SQLITE_3', 'POSTGRES_18'] });
  const directory = createMockDirectory();
  const clock = { now: new Date() };
  const doors: DefaultGitHubDoor[] = [];
  let emulator: GitHubEmulator;
  let knex: Knex;

  beforeAll(async () => {
    emulator = await startGitHubEmulator({
      stateDir: directory.resolve('state'),
      clock: () => clock.now,
      seed: {
        ...GITHUB_SEED,
        apps: [
          {
            slug: 'portal',
            id: APP_ID,
            owner: 'admin',
            key: publicKey,
            permissions: {
              metadata: 'read',
              contents: 'read',
              issues: 'read',
              pull_requests: 'read',
            },
            installations: [{ account: 'envoy-plugins' }],
          },
        ],
      },
    });
  });

  beforeEach(async () => {
    clock.now = new Date();
    emulator.faults.clear();
    emulator.restoreRateLimits({ forget: true });
    emulator.resetUsage();
  });

  afterEach(async () => {
    await Promise.all(doors.splice(0).map(door => door.stop()));
  });

  afterAll(async () => {
    await emulator.close();
  });

  async function setUp(databaseId = databases.eachSupportedId()[0][0]) {
    knex = await databases.init(databaseId);
    await knex.migrate.latest({
      directory: resolve(__dirname, '../../migrations'),
    });
  }

  function later(seconds: number) {
    clock.now = new Date(clock.now.getTime() + seconds * 1000);
  }

  /** As one replica of the portal has it. */
  function newDoor(
    options: {
      credentials?: object;
      host?: string;
      apiBaseUrl?: string;
      timeoutMs?: number;
    } = {},
  ): DefaultGitHubDoor {
    const { host = emulator.host, timeoutMs = 20_000 } = options;
    const door = DefaultGitHubDoor.create({
      db: knex,
      integrations: ScmIntegrations.fromConfig(
        new ConfigReader({
          integrations: {
            github: [
              {
                host,
                apiBaseUrl: options.apiBaseUrl ?? emulator.apiBaseUrl,
                ...(options.credentials ?? { token: PORTAL_TOKEN }),
              },
            ],
          },
        }),
      ),
      logger: mockServices.logger.mock(),
      timeoutMs,
      now: () => clock.now,
    });
    doors.push(door);
    return door;
  }

  const app = {
    apps: [
      {
        appId: APP_ID,
        clientId: 'client',
        clientSecret: 'secret',
        privateKey,
      },
    ],
  };

  const asPortal = (
    door: DefaultGitHubDoor,
    lane: 'urgent' | 'page' | 'sweep' = 'urgent',
  ) => door.asPortal({ host: emulator.host, owner: 'envoy-plugins', lane });

  const sent = () => {
    const usage = emulator.usage();
    return usage.rest + usage.graphqlRequests;
  };

  describe.each(databases.eachSupportedId())('with %s', databaseId => {
    beforeEach(() => setUp(databaseId));

    it('keeps answers, and pays nothing for those that did not change', async () => {
      const first = await asPortal(newDoor()).rest.repos.get(TOKEN_AUTH);
      // Another replica
      const second = await asPortal(newDoor()).rest.repos.get(TOKEN_AUTH);
      expect(second.status).toBe(200);
      expect(second.data).toEqual(first.data);
      expect(second.headers.etag).toBe(first.headers.etag);
      expect(emulator.usage()).toMatchObject({
        rest: 2,
        conditional304: 1,
        restCost: 1,
      });
    });

    it('stops sweeps first, then pages, and events at the end', async () => {
      emulator.setRateLimits({ core: 100 });
      const door = newDoor();
      const ask = (lane: 'urgent' | 'page' | 'sweep') =>
        asPortal(door, lane).rest.repos.listBranches({
          ...TOKEN_AUTH,
          // Another question each time
          per_page: 1,
          page: sent() + 1,
        });
      const askUntilRefused = async (lane: 'urgent' | 'page' | 'sweep') => {
        for (;;) {
          await ask(lane);
        }
      };
      await expect(askUntilRefused('sweep')).rejects.toMatchObject({
        name: 'ServiceUnavailableError',
        reason: 'budget',
        message: expect.stringMatching(
          /^Of the portal's 100 requests to GitHub \(core, token of localhost:\d+\) 20 are left until \d\d:\d\d UTC, and those are kept for events and pages\.$/,
        ),
      });
      expect(sent()).toBe(80);
      await expect(askUntilRefused('page')).rejects.toMatchObject({
        reason: 'budget',
      });
      expect(sent()).toBe(95);
      await expect(askUntilRefused('urgent')).rejects.toMatchObject({
        reason: 'budget',
        message: expect.stringContaining('are used up until'),
      });
      expect(sent()).toBe(100);
      // GitHub itself had to refuse nothing
      expect(
        emulator
          .requests()
          .slice(-100)
          .every(({ status }) => status < 400),
      ).toBe(true);
      later(3601);
      await ask('sweep');
      expect(sent()).toBe(101);
    });

    it('tells the other replicas that nothing is left, who then ask nothing', async () => {
      const [one, other] = [newDoor(), newDoor()];
      await asPortal(other).rest.repos.get(TOKEN_AUTH);
      emulator.setRateLimits({ core: 0 });
      const resetAt = new Date(
        emulator.state.rateLimiter.state('account:1', 'core').reset * 1000,
      );
      await expect(
        asPortal(one).rest.repos.listTags(TOKEN_AUTH),
      ).rejects.toMatchObject({ reason: 'budget' });
      const before = sent();
      later(1);
      const refused = await asPortal(other)
        .rest.repos.listTags(TOKEN_AUTH)
        .catch(error => error);
      expect(refused).toMatchObject({ reason: 'budget' });
      expect(
        Math.abs(refused.retryAt.getTime() - resetAt.getTime()),
      ).toBeLessThan(5_000);
      await expect(
        asPortal(one).rest.repos.get(TOKEN_AUTH),
      ).rejects.toMatchObject({ reason: 'budget' });
      expect(sent()).toBe(before);
      emulator.restoreRateLimits();
      later(3601);
      await asPortal(other).rest.repos.get(TOKEN_AUTH);
    });

    it('pauses in all replicas for as long as GitHub asks', async () => {
      const [one, other] = [newDoor(), newDoor()];
      await asPortal(other).rest.repos.get(TOKEN_AUTH);
      emulator.faults.add({
        fault: { type: 'secondary-rate-limit', retryAfter: 90 },
      });
      const until = new Date(clock.now.getTime() + 90_000);
      await expect(
        asPortal(one).rest.repos.get(TOKEN_AUTH),
      ).rejects.toMatchObject({
        reason: 'paused',
        retryAt: until,
        message: expect.stringContaining('to slow down'),
      });
      const before = sent();
      later(1);
      for (const door of [one, other]) {
        await expect(
          asPortal(door).rest.repos.get(TOKEN_AUTH),
        ).rejects.toMatchObject({ reason: 'paused', retryAt: until });
        await expect(
          asPortal(door).graphql('{ viewer { login } }'),
        ).rejects.toMatchObject({ reason: 'paused', retryAt: until });
      }
      expect(sent()).toBe(before);
      const [budget] = await other.budgets.list();
      expect(budget).toMatchObject({
        pausedUntil: until.toISOString(),
        pauseReason: expect.stringContaining('to slow down'),
        lanes: [
          { lane: 'urgent', open: false },
          { lane: 'page', open: false },
          { lane: 'sweep', open: false },
        ],
      });
      later(90);
      await asPortal(other).rest.repos.get(TOKEN_AUTH);
    });

    it('pauses longer each time where GitHub does not say how long', async () => {
      const door = newDoor();
      emulator.faults.add({
        fault: { type: 'secondary-rate-limit', retryAfter: 'none' },
        times: 3,
      });
      for (const seconds of [60, 120, 240]) {
        await expect(
          asPortal(door).rest.repos.get(TOKEN_AUTH),
        ).rejects.toMatchObject({
          reason: 'paused',
          retryAt: new Date(clock.now.getTime() + seconds * 1000),
        });
        later(seconds);
      }
      await asPortal(door).rest.repos.get(TOKEN_AUTH);
    });

    it('tells administrators what was used, by lane and time', async () => {
      const [one, other] = [newDoor(), newDoor()];
      clock.now = new Date(Math.ceil(clock.now.getTime() / 300_000) * 300_000);
      await asPortal(one, 'urgent').rest.repos.get(TOKEN_AUTH);
      await asPortal(other, 'page').rest.repos.get(TOKEN_AUTH);
      await asPortal(one, 'sweep').graphql('{ viewer { login } }');
      await one.stop();
      await other.stop();
      later(300);
      await asPortal(other, 'sweep').rest.repos.listTags(TOKEN_AUTH);
      await other
        .asUser({ host: emulator.host, token: 'author-token' })
        .rest.users.getAuthenticated();
      const budgets = await other.budgets.list();
      const at = (minutes: number) =>
        new Date(clock.now.getTime() + minutes * 60_000).toISOString();
      const label = `token of ${emulator.host}`;
      expect(budgets).toEqual([
        expect.objectContaining({
          label,
          host: emulator.host,
          resource: 'core',
          limit: 5000,
          remaining: 4998,
          history: [
            {
              at: at(-5),
              used: { urgent: 1, page: 0, sweep: 0 },
              notModified: 1,
            },
            {
              at: at(0),
              used: { urgent: 0, page: 0, sweep: 1 },
              notModified: 0,
            },
          ],
        }),
        expect.objectContaining({
          label,
          resource: 'graphql',
          remaining: 4999,
          lanes: [
            { lane: 'urgent', open: true },
            { lane: 'page', open: true },
            { lane: 'sweep', open: true },
          ],
          history: [
            {
              at: at(-5),
              used: { urgent: 0, page: 0, sweep: 1 },
              notModified: 0,
            },
          ],
        }),
      ]);
      expect(JSON.stringify(await knex('github_credentials'))).not.toContain(
        'token-',
      );
      later(25 * 3600);
      await expect(newDoor().budgets.list()).resolves.toEqual([]);
    });
  });

  describe('with one database', () => {
    beforeEach(() => setUp());

    it('pages through lists whose pages are kept', async () => {
      const names = async () => {
        const octokit = asPortal(newDoor());
        const releases = await octokit.paginate(
          octokit.rest.repos.listReleases,
          { ...TOKEN_AUTH, per_page: 1 },
        );
        return releases.map(({ tag_name }) => tag_name);
      };
      const first = await names();
      expect(first).toHaveLength(3);
      await expect(names()).resolves.toEqual(first);
      expect(emulator.usage()).toMatchObject({
        rest: 6,
        conditional304: 3,
        restCost: 3,
      });
    });

    it('keeps the same address apart by media type', async () => {
      const octokit = asPortal(newDoor());
      const read = async (format: string) =>
        (
          await octokit.rest.repos.getReadme({
            ...TOKEN_AUTH,
            mediaType: { format },
          })
        ).data;
      const json = await read('json');
      const raw = await read('raw');
      expect(json).toMatchObject({ encoding: 'base64' });
      expect(raw).toBe('# Token auth – größer\n');
      await expect(read('json')).resolves.toEqual(json);
      await expect(read('raw')).resolves.toBe(raw);
      expect(emulator.usage().conditional304).toBe(2);
    });

    it('forgets what it was not asked for in a month', async () => {
      const door = newDoor();
      await asPortal(door).rest.repos.listTags(TOKEN_AUTH);
      await asPortal(door).rest.repos.get(TOKEN_AUTH);
      const kept = async () =>
        (await knex('github_responses').orderBy('url')).map(({ url }) =>
          new URL(url).pathname.replace(/.*token-auth/, ''),
        );
      await expect(kept()).resolves.toEqual(['', '/tags']);
      later(20 * 24 * 3600);
      await asPortal(door).rest.repos.get(TOKEN_AUTH);
      later(15 * 24 * 3600);
      await asPortal(door).rest.repos.listBranches(TOKEN_AUTH);
      await expect(kept()).resolves.toEqual(['', '/branches']);
    });

    it('never keeps what somebody asked with a token of their own', async () => {
      const door = newDoor();
      const user = door.asUser({ host: emulator.host, token: 'author-token' });
      for (const _ of [1, 2]) {
        const { data } = await user.rest.users.getAuthenticated();
        expect(data.login).toBe('author');
      }
      await door.stop();
      expect(emulator.usage().conditional304).toBe(0);
      await expect(knex('github_responses')).resolves.toEqual([]);
      await expect(knex('github_credentials')).resolves.toMatchObject([
        {
          kind: 'user',
          label: `somebody who is signed in at ${emulator.host}`,
        },
      ]);
      await expect(
        door
          .asUser({ host: emulator.host, token: 'expired' })
          .rest.users.getAuthenticated(),
      ).rejects.toThrow(
        new RegExp(
          `^GitHub at ${emulator.host} does not accept this sign-in any more \\(Bad credentials\\); sign in with GitHub again\\.$`,
        ),
      );
    });

    it.each([
      ['NotFoundError', { status: 404 }],
      ['NotFoundError', { status: 451 }],
      ['NotAllowedError', { status: 403, body: '{"message":"No"}' }],
      ['AuthenticationError', { status: 401 }],
      ['InputError', { status: 422, body: '{"message":"No"}' }],
      ['ConflictError', { status: 409 }],
      ['ServiceUnavailableError', { status: 502 }],
    ])('throws a %s for %p', async (name, answer) => {
      emulator.faults.add({ fault: { type: 'status', ...answer } });
      await expect(
        asPortal(newDoor()).rest.repos.get(TOKEN_AUTH),
      ).rejects.toMatchObject({
        name,
        message: expect.stringContaining(`GitHub at ${emulator.host} `),
      });
    });

    it('does not take an answer that breaks off for a whole one', async () => {
      emulator.faults.add({ fault: { type: 'truncate', bytes: 20 } });
      await expect(
        asPortal(newDoor()).rest.repos.get(TOKEN_AUTH),
      ).rejects.toMatchObject({ reason: 'unreachable' });
      await asPortal(newDoor()).rest.repos.get(TOKEN_AUTH);
    });

    it('does not wait for ever, nor for longer than whoever asks', async () => {
      const server = createServer(() => {});
      await new Promise<void>(done => {
        server.listen(0, '127.0.0.1', done);
      });
      const address = server.address();
      const host = `localhost:${
        typeof address === 'object' && address ? address.port : 0
      }`;
      try {
        const door = newDoor({
          host,
          apiBaseUrl: `http://${host}/api/v3`,
          timeoutMs: 50,
        });
        const ask = (signal?: AbortSignal) =>
          door
            .asPortal({ host, lane: 'page', signal })
            .rest.repos.get(TOKEN_AUTH);
        await expect(ask()).rejects.toMatchObject({
          reason: 'timed-out',
          message: `GitHub at ${host} did not answer for 0.05 s.`,
        });
        await expect(ask(AbortSignal.abort(new Error('Gone')))).rejects.toThrow(
          'Gone',
        );
        await expect(
          door.readRepositories({
            host,
            repositories: [{ owner: 'a', name: 'b' }],
            lane: 'page',
            signal: AbortSignal.abort(new Error('Gone')),
          }),
        ).rejects.toThrow('Gone');
      } finally {
        server.closeAllConnections();
        server.close();
      }
      await expect(
        newDoor({ host, apiBaseUrl: `http://${host}/api/v3` })
          .asPortal({ host, lane: 'page' })
          .rest.repos.get(TOKEN_AUTH),
      ).rejects.toMatchObject({ reason: 'unreachable' });
    });

    it('knows the hosts of the configuration, and no others', () => {
      const door = newDoor();
      expect(door.hosts()).toEqual([emulator.host, 'github.com']);
      expect(door.integrates('github.com')).toBe(true);
      expect(door.integrates('example.org')).toBe(false);
      expect(() =>
        door.asPortal({ host: 'example.org', lane: 'page' }),
      ).toThrow(/no integration for GitHub at example\.org/);
    });

    it('asks as an installation of its GitHub App, with a new token when one is refused', async () => {
      const door = newDoor({ credentials: app });
      const { data } = await asPortal(door).rest.repos.get(TOKEN_AUTH);
      expect(data.full_name).toBe('envoy-plugins/token-auth');
      // As good as expired
      await asPortal(door).rest.apps.revokeInstallationAccessToken();
      await asPortal(door).rest.repos.listTags(TOKEN_AUTH);
      expect(
        emulator.usage().byEndpoint[
          'POST /app/installations/{installation_id}/access_tokens'
        ],
      ).toBe(2);
      await expect(door.budgets.list()).resolves.toMatchObject([
        {
          label: `GitHub App ${APP_ID}, installation on envoy-plugins`,
          resource: 'core',
        },
      ]);
      await expect(
        door
          .asPortal({ host: emulator.host, lane: 'page' })
          .rest.apps.getAuthenticated(),
      ).resolves.toMatchObject({ data: { id: APP_ID } });
      await expect(
        door.readRepositories({
          host: emulator.host,
          repositories: [
            { nodeId: data.node_id },
            { owner: 'envoy-plugins', name: 'bare' },
          ],
          lane: 'sweep',
        }),
      ).resolves.toMatchObject([
        { outcome: 'found', repository: { name: 'token-auth' } },
        { outcome: 'found', repository: { name: 'bare' } },
      ]);
    });

    it('says what is wrong with credentials that GitHub refuses', async () => {
      const door = newDoor({ credentials: { token: 'wrong' } });
      await expect(
        asPortal(door).rest.repos.get(TOKEN_AUTH),
      ).rejects.toMatchObject({
        name: 'AuthenticationError',
        message: `GitHub at ${emulator.host} refuses the portal's credentials, token of ${emulator.host} (Bad credentials); integrations.github in its configuration names them.`,
      });
    });

    it('throws where GraphQL gives nothing, with what it says', async () => {
      const octokit = asPortal(newDoor());
      await expect(
        octokit.graphql(
          '{ repository(owner: "envoy-plugins", name: "none") { id } }',
        ),
      ).rejects.toMatchObject({ name: 'NotFoundError' });
      emulator.setRateLimits({ graphql: 0 });
      await expect(
        octokit.graphql('{ viewer { login } }'),
      ).rejects.toMatchObject({ reason: 'budget', retryAt: expect.any(Date) });
    });
  });
});
