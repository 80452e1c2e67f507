import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
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
import { buildSchema, parse, validate } from 'graphql';
import type { Knex } from 'knex';
import { GITHUB_SEED, PORTAL_TOKEN } from '../testing/gitHubSeed';
import { DefaultGitHubDoor } from './DefaultGitHubDoor';
import { REPOSITORY_NAME_QUERY, repositoryQuery } from './repositoryQuery';
import type { RepositoryPointer } from './RepositorySnapshot';

jest.setTimeout(180_000);

const TOKEN_AUTH = { owner: 'envoy-plugins', name: 'token-auth' };
const BARE = { owner: 'envoy-plugins', name: 'bare' };
const NONE = { owner: 'envoy-plugins', name: 'none' };
const SMALL = Array.from({ length: 6 }, (_, index) => ({
  owner: 'author',
  name: `small-${index}`,
}));

/** Where a door keeps what it knows of GitHub; those that refer to another come first. */
const KEPT = [
  'github_responses',
  'github_usage',
  'github_budgets',
  'github_credentials',
];

/** Of a package that only exports it to ES modules. */
function gitHubSchema(): string {
  const file = (require.resolve.paths('@octokit/graphql-schema') ?? [])
    .map(folder => join(folder, '@octokit/graphql-schema/schema.graphql'))
    .find(existsSync);
  return readFileSync(file ?? '', 'utf8');
}

describe('reading repositories', () => {
  const databases = TestDatabases.create({ ids: ['SQLITE_3'] });
  const directory = createMockDirectory();
  const clock = { now: new Date() };
  let emulator: GitHubEmulator;
  let knex: Knex;
  let door: DefaultGitHubDoor;

  beforeAll(async () => {
    knex = await databases.init('SQLITE_3');
    await knex.migrate.latest({
      directory: resolve(__dirname, '../../migrations'),
    });
    emulator = await startGitHubEmulator({
      stateDir: directory.resolve('state'),
      clock: () => clock.now,
      seed: {
        ...GITHUB_SEED,
        repositories: [
          ...(GITHUB_SEED.repositories ?? []),
          ...SMALL.map(at => ({
            ...at,
            author: 'author',
            files: { 'README.md': '# Small\n' },
          })),
        ],
      },
    });
  });

  beforeEach(async () => {
    clock.now = new Date();
    emulator.faults.clear();
    emulator.restoreRateLimits({ forget: true });
    emulator.resetUsage();
    for (const table of KEPT) {
      await knex(table).delete();
    }
    door = DefaultGitHubDoor.create({
      db: knex,
      integrations: ScmIntegrations.fromConfig(
        new ConfigReader({
          integrations: {
            github: [
              {
                host: emulator.host,
                apiBaseUrl: emulator.apiBaseUrl,
                token: PORTAL_TOKEN,
              },
            ],
          },
        }),
      ),
      logger: mockServices.logger.mock(),
      timeoutMs: 20_000,
      now: () => clock.now,
    });
  });

  afterEach(async () => {
    await door.stop();
  });

  afterAll(async () => {
    await emulator.close();
  });

  const read = (...repositories: RepositoryPointer[]) =>
    door.readRepositories({ host: emulator.host, repositories, lane: 'sweep' });

  async function nodeIdOf(at: { owner: string; name: string }) {
    const [reading] = await read(at);
    if (reading.outcome !== 'found') {
      throw new Error(`${at.owner}/${at.name} was not found`);
    }
    return reading.repository.nodeId;
  }

  it('asks what the schema of GitHub has', () => {
    const gitHub = buildSchema(gitHubSchema(), {
      assumeValid: true,
      assumeValidSDL: true,
    });
    for (const query of [
      repositoryQuery([{ nodeId: 'R_1' }, TOKEN_AUTH, BARE]).query,
      REPOSITORY_NAME_QUERY,
    ]) {
      expect(validate(gitHub, parse(query))).toEqual([]);
    }
  });

  it('reads by name and by node id, and tells who is missing', async () => {
    const nodeId = await nodeIdOf(TOKEN_AUTH);
    emulator.resetUsage();
    const readings = await read(
      NONE,
      { nodeId },
      BARE,
      { nodeId: 'R_none' },
      TOKEN_AUTH,
    );
    expect(readings.map(({ outcome }) => outcome)).toEqual([
      'missing',
      'found',
      'found',
      'missing',
      'found',
    ]);
    expect(readings[4]).toEqual(readings[1]);
    expect(emulator.usage()).toMatchObject({
      graphqlRequests: 1,
      graphqlPoints: 1,
      rest: 0,
    });
    expect(readings[1]).toEqual({
      outcome: 'found',
      repository: {
        host: emulator.host,
        id: expect.any(Number),
        nodeId,
        ...TOKEN_AUTH,
        url: `${emulator.url}/envoy-plugins/token-auth`,
        visibility: 'public',
        archived: false,
        stars: 2,
        forks: 0,
        license: 'Apache-2.0',
        defaultBranch: 'main',
        headCommit: expect.stringMatching(/^[0-9a-f]{40}$/),
        pushedAt: expect.stringMatching(/Z$/),
        updatedAt: expect.stringMatching(/Z$/),
        description: undefined,
        openIssues: 1,
        openPullRequests: 1,
        branches: 2,
        tags: 3,
        releases: {
          total: 3,
          newest: [
            expect.objectContaining({ tag: 'v1.1.0-rc.1', prerelease: true }),
            expect.objectContaining({
              tag: 'v1.0.0',
              notes: 'For good.',
              draft: false,
              author: 'author',
              commit: expect.stringMatching(/^[0-9a-f]{40}$/),
            }),
            expect.objectContaining({ tag: 'v0.9.0' }),
          ],
        },
        asOf: clock.now.toISOString(),
      },
    });
  });

  it('asks for fewer where GitHub does not answer for many, and remembers', async () => {
    emulator.faults.limitGraphqlRepositories(2);
    const readings = await read(...SMALL, TOKEN_AUTH, BARE);
    expect(readings.map(({ outcome }) => outcome)).toEqual(
      Array(8).fill('found'),
    );
    // 8, then 4, then four times 2
    expect(emulator.usage()).toMatchObject({ graphqlRequests: 6, rest: 0 });
    emulator.resetUsage();
    await read(...SMALL.slice(0, 2));
    expect(emulator.usage()).toMatchObject({ graphqlRequests: 1 });
  });

  it.each([
    ['status', { type: 'status' as const, status: 502 }],
    ['cut', { type: 'cut' as const }],
    [
      'words',
      {
        type: 'status' as const,
        status: 200,
        body: '{"data":null,"errors":[{"message":"Something went wrong while executing your query."}]}',
        headers: { 'content-type': 'application/json' },
      },
    ],
  ])(
    'reads over REST what GraphQL cannot, and says the same (%s)',
    async (_, fault) => {
      const byGraph = await read(TOKEN_AUTH, BARE, NONE);
      emulator.faults.add({ kind: 'graphql', fault, times: Infinity });
      emulator.resetUsage();
      const byRest = await read(TOKEN_AUTH, BARE, NONE);
      expect(byRest).toEqual(byGraph);
      expect(emulator.usage().rest).toBeGreaterThan(8);
    },
  );

  it('reads over REST by node id where a query for its name is answered', async () => {
    const nodeId = await nodeIdOf(TOKEN_AUTH);
    emulator.faults.add({
      kind: 'graphql',
      fault: { type: 'status', status: 504 },
      times: 1,
    });
    await expect(read({ nodeId })).resolves.toMatchObject([
      { outcome: 'found', repository: { nodeId, name: 'token-auth' } },
    ]);
    expect(emulator.usage().rest).toBeGreaterThan(0);
  });

  it('gives up soon where GitHub does not answer at all', async () => {
    emulator.faults.add({
      fault: { type: 'status', status: 503 },
      times: Infinity,
    });
    const readings = await read(...SMALL, TOKEN_AUTH);
    expect(readings).toEqual(
      Array(7).fill({
        outcome: 'unanswered',
        reason: `GitHub at ${emulator.host} answered 503.`,
        retryAt: new Date(clock.now.getTime() + 15_000),
      }),
    );
    // 7, 3 and 1, and 1 twice more, each of them over REST too
    const { graphqlRequests, rest } = emulator.usage();
    expect(graphqlRequests + rest).toBe(8);
  });

  it('asks for no more once the budget is used up, and keeps what it has', async () => {
    emulator.faults.limitGraphqlRepositories(2);
    emulator.setRateLimits({ graphql: 4 });
    const readings = await read(...SMALL);
    // 6 and 3 are too many; three times 1 leaves what sweeps have to leave
    const unanswered = {
      outcome: 'unanswered',
      reason: expect.stringContaining('kept for events and pages'),
      retryAt: expect.any(Date),
    };
    expect(readings).toEqual([
      ...Array(3).fill(expect.objectContaining({ outcome: 'found' })),
      ...Array(3).fill(unanswered),
    ]);
    emulator.resetUsage();
    await expect(read(TOKEN_AUTH)).resolves.toEqual([unanswered]);
    expect(emulator.usage()).toMatchObject({ graphqlRequests: 0, rest: 0 });
  });
});
