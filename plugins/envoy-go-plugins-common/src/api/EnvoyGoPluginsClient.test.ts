import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EnvoyGoPluginsClient } from './EnvoyGoPluginsClient';

describe('EnvoyGoPluginsClient', () => {
  let server: Server;
  let requests: string[];
  let tokens: unknown[];
  let answer: { status: number; body: unknown };
  let client: EnvoyGoPluginsClient;

  beforeAll(async () => {
    server = createServer((request, response) => {
      requests.push(`${request.method} ${request.url}`);
      tokens.push(request.headers['x-github-token']);
      response.writeHead(answer.status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(answer.body));
    });
    await new Promise<void>(resolve => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const { port } = server.address() as AddressInfo;
    client = new EnvoyGoPluginsClient({
      discoveryApi: {
        getBaseUrl: async pluginId =>
          `http://127.0.0.1:${port}/api/${pluginId}`,
      },
      fetchApi: { fetch },
    });
  });

  afterAll(async () => {
    await new Promise(resolve => {
      server.close(resolve);
    });
  });

  beforeEach(() => {
    requests = [];
    tokens = [];
    answer = {
      status: 200,
      body: { value: 'x', asOf: '2026-01-01T00:00:00Z' },
    };
  });

  it('asks for a list with everything that a query says', async () => {
    await expect(
      client.listPlugins({
        text: 'token & auth',
        category: ['authn', 'authz'],
        owner: ['group:default/gateway'],
        envoy: ['1.38'],
        runtime: [],
        sort: 'stars',
        offset: 0,
        limit: 24,
      }),
    ).resolves.toEqual(answer.body);
    expect(requests).toEqual([
      'GET /api/envoy-go-plugins/plugins?q=token+%26+auth&category=authn&category=authz&owner=group%3Adefault%2Fgateway&envoy=1.38&sort=stars&offset=0&limit=24',
    ]);
  });

  it('asks for a list without a query', async () => {
    await client.listPlugins({});
    expect(requests).toEqual(['GET /api/envoy-go-plugins/plugins']);
  });

  it('asks for what there is to know about one plugin', async () => {
    const plugin = { namespace: 'default', name: 'a b/c' };
    await client.getPlugin(plugin);
    await client.getReadme(plugin);
    await client.getReleases(plugin);
    await client.getDiscussions(plugin);
    expect(requests).toEqual([
      'GET /api/envoy-go-plugins/plugins/default/a%20b%2Fc',
      'GET /api/envoy-go-plugins/plugins/default/a%20b%2Fc/readme',
      'GET /api/envoy-go-plugins/plugins/default/a%20b%2Fc/releases',
      'GET /api/envoy-go-plugins/plugins/default/a%20b%2Fc/discussions',
    ]);
  });

  it('asks for what there is besides, and for the README of a release', async () => {
    const plugin = { namespace: 'default', name: 'a' };
    await client.getReadme(plugin, { release: 'v1.0.0+a' });
    await client.getSource(plugin);
    await client.getActivity(plugin);
    expect(requests).toEqual([
      'GET /api/envoy-go-plugins/plugins/default/a/readme?release=v1.0.0%2Ba',
      'GET /api/envoy-go-plugins/plugins/default/a/source',
      'GET /api/envoy-go-plugins/plugins/default/a/activity',
    ]);
  });

  it('stars in the name of the owner of the token', async () => {
    const plugin = { namespace: 'default', name: 'a' };
    const gitHubToken = 'own';
    answer = { status: 200, body: { starred: true } };
    await expect(client.isStarred(plugin)).resolves.toBe(true);
    answer = { status: 200, body: {} };
    await expect(client.isStarred(plugin)).resolves.toBeUndefined();
    expect(tokens).toEqual([undefined, undefined]);
    await client.setStarred({ ...plugin, gitHubToken, starred: true });
    await client.setStarred({ ...plugin, gitHubToken, starred: false });
    expect(requests).toEqual([
      'GET /api/envoy-go-plugins/plugins/default/a/star',
      'GET /api/envoy-go-plugins/plugins/default/a/star',
      'PUT /api/envoy-go-plugins/plugins/default/a/star',
      'DELETE /api/envoy-go-plugins/plugins/default/a/star',
    ]);
    expect(tokens.slice(2)).toEqual(['own', 'own']);
  });

  it('passes on what the backend has to say', async () => {
    answer = {
      status: 404,
      body: {
        error: { name: 'NotFoundError', message: 'No plugin x' },
        response: { statusCode: 404 },
      },
    };
    await expect(
      client.getPlugin({ namespace: 'default', name: 'x' }),
    ).rejects.toMatchObject({
      name: 'ResponseError',
      statusCode: 404,
      cause: { name: 'NotFoundError', message: 'No plugin x' },
    });
  });
});
