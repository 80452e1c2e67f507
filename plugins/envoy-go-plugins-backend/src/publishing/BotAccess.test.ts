import { generateKeyPairSync } from 'node:crypto';
import { resolve } from 'node:path';
import {
  createMockDirectory,
  mockCredentials,
  mockServices,
} from '@backstage/backend-test-utils';
import {
  type GitHubEmulator,
  startGitHubEmulator,
} from '@envoy-go/github-emulator';
import knexFactory, { type Knex } from 'knex';
import {
  pluginFiles,
  publishingSeed,
  signedIn,
  startPublishing,
  submitRequest,
} from '../testing/publishingPortal';
import { waitFor } from '../testing/waitFor';

jest.setTimeout(120_000);

const KEY = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
}).privateKey;

const author = signedIn(
  mockCredentials.user('user:default/author'),
  'author-token',
);
const admin = signedIn(mockCredentials.user('user:default/admin'));

describe('a GitHub App as the bot', () => {
  const directory = createMockDirectory();
  let emulator: GitHubEmulator;
  let db: Knex;
  let portal: ReturnType<typeof startPublishing>;

  beforeAll(async () => {
    const seed = publishingSeed([
      { name: 'header-tag', files: pluginFiles('header-tag') },
      { name: 'team-tag', owner: 'makers', files: pluginFiles('team-tag') },
    ]);
    emulator = await startGitHubEmulator({
      stateDir: directory.resolve('state'),
      seed: {
        ...seed,
        apps: [
          {
            slug: 'envoy-portal',
            id: 7,
            owner: 'envoy-plugins',
            key: KEY,
            permissions: {
              actions: 'write',
              administration: 'write',
              contents: 'write',
              issues: 'write',
              members: 'read',
              pull_requests: 'write',
              repository_hooks: 'write',
              secrets: 'write',
              workflows: 'write',
            },
            installations: [{ account: 'envoy-plugins' }],
          },
        ],
      },
    });
    db = knexFactory({
      client: 'better-sqlite3',
      connection: { filename: ':memory:' },
      pool: { min: 1, max: 1 },
      useNullAsDefault: true,
    });
    await db.migrate.latest({
      directory: resolve(__dirname, '../../migrations'),
    });
    portal = startPublishing({
      gitHub: emulator,
      db,
      auth: mockServices.auth(),
      logger: mockServices.logger.mock(),
      apps: [
        {
          appId: 7,
          privateKey: KEY,
          clientId: 'Iv23portal',
          clientSecret: 'unused',
          webhookSecret: 'unused',
        },
      ],
    });
  });

  afterAll(async () => {
    await portal.stop();
    await emulator.close();
    await db.destroy();
  });

  async function ready(repository: string) {
    const { id } = await portal.requests.create(
      `${emulator.url}/${repository}`,
      author,
    );
    await waitFor(async () => {
      const { state, timeline } = await portal.requests.get(id, author);
      expect([state, timeline.at(-1)?.text]).toEqual([
        'ready',
        expect.any(String),
      ]);
    }, 60_000);
    return portal.requests.get(id, author);
  }

  it('knows itself, and publishes what its author hands over', async () => {
    const { id, bot } = await ready('author/header-tag');
    expect(bot).toMatchObject({
      bot: 'envoy-portal[bot]',
      kind: 'app',
      state: 'not-needed',
    });
    const { commit } = await submitRequest(portal.requests, id, author);
    await portal.requests.decide(id, { kind: 'approve', commit }, admin);
    await waitFor(async () => {
      const { allowedActions } = await portal.requests.get(id, author);
      expect(allowedActions).toContain('hand-over');
    }, 60_000);
    await portal.requests.handOver(id, author);
    await waitFor(async () => {
      const { state, steps } = await portal.requests.get(id, author);
      expect({
        state,
        errors: steps.flatMap(each => each.error ?? []),
      }).toEqual({ state: 'published', errors: [] });
    }, 60_000);
    const { discussionUrl } = await portal.requests.get(id, author);
    expect(discussionUrl).toContain('/envoy-plugins/plugin-requests/issues/');
    const { data: issue } = await portal.door
      .asUser({ host: emulator.host, token: 'friend-token' })
      .rest.issues.get({
        owner: 'envoy-plugins',
        repo: 'plugin-requests',
        issue_number: 1,
      });
    expect(issue.user?.login).toBe('envoy-portal[bot]');
  });

  it('has to be installed where an organisation owns the repository', async () => {
    const { id, bot, allowedActions } = await ready('makers/team-tag');
    expect(bot).toEqual({
      bot: 'envoy-portal[bot]',
      kind: 'app',
      state: 'missing',
      steps: [
        `Open ${emulator.url}/apps/envoy-portal/installations/new and choose makers.`,
        'Give it access to team-tag, and agree that it administers repositories.',
        expect.stringContaining('Check again'),
      ],
      url: `${emulator.url}/apps/envoy-portal/installations/new`,
    });
    expect(allowedActions).not.toContain('add-bot');
    expect(allowedActions).not.toContain('submit');
    await expect(submitRequest(portal.requests, id, author)).rejects.toThrow(
      'envoy-portal[bot] cannot do yet',
    );
    const { apps, accounts } = emulator.state;
    const makers = accounts.find('makers');
    expect(makers && apps.install(apps.get(7), makers)).toBeDefined();
    await expect(portal.requests.get(id, author)).resolves.toMatchObject({
      bot: { state: 'admin', steps: [] },
    });
  });
});

describe('an author who may not create repositories in the organisation', () => {
  const directory = createMockDirectory();

  it('is told so before it is their turn, and when they try', async () => {
    const emulator = await startGitHubEmulator({
      stateDir: directory.resolve('state'),
      seed: publishingSeed([
        { name: 'header-tag', files: pluginFiles('header-tag') },
      ]),
    });
    const db = knexFactory({
      client: 'better-sqlite3',
      connection: { filename: ':memory:' },
      pool: { min: 1, max: 1 },
      useNullAsDefault: true,
    });
    await db.migrate.latest({
      directory: resolve(__dirname, '../../migrations'),
    });
    const portal = startPublishing({
      gitHub: emulator,
      db,
      auth: mockServices.auth(),
      logger: mockServices.logger.mock(),
    });
    try {
      const github = portal.door.asUser({
        host: emulator.host,
        token: 'admin-token',
      }).rest;
      await github.orgs.update({
        org: 'envoy-plugins',
        members_can_create_repositories: false,
      });
      const { id } = await portal.requests.create(
        `${emulator.url}/author/header-tag`,
        author,
      );
      await waitFor(async () => {
        const { state } = await portal.requests.get(id, author);
        expect(state).toBe('ready');
      }, 60_000);
      const { bot } = await portal.requests.get(id, author);
      expect(bot.steps.at(-1)).toContain(
        'Before that: Members of envoy-plugins may not create public repositories',
      );
      const { commit } = await submitRequest(portal.requests, id, author);
      await portal.requests.decide(id, { kind: 'approve', commit }, admin);
      await waitFor(async () => {
        const { allowedActions } = await portal.requests.get(id, author);
        expect(allowedActions).toContain('hand-over');
      }, 60_000);
      await expect(portal.requests.handOver(id, author)).rejects.toThrow(
        'Have an owner allow it',
      );
      await github.orgs.removeMembershipForUser({
        org: 'envoy-plugins',
        username: 'author',
      });
      await expect(portal.requests.handOver(id, author)).rejects.toThrow(
        'author is no member of envoy-plugins',
      );
      // Somebody pushed: what was not reviewed is not moved
      await emulator.changes.push('author/header-tag', {
        by: 'author',
        files: { 'filter.go': 'package filter\n' },
      });
      await expect(portal.requests.handOver(id, author)).rejects.toThrow(
        'was reviewed',
      );
      const request = await portal.requests.get(id, author);
      expect(request).toMatchObject({ state: 'publishing' });
      expect(request.handOver?.acceptedAt).toBeUndefined();
    } finally {
      await portal.stop();
      await emulator.close();
      await db.destroy();
    }
  });
});
