import {
  TestDatabases,
  createMockDirectory,
  mockServices,
} from '@backstage/backend-test-utils';
import { ConfigReader } from '@backstage/config';
import { ScmIntegrations } from '@backstage/integration';
import type { EnvoyGoPluginEntity } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import {
  type GitHubEmulator,
  startGitHubEmulator,
} from '@envoy-go/github-emulator';
import { Octokit } from '@octokit/rest';
import { DatabaseGitHubResponseStore, DefaultGitHubClient } from '../github';
import { GITHUB_SEED, PORTAL_TOKEN } from '../testing/gitHubSeed';
import { testPlugin, testRef } from '../testing/testPlugin';
import { UnreliableProxy } from '../testing/UnreliableProxy';
import { waitFor } from '../testing/waitFor';
import { DatabasePluginStore } from './DatabasePluginStore';
import { GitHubPluginFacts } from './GitHubPluginFacts';
import { PluginFactsRefresher } from './PluginFactsRefresher';

jest.setTimeout(60_000);

describe('GitHubPluginFacts', () => {
  const databases = TestDatabases.create({ ids: ['SQLITE_3', 'POSTGRES_18'] });
  const directory = createMockDirectory();
  let emulator: GitHubEmulator;
  let proxy: UnreliableProxy;
  let host: string;

  beforeAll(async () => {
    emulator = await startGitHubEmulator({
      stateDir: directory.resolve('state'),
      seed: GITHUB_SEED,
    });
    proxy = new UnreliableProxy(emulator.url);
    host = await proxy.start();
  });

  beforeEach(() => {
    proxy.mode = 'pass';
    proxy.requests = 0;
  });

  afterAll(async () => {
    await proxy.stop();
    await emulator.close();
  });

  async function setUp(databaseId = databases.eachSupportedId()[0][0]) {
    const knex = await databases.init(databaseId);
    const store = await DatabasePluginStore.create({
      database: mockServices.database({ knex }),
      knownEnvoyVersions: ['1.38'],
      integrates: () => true,
    });
    const clock = { now: new Date('2026-11-22T14:02:10Z') };
    const responses = new DatabaseGitHubResponseStore(knex);
    const logger = mockServices.logger.mock();
    const newClient = (timeoutMs = 20_000) =>
      new DefaultGitHubClient({
        integrations: ScmIntegrations.fromConfig(
          new ConfigReader({
            integrations: {
              github: [
                {
                  host,
                  apiBaseUrl: `http://${host}/api/v3`,
                  token: PORTAL_TOKEN,
                },
              ],
            },
          }),
        ),
        responses,
        logger,
        freshForMs: 60_000,
        timeoutMs,
        now: () => clock.now,
      });
    const newFacts = (timeoutMs?: number) =>
      new GitHubPluginFacts({ github: newClient(timeoutMs), store, logger });
    const later = (seconds: number) => {
      clock.now = new Date(clock.now.getTime() + seconds * 1000);
    };
    return { store, responses, logger, clock, later, newClient, newFacts };
  }

  function onGitHub(name: string): EnvoyGoPluginEntity {
    return testPlugin(name, {
      metadata: {
        annotations: {
          'github.com/project-slug': `envoy-plugins/${name}`,
          'backstage.io/managed-by-location': `url:http://${host}/envoy-plugins/${name}/tree/main/catalog-info.yaml`,
        },
      },
    });
  }

  const tokenAuth = () => onGitHub('token-auth');

  it.each(databases.eachSupportedId())(
    'says what GitHub says of a repository (%s)',
    async databaseId => {
      const { newFacts, clock } = await setUp(databaseId);
      const facts = newFacts();
      const asOf = clock.now.toISOString();
      await expect(facts.findRepository(tokenAuth())).resolves.toEqual({
        asOf,
        value: {
          slug: 'envoy-plugins/token-auth',
          url: `${emulator.url}/envoy-plugins/token-auth`,
          stars: 2,
          forks: 0,
          openIssues: 2,
          license: 'Apache-2.0',
          defaultBranch: 'main',
          archived: false,
          pushedAt: expect.stringMatching(/Z$/),
        },
      });
      await expect(facts.getReadme(tokenAuth())).resolves.toEqual({
        asOf,
        value: {
          content: '# Token auth – größer\n',
          url: expect.stringContaining('/blob/main/README.md'),
          rawUrl: expect.stringContaining('README.md'),
        },
      });
      const releases = await facts.getReleases(tokenAuth());
      expect(releases).toMatchObject({
        asOf,
        value: [
          { tag: 'v1.1.0-rc.1', prerelease: true },
          { tag: 'v1.0.0', prerelease: false, notes: 'For good.' },
          { tag: 'v0.9.0', commit: expect.stringMatching(/^[0-9a-f]{40}$/) },
        ],
      });
      await expect(facts.getDiscussions(tokenAuth())).resolves.toMatchObject({
        asOf,
        value: [
          {
            type: 'pull-request',
            title: 'Explain tokens',
            author: 'contributor',
            draft: true,
            comments: 0,
          },
          {
            type: 'issue',
            title: 'Read the secret from a file',
            labels: [
              { name: 'enhancement', color: expect.stringMatching(/^\w{6}$/) },
            ],
            comments: 1,
          },
        ],
      });
    },
  );

  it('keeps to itself the token with which GitHub lets a private file be downloaded', async () => {
    const { newClient, store, logger } = await setUp();
    const client = newClient();
    const { getReadme } = client;
    // https://docs.github.com/rest/repos/contents#get-repository-content: the emulator has no such tokens
    client.getReadme = async repository => {
      const { value, ...rest } = await getReadme(repository);
      return {
        ...rest,
        value: value && {
          ...value,
          download_url: `${value.download_url}?token=secret`,
        },
      };
    };
    const facts = new GitHubPluginFacts({ github: client, store, logger });
    const { value } = await facts.getReadme(tokenAuth());
    expect(value?.rawUrl).toMatch(/\/README\.md$/);
  });

  it('knows a repository without README, releases and discussions', async () => {
    const { newFacts } = await setUp();
    const facts = newFacts();
    const bare = onGitHub('bare');
    await expect(facts.getReadme(bare)).resolves.toMatchObject({
      value: undefined,
    });
    await expect(facts.getReleases(bare)).resolves.toMatchObject({ value: [] });
    await expect(facts.getDiscussions(bare)).resolves.toMatchObject({
      value: [],
    });
    await facts.getReadme(bare);
    expect(proxy.requests).toBe(4);
  });

  it('asks again after a minute only, and then whether something changed', async () => {
    const { newFacts, later } = await setUp();
    const facts = newFacts();
    const first = await facts.findRepository(tokenAuth());
    later(60);
    await expect(newFacts().findRepository(tokenAuth())).resolves.toEqual(
      first,
    );
    expect(proxy.requests).toBe(1);
    later(1);
    const again = await facts.findRepository(tokenAuth());
    expect(again).toMatchObject({ value: first?.value });
    expect(again?.asOf).not.toBe(first?.asOf);
    expect(proxy.requests).toBe(2);
    expect(proxy.lastStatus).toBe(304);
  });

  it('shows a change after a minute', async () => {
    const { newFacts, later } = await setUp();
    const facts = newFacts();
    const bare = onGitHub('bare');
    const author = new Octokit({
      baseUrl: emulator.apiBaseUrl,
      auth: 'author-token',
    });
    const repo = { owner: 'envoy-plugins', repo: 'bare' };
    await expect(facts.findRepository(bare)).resolves.toMatchObject({
      value: { stars: 0 },
    });
    await author.rest.activity.starRepoForAuthenticatedUser(repo);
    await expect(facts.findRepository(bare)).resolves.toMatchObject({
      value: { stars: 0 },
    });
    later(61);
    await expect(facts.findRepository(bare)).resolves.toMatchObject({
      value: { stars: 1 },
    });
    await author.rest.activity.unstarRepoForAuthenticatedUser(repo);
  });

  it('asks once for many who want to know the same', async () => {
    const { newFacts } = await setUp();
    const facts = newFacts();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => facts.getReadme(tokenAuth())),
    );
    expect(new Set(answers.map(answer => answer.value?.content)).size).toBe(1);
    expect(proxy.requests).toBe(1);
  });

  it('shows what it knew while GitHub does not answer, without waiting twice', async () => {
    const { newFacts, later } = await setUp();
    const known = await newFacts().getReadme(tokenAuth());
    const facts = newFacts(1_500);
    later(120);
    proxy.mode = 'hang';
    const stale = {
      ...known,
      staleReason:
        'GitHub did not answer for 1.5 s. Showing what we knew at 14:02 UTC.',
    };
    await expect(facts.getReadme(tokenAuth())).resolves.toEqual(stale);
    expect(proxy.requests).toBe(2);
    await expect(facts.getReadme(tokenAuth())).resolves.toEqual(stale);
    await expect(facts.getReleases(tokenAuth())).rejects.toThrow(
      'GitHub did not answer for 1.5 s. Nothing is known from earlier; try again in a minute.',
    );
    expect(proxy.requests).toBe(2);
    await expect(facts.findRepository(tokenAuth())).resolves.toBeUndefined();

    later(16);
    proxy.mode = 'pass';
    const fresh = await facts.getReadme(tokenAuth());
    expect(fresh.staleReason).toBeUndefined();
    expect(fresh.value).toEqual(known.value);
  });

  it.each([
    [{ status: 502 }, 'GitHub answered 502.'],
    [
      { status: 401 },
      `refuses the portal's credentials (401); integrations.github in its configuration names them.`,
    ],
    [{ status: 403 }, `refuses the portal's credentials (403)`],
    [
      { status: 403, headers: { 'retry-after': '120' } },
      `The portal's requests to GitHub are used up until 14:06 UTC.`,
    ],
    [
      {
        status: 403,
        headers: {
          'x-ratelimit-remaining': '0',
          'x-ratelimit-reset': String(
            Date.parse('2026-11-22T14:45:00Z') / 1000,
          ),
        },
      },
      `The portal's requests to GitHub are used up until 14:45 UTC.`,
    ],
    [{ status: 429 }, `The portal's requests to GitHub are used up until`],
    [{ status: 404 }, 'does not have this repository, or does not show it'],
  ])('says why it could not be fresher: %j', async (mode, reason) => {
    const { newFacts, later } = await setUp();
    const facts = newFacts();
    const known = await facts.getReleases(tokenAuth());
    later(120);
    proxy.mode = mode;
    const stale = await facts.getReleases(tokenAuth());
    expect(stale.value).toEqual(known.value);
    expect(stale.asOf).toBe(known.asOf);
    expect(stale.staleReason).toContain(reason);
    expect(stale.staleReason).toContain('Showing what we knew at 14:02 UTC.');
  });

  it('says that GitHub cannot be reached', async () => {
    const { newFacts } = await setUp();
    const gone = new UnreliableProxy(emulator.url);
    const goneHost = await gone.start();
    await gone.stop();
    const github = new DefaultGitHubClient({
      integrations: ScmIntegrations.fromConfig(
        new ConfigReader({
          integrations: {
            github: [{ host: goneHost, apiBaseUrl: `http://${goneHost}/api` }],
          },
        }),
      ),
      responses: (await setUp()).responses,
      logger: mockServices.logger.mock(),
      freshForMs: 1,
      timeoutMs: 5_000,
      now: () => new Date(),
    });
    await expect(
      github.getReadme({ host: goneHost, owner: 'a', name: 'b' }),
    ).rejects.toThrow(`GitHub could not be reached at ${goneHost}.`);
    await expect(newFacts().getReadme(testPlugin('nowhere'))).rejects.toThrow(
      'It is not known where envoygoplugin:default/nowhere is on GitHub',
    );
  });

  it('says that there is no such repository', async () => {
    const { newFacts } = await setUp();
    const facts = newFacts();
    await expect(facts.getReleases(onGitHub('unknown'))).rejects.toThrow(
      /does not have this repository.*\(envoy-plugins\/unknown\)/,
    );
    await expect(
      facts.findRepository(onGitHub('unknown')),
    ).resolves.toBeUndefined();
  });

  describe('PluginFactsRefresher', () => {
    async function setUpRefresher(batchSize = 10) {
      const context = await setUp();
      const refresher = new PluginFactsRefresher({
        store: context.store,
        facts: context.newFacts(),
        responses: context.responses,
        logger: context.logger,
        batchSize,
        refreshAfterMs: 300_000,
        now: () => context.clock.now,
      });
      const summaries = async () =>
        (await context.store.listPlugins({})).items.map(
          ({ name, stars, latestRelease, factsAsOf }) => ({
            name,
            stars,
            release: latestRelease?.tag,
            factsAsOf,
          }),
        );
      return { ...context, refresher, summaries };
    }

    it('stores stars and the latest release that is no pre-release', async () => {
      const { store, refresher, summaries, clock } = await setUpRefresher();
      await store.upsert([tokenAuth(), onGitHub('bare'), testPlugin('local')]);
      await refresher.refreshStalest();
      const factsAsOf = clock.now.toISOString();
      await expect(summaries()).resolves.toEqual([
        { name: 'bare', stars: 0, release: undefined, factsAsOf },
        { name: 'local' },
        { name: 'token-auth', stars: 2, release: 'v1.0.0', factsAsOf },
      ]);
      const asked = proxy.requests;
      await refresher.refreshStalest();
      expect(proxy.requests).toBe(asked);
    });

    it('asks about some plugins at a time, and about all of them in the end', async () => {
      const { store, refresher, summaries, later } = await setUpRefresher(1);
      await store.upsert([tokenAuth(), onGitHub('bare')]);
      await refresher.refreshStalest();
      expect(
        (await summaries()).filter(plugin => plugin.factsAsOf),
      ).toHaveLength(1);
      later(1);
      await refresher.refreshStalest();
      expect(
        (await summaries()).filter(plugin => plugin.factsAsOf),
      ).toHaveLength(2);
    });

    it('goes on with others when one cannot be asked about, and keeps what is stored', async () => {
      const { store, refresher, summaries, later, clock } =
        await setUpRefresher();
      await store.upsert([onGitHub('unknown'), tokenAuth()]);
      await refresher.refreshStalest();
      const before = await summaries();
      expect(before).toMatchObject([
        { name: 'token-auth', stars: 2 },
        { name: 'unknown', stars: undefined },
      ]);
      later(301);
      proxy.mode = { status: 500 };
      await refresher.refreshStalest();
      await expect(summaries()).resolves.toEqual(before);
      expect(before[0].factsAsOf).not.toBe(clock.now.toISOString());
    });

    it('asks about new plugins at once, and about those that came meanwhile', async () => {
      const { store, refresher, summaries } = await setUpRefresher(1);
      await store.upsert([tokenAuth()]);
      refresher.refreshSoon();
      await store.upsert([onGitHub('bare')]);
      refresher.refreshSoon();
      await waitFor(async () =>
        expect((await summaries()).map(plugin => plugin.stars)).toEqual([0, 2]),
      );
      await refresher.stop();
      await store.upsert([onGitHub('unknown')]);
      refresher.refreshSoon();
      await refresher.stop();
      await expect(
        store.getStalestFacts({ before: '', limit: 9 }),
      ).resolves.toHaveLength(1);
    });

    it('forgets what it was not asked about for a month', async () => {
      const { store, responses, refresher, later } = await setUpRefresher();
      await store.upsert([tokenAuth()]);
      await refresher.refreshStalest();
      const url = `http://${host}/api/v3/repos/envoy-plugins/token-auth`;
      await expect(responses.get(url)).resolves.toBeDefined();
      await store.delete([testRef('token-auth')]);
      later(31 * 24 * 3600);
      await refresher.refreshStalest();
      await expect(responses.get(url)).resolves.toBeUndefined();
    });
  });
});
