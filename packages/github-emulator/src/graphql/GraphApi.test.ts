import { isError } from '@backstage/errors';
import { setupTestEmulator } from '../__testUtils__/setupTestEmulator';

// Git runs as a process for every step: slow where many tests run side by side.
jest.setTimeout(60_000);

describe('GraphApi', () => {
  const emulator = setupTestEmulator();

  async function ask(
    query: string,
    variables: Record<string, unknown> = {},
    login = 'author',
  ) {
    return await emulator
      .client(login)
      .graphql<Record<string, unknown>>(query, variables);
  }

  async function errors(
    query: string,
    variables: Record<string, unknown> = {},
    login = 'author',
  ) {
    try {
      await ask(query, variables, login);
    } catch (error) {
      if (isError(error) && Array.isArray(error.errors)) {
        return { errors: error.errors, data: error.data };
      }
      throw error;
    }
    throw new Error('There were no errors');
  }

  it('answers what the pages of a plugin show', async () => {
    const answer = await ask(
      `query ($owner: String!, $name: String!) {
        repository(owner: $owner, name: $name) {
          nameWithOwner stargazerCount viewerHasStarred isPrivate
          owner { __typename login }
          licenseInfo { spdxId }
          primaryLanguage { name }
          latestRelease { tagName publishedAt author { login } tagCommit { messageHeadline } }
          releases(first: 5) { totalCount nodes { tagName isPrerelease } }
          issues(first: 5, states: OPEN) { nodes { title author { login } labels(first: 3) { nodes { name } } comments(first: 5) { totalCount } } }
          pullRequests(first: 5, states: [OPEN]) { nodes { title headRefName isDraft } }
          refs(refPrefix: "refs/heads/", first: 10) { nodes { name target { oid } } }
          object(expression: "HEAD:cmd") { ... on Tree { entries { name type object { ... on Tree { entries { name } } } } } }
          defaultBranchRef { name target { ... on Commit { history(first: 1) { totalCount nodes { message author { email } } } } } }
          stargazers(first: 5) { edges { starredAt node { login } } }
        }
        viewer { login }
        rateLimit { limit cost remaining resetAt }
      }`,
      { owner: 'envoy-plugins', name: 'token-auth' },
    );
    expect(answer).toMatchObject({
      viewer: { login: 'author' },
      rateLimit: { limit: 5000, cost: 1, remaining: 4999 },
      repository: {
        nameWithOwner: 'envoy-plugins/token-auth',
        stargazerCount: 2,
        viewerHasStarred: false,
        owner: { __typename: 'Organization', login: 'envoy-plugins' },
        licenseInfo: { spdxId: 'Apache-2.0' },
        primaryLanguage: { name: 'Go' },
        latestRelease: {
          tagName: 'v1.0.0',
          author: { login: 'author' },
          tagCommit: { messageHeadline: 'Release v1.0.0' },
        },
        releases: { totalCount: 2 },
        issues: {
          nodes: [
            {
              title: 'Read the secret from a file',
              labels: { nodes: [{ name: 'enhancement' }] },
              comments: { totalCount: 1 },
            },
          ],
        },
        pullRequests: { nodes: [{ headRefName: 'contributor/docs' }] },
        refs: { nodes: [{ name: 'contributor/docs' }, { name: 'main' }] },
        object: {
          entries: [
            {
              name: 'envoy-module',
              object: { entries: [{ name: 'main.go' }] },
            },
          ],
        },
        defaultBranchRef: {
          name: 'main',
          target: { history: { totalCount: 2 } },
        },
        stargazers: { edges: [{ node: { login: 'admin' } }, {}] },
      },
    });
  });

  it('pages through connections by cursor, forward and backward', async () => {
    const page = async (given: string) => {
      const answer = await ask(
        `{ organization(login: "envoy-plugins") { membersWithRole(${given}) {
          totalCount nodes { login } edges { role cursor } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }`,
      );
      const organization: unknown = answer.organization;
      return Reflect.get(Object(organization), 'membersWithRole');
    };
    const seen: string[] = [];
    let cursor = '';
    for (;;) {
      const { nodes, pageInfo } = await page(`first: 2${cursor}`);
      seen.push(...nodes.map(({ login }: { login: string }) => login));
      if (!pageInfo.hasNextPage) {
        break;
      }
      cursor = `, after: "${pageInfo.endCursor}"`;
    }
    expect(seen).toEqual(['author', 'contributor', 'admin', 'portal-bot']);
    const last = await page('last: 1');
    expect(last).toMatchObject({
      totalCount: 4,
      nodes: [{ login: 'portal-bot' }],
      pageInfo: { hasNextPage: false, hasPreviousPage: true },
    });
    const before = await page(
      `last: 2, before: "${last.pageInfo.startCursor}"`,
    );
    expect(before.nodes).toEqual([
      { login: 'contributor' },
      { login: 'admin' },
    ]);
  });

  it('shows what is private to those who may see it', async () => {
    const query =
      '{ user(login: "author") { repositories(first: 10) { nodes { name } } } organization(login: "envoy-plugins") { teams(first: 10) { totalCount } } }';
    expect(await ask(query)).toMatchObject({
      user: { repositories: { nodes: [{ name: 'secret-plans' }] } },
      organization: { teams: { totalCount: 3 } },
    });
    expect(await ask(query, {}, 'outsider')).toMatchObject({
      user: { repositories: { nodes: [] } },
      organization: { teams: { totalCount: 0 } },
    });
  });

  it('finds things by their node id', async () => {
    const { data } = await emulator
      .client('author')
      .repos.get({ owner: 'envoy-plugins', repo: 'token-auth' });
    expect(
      await ask(
        'query ($id: ID!) { node(id: $id) { __typename id ... on Repository { name } } }',
        { id: data.node_id },
      ),
    ).toEqual({
      node: { __typename: 'Repository', id: data.node_id, name: 'token-auth' },
    });
  });

  it('names a field that it does not implement', async () => {
    const { errors: found } = await errors(
      '{ repository(owner: "envoy-plugins", name: "token-auth") { name fundingLinks { url } } }',
    );
    expect(found).toMatchObject([
      {
        type: 'NOT_IMPLEMENTED',
        message: 'GitHub emulator: Repository.fundingLinks is not implemented',
        path: ['repository', 'fundingLinks'],
      },
    ]);
  });

  it("holds queries to GitHub's schema and rules", async () => {
    const message = async (query: string) =>
      (await errors(query)).errors.map(error => error.message);
    expect(await message('{ nonsense }')).toEqual([
      expect.stringMatching(/^Cannot query field "nonsense" on type "Query"/),
    ]);
    expect(await message('{ viewer {')).toEqual([
      'Syntax Error: Expected Name, found <EOF>.',
    ]);
    const repositories = (given: string) =>
      message(`{ viewer { repositories${given} { nodes { id } } } }`);
    expect(await repositories('')).toEqual([
      'You must provide a `first` or `last` value to properly paginate the `repositories` connection.',
    ]);
    expect(await repositories('(first: 101)')).toEqual([
      'Requesting 101 records on the `repositories` connection exceeds the `first` limit of 100 records.',
    ]);
    expect(await repositories('(first: 1, after: "x")')).toEqual([
      '`x` does not appear to be a valid cursor.',
    ]);
  });

  it('says what it cannot resolve, and gives the rest', async () => {
    const answer = await errors(
      '{ viewer { login } organization(login: "nope") { id } }',
    );
    expect(answer).toMatchObject({
      data: { viewer: { login: 'author' }, organization: null },
      errors: [
        {
          type: 'NOT_FOUND',
          path: ['organization'],
          message:
            "Could not resolve to an Organization with the login of 'nope'.",
        },
      ],
    });
  });

  it('gives null and an error for each of many that is not there', async () => {
    const { data: repository } = await emulator
      .client('author')
      .repos.get({ owner: 'envoy-plugins', repo: 'token-auth' });
    const answer = await errors(
      `query ($ids: [ID!]!) {
        nodes(ids: $ids) { id ... on Repository { databaseId nameWithOwner } }
        r0: repository(owner: "envoy-plugins", name: "token-auth") { name }
        r1: repository(owner: "envoy-plugins", name: "gone") { name }
      }`,
      { ids: ['R_bm9wZQ', repository.node_id, 'nonsense'] },
    );
    expect(answer).toMatchObject({
      data: {
        nodes: [null, { databaseId: repository.id }, null],
        r0: { name: 'token-auth' },
        r1: null,
      },
      errors: [
        { type: 'NOT_FOUND', path: ['nodes', 0] },
        { type: 'NOT_FOUND', path: ['nodes', 2] },
        {
          type: 'NOT_FOUND',
          path: ['r1'],
          message:
            "Could not resolve to a Repository with the name 'envoy-plugins/gone'.",
        },
      ],
    });
  });

  it('answers the facts of a batch of repositories', async () => {
    const client = emulator.client('author');
    const place = { owner: 'envoy-plugins', repo: 'token-auth' };
    const { data: release } = await client.repos.getReleaseByTag({
      ...place,
      tag: 'v1.0.0',
    });
    await client.repos.uploadReleaseAsset({
      ...place,
      release_id: release.id,
      name: 'plugin.so',
      data: 'bytes',
      headers: { 'content-type': 'application/octet-stream' },
      baseUrl: `${emulator.url}/api/uploads`,
    });
    const { repository } = await ask(
      `{ repository(owner: "envoy-plugins", name: "token-auth") {
        visibility isPrivate isArchived isDisabled isEmpty isFork forkCount
        issues(states: OPEN) { totalCount }
        pullRequests(states: OPEN) { totalCount }
        releases(first: 1, orderBy: { field: CREATED_AT, direction: ASC }) {
          totalCount pageInfo { hasNextPage } nodes { tagName isLatest isPrerelease updatedAt }
        }
        latestRelease { releaseAssets(first: 5) { totalCount nodes { name size downloadCount contentType downloadUrl } } }
        refs(refPrefix: "refs/tags/", first: 10, orderBy: { field: TAG_COMMIT_DATE, direction: DESC }) {
          totalCount nodes { name target { oid ... on Tag { target { oid } } ... on Commit { committedDate } } }
        }
        object(expression: "HEAD:README.md") { ... on Blob { text byteSize isBinary } }
      } }`,
    );
    expect(repository).toMatchObject({
      visibility: 'PUBLIC',
      isEmpty: false,
      issues: { totalCount: 1 },
      pullRequests: { totalCount: 1 },
      releases: {
        totalCount: 2,
        pageInfo: { hasNextPage: true },
        nodes: [{ tagName: 'v0.9.0', isLatest: false, isPrerelease: true }],
      },
      latestRelease: {
        releaseAssets: {
          totalCount: 1,
          nodes: [
            {
              name: 'plugin.so',
              size: 5,
              contentType: 'application/octet-stream',
            },
          ],
        },
      },
      refs: { totalCount: 2, nodes: [{ name: 'v1.0.0' }, { name: 'v0.9.0' }] },
      object: { text: '# Token auth\n', byteSize: 13, isBinary: false },
    });
  });

  it('refuses to give more than it can', async () => {
    const { errors: found } = await errors(
      '{ viewer { repositories(first: 100) { nodes { issues(first: 100) { nodes { comments(first: 100) { totalCount } } } } } } }',
    );
    expect(found).toMatchObject([{ type: 'MAX_NODE_LIMIT_EXCEEDED' }]);
  });

  it('counts points by what a query asks for', async () => {
    const answer = await ask(
      '{ rateLimit { cost } organization(login: "envoy-plugins") { repositories(first: 100) { nodes { issues(first: 100) { nodes { labels(first: 40) { totalCount } } } } } } }',
    );
    // (1 + 100 + 100 × 100) requests / 100
    expect(answer.rateLimit).toEqual({ cost: 101 });
  });

  it('wants a token', async () => {
    const response = await emulator.fetch('/api/graphql', {
      method: 'POST',
      body: JSON.stringify({ query: '{ viewer { login } }' }),
    });
    expect(response.status).toBe(401);
  });

  it('stars, and commits on a branch', async () => {
    const { data } = await emulator
      .client('author')
      .repos.get({ owner: 'envoy-plugins', repo: 'token-auth' });
    const star = async (mutation: string) =>
      await ask(
        `mutation ($id: ID!) { ${mutation}(input: { starrableId: $id }) { starrable { stargazerCount viewerHasStarred } } }`,
        { id: data.node_id },
      );
    expect(await star('addStar')).toEqual({
      addStar: { starrable: { stargazerCount: 3, viewerHasStarred: true } },
    });
    expect(await star('removeStar')).toEqual({
      removeStar: { starrable: { stargazerCount: 2, viewerHasStarred: false } },
    });
    const head = await emulator.client('author').git.getRef({
      owner: 'envoy-plugins',
      repo: 'token-auth',
      ref: 'heads/main',
    });
    const commit = async (expectedHeadOid: string) =>
      await ask(
        'mutation ($input: CreateCommitOnBranchInput!) { createCommitOnBranch(input: $input) { commit { oid messageHeadline } } }',
        {
          input: {
            branch: {
              repositoryNameWithOwner: 'envoy-plugins/token-auth',
              branchName: 'main',
            },
            message: { headline: 'By mutation' },
            fileChanges: {
              additions: [
                {
                  path: 'x.txt',
                  contents: Buffer.from('x').toString('base64'),
                },
              ],
              deletions: [{ path: 'LICENSE' }],
            },
            expectedHeadOid,
          },
        },
      );
    expect(await commit(head.data.object.sha)).toMatchObject({
      createCommitOnBranch: { commit: { messageHeadline: 'By mutation' } },
    });
    await expect(commit(head.data.object.sha)).rejects.toThrow(
      /expectedHeadOid/,
    );
  });
});
