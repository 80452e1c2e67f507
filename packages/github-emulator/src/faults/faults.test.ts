import { setupTestEmulator } from '../__testUtils__/setupTestEmulator';

const PLUGIN = '/api/v3/repos/envoy-plugins/token-auth';

describe('faults', () => {
  const emulator = setupTestEmulator();

  afterEach(() => {
    emulator.running.faults.clear();
    emulator.running.restoreRateLimits({ forget: true });
  });

  const get = (path = PLUGIN) => emulator.fetch(path, { login: 'author' });

  const graphql = (query: string) =>
    emulator.fetch('/api/graphql', {
      method: 'POST',
      login: 'author',
      body: JSON.stringify({ query }),
    });

  it('answer a number of matching requests with a status, and leave others alone', async () => {
    const fault = emulator.running.faults.add({
      kind: 'rest',
      method: 'GET',
      path: '/repos/envoy-plugins/token-auth',
      skip: 1,
      times: 2,
      fault: { type: 'status', status: 503 },
    });
    expect((await get('/api/v3/user')).status).toBe(200);
    const statuses = [];
    for (let at = 0; at < 4; at += 1) {
      statuses.push((await get()).status);
    }
    expect(statuses).toEqual([200, 503, 503, 200]);
    expect(fault.count).toBe(2);
    expect(emulator.running.requests().slice(-4)).toMatchObject([
      { status: 200 },
      { status: 503, fault: 'status', cost: 0 },
      { status: 503 },
      { status: 200, cost: 1 },
    ]);
  });

  it('can go on until they are taken away', async () => {
    const fault = emulator.running.faults.add({
      path: /^\/repos\//,
      times: Infinity,
      fault: { type: 'secondary-rate-limit', status: 429, retryAfter: 2 },
    });
    const response = await get();
    expect(response.status).toBe(429);
    expect(response.headers.get('retry-after')).toBe('2');
    expect(await response.json()).toMatchObject({
      message: expect.stringMatching(
        /^You have exceeded a secondary rate limit/,
      ),
    });
    expect((await get()).status).toBe(429);
    fault.remove();
    expect((await get()).status).toBe(200);
  });

  it('cut connections, and bodies in their midst', async () => {
    emulator.running.faults.add({ fault: { type: 'cut' } });
    await expect(get()).rejects.toThrow();
    emulator.running.faults.add({ fault: { type: 'truncate', bytes: 20 } });
    const response = await get();
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow();
  });

  it('lose the answer of what took effect', async () => {
    const star = '/api/v3/user/starred/envoy-plugins/token-auth';
    emulator.running.faults.add({
      method: 'PUT',
      takesEffect: true,
      fault: { type: 'status', status: 502 },
    });
    const put = () => emulator.fetch(star, { method: 'PUT', login: 'author' });
    expect((await get(star)).status).toBe(404);
    expect((await put()).status).toBe(502);
    expect((await get(star)).status).toBe(204);
    emulator.running.faults.add({
      method: 'DELETE',
      takesEffect: true,
      fault: { type: 'cut' },
    });
    await expect(
      emulator.fetch(star, { method: 'DELETE', login: 'author' }),
    ).rejects.toThrow();
    expect((await get(star)).status).toBe(404);
  });

  it('delay an answer', async () => {
    emulator.running.faults.add({ fault: { type: 'delay', milliseconds: 80 } });
    const began = performance.now();
    expect((await get()).status).toBe(200);
    expect(performance.now() - began).toBeGreaterThan(75);
  });

  it('answer 502 to GraphQL queries that ask for too many repositories', async () => {
    emulator.running.faults.limitGraphqlRepositories(2);
    const aliases = (count: number) =>
      `{ ${[...Array(count).keys()]
        .map(
          at =>
            `r${at}: repository(owner: "envoy-plugins", name: "token-auth") { id }`,
        )
        .join(' ')} }`;
    expect((await graphql(aliases(3))).status).toBe(502);
    expect((await graphql(aliases(2))).status).toBe(200);
    expect(
      (await graphql('{ nodes(ids: ["a", "b", "c"]) { id } }')).status,
    ).toBe(502);
    expect(
      (await graphql('{ viewer { repositories(first: 3) { totalCount } } }'))
        .status,
    ).toBe(502);
  });

  it('leave nothing to ask for, and bring it back', async () => {
    const before = (await get()).headers.get('x-ratelimit-remaining');
    emulator.running.setRateLimits({ core: 0, graphql: 0 });
    const refused = await get();
    expect(refused.status).toBe(403);
    expect(refused.headers.get('x-ratelimit-remaining')).toBe('0');
    const query = await graphql('{ viewer { login } }');
    expect(query.status).toBe(200);
    expect(await query.json()).toMatchObject({
      errors: [
        {
          type: 'RATE_LIMITED',
          message: expect.stringMatching(/^API rate limit exceeded/),
        },
      ],
    });
    emulator.running.restoreRateLimits();
    expect(Number((await get()).headers.get('x-ratelimit-remaining'))).toBe(
      Number(before) - 1,
    );
  });

  it('are counted with what was asked for', async () => {
    emulator.running.resetUsage();
    const etag = (await get()).headers.get('etag') ?? '';
    await emulator.fetch(PLUGIN, {
      login: 'author',
      headers: { 'if-none-match': etag },
    });
    await graphql('{ viewer { login } }');
    emulator.running.faults.add({ fault: { type: 'status', status: 500 } });
    await get();
    expect(emulator.running.usage()).toEqual({
      rest: 3,
      conditional304: 1,
      restCost: 1,
      graphqlRequests: 1,
      graphqlPoints: 1,
      faults: 1,
      byEndpoint: {
        'GET /repos/{owner}/{repo}': 2,
        'GET /repos/envoy-plugins/token-auth': 1,
        'POST /graphql': 1,
      },
    });
  });
});
