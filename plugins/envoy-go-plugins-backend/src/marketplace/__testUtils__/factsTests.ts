import {
  type TestDatabaseId,
  type TestDatabases,
  createMockDirectory,
  mockCredentials,
  mockServices,
} from '@backstage/backend-test-utils';
import type { SignalPayload } from '@backstage/plugin-signals-node';
import {
  type GitHubEmulator,
  startGitHubEmulator,
} from '@envoy-go/github-emulator';
import { Octokit } from '@octokit/rest';
import type { Knex } from 'knex';
import { pluginOnGitHub, startFactsPortal } from '../../testing/factsPortal';
import { GITHUB_SEED } from '../../testing/gitHubSeed';

/** All that facts are kept in. */
const TABLES = [
  'github_budgets',
  'github_credentials',
  'github_responses',
  'github_usage',
  'plugin_details',
  'plugin_repositories',
  'plugins',
  // Referred to by the plugins
  'plugin_groups',
  'repositories',
  'repository_activity',
  'repository_parts',
  'repository_readers',
  'repository_releases',
  'repository_stargazers',
];

/** Somebody who asks the marketplace. */
export const asUser = (name: string) => ({
  credentials: mockCredentials.user(`user:default/${name}`),
});

/** Somebody who has no account on GitHub. */
export const anybody = asUser('guest');

/** The name of a plugin. */
export const locate = (name: string) => ({ namespace: 'default', name });

/** Those that say that a plugin changed; that something is new at all is said some time later. */
export const aboutPlugins = (signals: SignalPayload[]) =>
  signals.filter(({ message }) => message.type === 'plugin-changed');

/** What {@link prepareFactsTests} sets up. */
export type FactsTest = Awaited<
  ReturnType<ReturnType<typeof prepareFactsTests>['setUp']>
>;

/**
 * Has the tests of a file share a GitHub, where each has an organisation of its own, and a
 * database, which each finds empty.
 */
export function prepareFactsTests(databases: TestDatabases) {
  const directory = createMockDirectory();
  const clock = { now: new Date() };
  const knexes = new Map<TestDatabaseId, Knex>();
  let emulator: GitHubEmulator;
  let organizations = 0;
  let stop: (() => Promise<void>) | undefined;

  beforeAll(async () => {
    emulator = await startGitHubEmulator({
      stateDir: directory.resolve('state'),
      seed: {
        // Commits are whose email they have
        accounts: GITHUB_SEED.accounts.map(account => ({
          ...account,
          email: `${account.login}@example.org`,
        })),
        tokens: GITHUB_SEED.tokens,
      },
      clock: () => clock.now,
    });
  });

  afterEach(async () => {
    await stop?.();
    stop = undefined;
    emulator.faults.clear();
    emulator.restoreRateLimits({ forget: true });
  });

  afterAll(async () => {
    await emulator.close();
  });

  async function emptyDatabase(databaseId: TestDatabaseId): Promise<Knex> {
    const known = knexes.get(databaseId);
    if (!known) {
      const knex = await databases.init(databaseId);
      knexes.set(databaseId, knex);
      return knex;
    }
    for (const table of TABLES) {
      await known(table).delete();
    }
    return known;
  }

  function newOrganization(): string {
    organizations += 1;
    const { accounts } = emulator.state;
    const { id, login } = accounts.create({
      login: `envoy-plugins-${organizations}`,
      type: 'Organization',
    });
    const join = (member: string, role: 'admin' | 'member') =>
      accounts.setMembership(id, accounts.find(member)?.id ?? 0, role);
    join('admin', 'admin');
    join('portal-bot', 'admin');
    join('author', 'member');
    return login;
  }

  /**
   * @param options - `plugins` has names of repositories, of which `token-auth` and `bare`
   *   are on GitHub; `swept` is whether GitHub was asked for all of them
   */
  async function setUp(
    options: {
      databaseId?: TestDatabaseId;
      plugins?: string[];
      swept?: boolean;
    } = {},
  ) {
    const {
      databaseId = databases.eachSupportedId()[0][0],
      plugins = ['token-auth'],
      swept = true,
    } = options;
    // Never back: GitHub remembers
    clock.now = new Date(Math.max(Date.now(), clock.now.getTime() + 1000));
    const owner = newOrganization();
    const tokenAuth = { owner, repo: 'token-auth' };
    await plantTokenAuth(emulator, tokenAuth);
    if (plugins.includes('bare')) {
      await emulator.plant({
        owner,
        author: 'author',
        count: 1,
        name: () => 'bare',
        files: { 'main.go': 'package main\n' },
      });
    }
    const logger = mockServices.logger.mock();
    const portal = await startFactsPortal({
      emulator,
      knex: await emptyDatabase(databaseId),
      auth: mockServices.auth(),
      logger,
      clock,
    });
    stop = portal.stop;
    await portal.plugins.upsert(
      plugins.map(name => pluginOnGitHub(emulator, name, { owner })),
    );
    if (swept) {
      await portal.sweep.sweep();
    }
    const { data } = await portal.onGitHub().rest.repos.get(tokenAuth);
    portal.later(1);
    emulator.resetUsage();
    return {
      ...portal,
      emulator,
      logger,
      clock,
      /** The organisation. */
      owner,
      /** Makes another one, and returns its login. */
      newOrganization,
      /** The repository of the plugin `token-auth`. */
      tokenAuth,
      /** What every change of it says that happens now. */
      change: () => ({
        host: emulator.host,
        id: data.id,
        fullName: data.full_name,
        at: clock.now.toISOString(),
      }),
      /** Answers with what is asked from now on. */
      requestsFromNow: () => {
        const before = emulator.requests().length;
        return () => emulator.requests().slice(before);
      },
    };
  }

  return { setUp };
}

/** Makes a repository that has a history. */
async function plantTokenAuth(
  emulator: GitHubEmulator,
  repository: { owner: string; repo: string },
): Promise<void> {
  const [seeded] = GITHUB_SEED.repositories ?? [];
  await emulator.plant({
    owner: repository.owner,
    author: 'author',
    count: 1,
    name: () => repository.repo,
    files: seeded.files ?? {},
    releases: seeded.releases?.map(({ daysAgo = 0, ...release }) => ({
      ...release,
      daysAgo,
    })),
    stars: seeded.stars,
  });
  const { rest } = new Octokit({
    baseUrl: emulator.apiBaseUrl,
    auth: 'author-token',
  });
  const { data: issue } = await rest.issues.create({
    ...repository,
    title: 'Read the secret from a file',
    labels: ['enhancement'],
  });
  await rest.issues.createComment({
    ...repository,
    issue_number: issue.number,
    body: 'Good idea.',
  });
  const { data: main } = await rest.repos.getBranch({
    ...repository,
    branch: 'main',
  });
  await rest.git.createRef({
    ...repository,
    ref: 'refs/heads/docs',
    sha: main.commit.sha,
  });
  await rest.repos.createOrUpdateFileContents({
    ...repository,
    branch: 'docs',
    path: 'docs/tokens.md',
    message: 'Explain tokens',
    content: Buffer.from('# Tokens\n').toString('base64'),
  });
  await rest.pulls.create({
    ...repository,
    title: 'Explain tokens',
    head: 'docs',
    base: 'main',
    draft: true,
  });
}
