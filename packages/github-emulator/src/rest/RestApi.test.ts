import { refusal, setupTestEmulator } from '../__testUtils__/setupTestEmulator';

describe('RestApi', () => {
  let now = new Date('2026-11-22T12:00:00Z');
  const emulator = setupTestEmulator({
    clock: () => now,
    rateLimits: { core: 300, anonymous: 5, codeSearch: 2 },
  });
  const repository = { owner: 'envoy-plugins', repo: 'token-auth' };

  it('knows who a token speaks for, however it is given', async () => {
    const basic = Buffer.from('x-access-token:author-token').toString('base64');
    for (const authorization of [
      'token author-token',
      'Bearer author-token',
      `Basic ${basic}`,
    ]) {
      const response = await emulator.fetch('/api/v3/user', {
        headers: { authorization },
      });
      expect(await response.json()).toMatchObject({ login: 'author' });
      expect(response.headers.get('x-oauth-scopes')).toContain('repo');
    }
  });

  it('refuses a token that it does not know, and none where one is needed', async () => {
    const wrong = await emulator.fetch('/api/v3/user', {
      headers: { authorization: 'token nonsense' },
    });
    expect(wrong.status).toBe(401);
    expect(await wrong.json()).toMatchObject({ message: 'Bad credentials' });
    expect(await refusal(emulator.client().users.getAuthenticated())).toEqual({
      status: 401,
      message: 'Requires authentication',
      fields: [],
    });
  });

  it('names the endpoint that it does not implement, and knows that some do not exist', async () => {
    expect(
      await refusal(emulator.client('author').repos.getViews(repository)),
    ).toMatchObject({
      status: 501,
      message:
        'GitHub emulator: GET /repos/{owner}/{repo}/traffic/views is not implemented',
    });
    expect(
      await refusal(emulator.client('author').request('GET /no/such/thing')),
    ).toMatchObject({ status: 404, message: 'Not Found' });
    expect(
      await refusal(
        emulator
          .client('author')
          .request('PATCH /repos/{owner}/{repo}/readme', repository),
      ),
    ).toMatchObject({ status: 404 });
  });

  it('says what is wrong with a body', async () => {
    const post = (body: string) =>
      emulator.fetch('/api/v3/user/repos', {
        method: 'POST',
        login: 'author',
        body,
      });
    const broken = await post('{');
    expect([broken.status, await broken.json()]).toEqual([
      400,
      expect.objectContaining({ message: 'Problems parsing JSON' }),
    ]);
    const text = await post('"x"');
    expect([text.status, await text.json()]).toEqual([
      400,
      expect.objectContaining({ message: 'Body should be a JSON object' }),
    ]);
    const missing = await post('{}');
    expect([missing.status, await missing.json()]).toEqual([
      422,
      expect.objectContaining({
        message: 'Invalid request.\n\n"name" wasn\'t supplied.',
      }),
    ]);
    const wrong = await post('{"name": 5}');
    expect(await wrong.json()).toMatchObject({
      message: "Invalid request.\n\nFor 'properties/name', 5 is not a string.",
    });
  });

  describe('pages', () => {
    it('links from one to the next until everything was shown', async () => {
      const client = emulator.client('author');
      for (let at = 1; at <= 7; at += 1) {
        await client.issues.createLabel({ ...repository, name: `label-${at}` });
      }
      const names = await client.paginate(
        client.issues.listLabelsForRepo,
        { ...repository, per_page: 5 },
        ({ data }) => data.map(({ name }) => name),
      );
      expect(names).toHaveLength(14);
      expect(new Set(names).size).toBe(14);
    });

    it('names the page before, after, first and last', async () => {
      const response = await emulator.fetch(
        '/api/v3/repos/envoy-plugins/token-auth/labels?per_page=5&page=2',
        { login: 'author' },
      );
      const base = `${emulator.url}/api/v3/repos/envoy-plugins/token-auth/labels?per_page=5&page=`;
      expect(response.headers.get('link')).toBe(
        [
          `<${base}1>; rel="prev"`,
          `<${base}3>; rel="next"`,
          `<${base}3>; rel="last"`,
          `<${base}1>; rel="first"`,
        ].join(', '),
      );
    });

    it('has no link when all is on one page, and gives at most 100', async () => {
      const response = await emulator.fetch(
        '/api/v3/repos/envoy-plugins/token-auth/labels?per_page=5000',
        { login: 'author' },
      );
      expect(response.headers.get('link')).toBeNull();
      expect(await response.json()).toHaveLength(14);
    });
  });

  describe('entity tags', () => {
    it('answers 304 for what did not change, and does not count it', async () => {
      const client = emulator.client('author');
      const first = await client.repos.get(repository);
      const before = Number(first.headers['x-ratelimit-remaining']);
      const again = await emulator.fetch(
        '/api/v3/repos/envoy-plugins/token-auth',
        {
          login: 'author',
          headers: { 'if-none-match': first.headers.etag ?? '' },
        },
      );
      expect(again.status).toBe(304);
      expect(await again.text()).toBe('');
      expect(Number(again.headers.get('x-ratelimit-remaining'))).toBe(before);
    });

    it('answers anew once it changed', async () => {
      const client = emulator.client('author');
      const { headers } = await client.repos.get(repository);
      await emulator
        .client('admin')
        .activity.unstarRepoForAuthenticatedUser(repository);
      const again = await emulator.fetch(
        '/api/v3/repos/envoy-plugins/token-auth',
        { login: 'author', headers: { 'if-none-match': headers.etag ?? '' } },
      );
      expect(again.status).toBe(200);
      expect(await again.json()).toMatchObject({ stargazers_count: 1 });
    });
  });

  describe('rate limits', () => {
    const left = async (login?: string) => {
      const { data } = await emulator.client(login).rateLimit.get();
      return data.resources.core;
    };

    it('count down by account, and begin anew when the hour is over', async () => {
      const before = await left('contributor');
      await emulator.client('contributor').repos.get(repository);
      await emulator.client('contributor').repos.get(repository);
      const after = await left('contributor');
      expect(before.remaining - after.remaining).toBe(2);
      expect(after.used).toBe(before.used + 2);
      expect(after.limit).toBe(300);
      now = new Date(now.getTime() + 3_601_000);
      expect(await left('contributor')).toMatchObject({
        remaining: 300,
        used: 0,
      });
    });

    it('refuse once nothing is left, but still tell how things stand', async () => {
      const anonymous = () =>
        emulator.fetch('/api/v3/repos/envoy-plugins/token-auth');
      let last = await anonymous();
      while (last.headers.get('x-ratelimit-remaining') !== '0') {
        last = await anonymous();
      }
      const refused = await anonymous();
      expect(refused.status).toBe(403);
      expect(refused.headers.get('x-ratelimit-remaining')).toBe('0');
      expect(await refused.json()).toMatchObject({
        message: expect.stringMatching(/^API rate limit exceeded for /),
      });
      expect(await left()).toMatchObject({ remaining: 0, limit: 5 });
      expect((await left('admin')).remaining).toBeGreaterThan(0);
    });

    it('are apart for code searches', async () => {
      const search = () =>
        emulator.client('author').search.code({
          q: 'filename:README.md repo:envoy-plugins/token-auth',
        });
      await search();
      await search();
      expect(await refusal(search())).toMatchObject({ status: 403 });
      expect((await left('author')).remaining).toBeGreaterThan(0);
    });
  });

  it('lets browsers of other origins ask', async () => {
    const preflight = await emulator.fetch('/api/v3/user', {
      method: 'OPTIONS',
      headers: {
        origin: 'http://localhost:3000',
        'access-control-request-method': 'PUT',
        'access-control-request-headers': 'authorization',
      },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe('*');
    expect(preflight.headers.get('access-control-allow-methods')).toContain(
      'PUT',
    );
    const answer = await emulator.fetch('/api/v3/user', { login: 'author' });
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    expect(answer.headers.get('access-control-expose-headers')).toContain(
      'Link',
    );
  });

  it('has logged who asked for what', () => {
    expect(emulator.running.requests()).toContainEqual({
      method: 'GET',
      path: '/user',
      query: '',
      endpoint: '/user',
      status: 200,
      cost: 1,
      login: 'author',
    });
  });
});
