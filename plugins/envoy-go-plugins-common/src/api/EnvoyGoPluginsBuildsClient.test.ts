import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EnvoyGoPluginsBuildsClient } from './EnvoyGoPluginsBuildsClient';

describe('EnvoyGoPluginsBuildsClient', () => {
  let server: Server;
  let requests: string[];
  let answer: { status: number; body: string };
  let client: EnvoyGoPluginsBuildsClient;

  beforeAll(async () => {
    server = createServer(async (request, response) => {
      const chunks = [];
      for await (const chunk of request) {
        chunks.push(chunk);
      }
      requests.push(
        `${request.method} ${request.url} ${Buffer.concat(chunks)}`.trim(),
      );
      response.writeHead(answer.status, { 'content-type': 'application/json' });
      response.end(answer.body);
    });
    await new Promise<void>(resolve => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const { port } = server.address() as AddressInfo;
    client = new EnvoyGoPluginsBuildsClient({
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
    answer = { status: 200, body: '{"id":"b/1"}' };
  });

  it('asks for what the backend offers', async () => {
    await client.listVersions({ namespace: 'default', name: 'token-auth' });
    await client.listBuilds({
      text: 'token & auth',
      state: ['queued', 'building'],
      kind: [],
      plugin: 'default/token-auth',
      offset: 0,
      limit: 25,
    });
    await expect(client.getBuild('b/1')).resolves.toEqual({ id: 'b/1' });
    await client.getBuildLog('b/1');
    await client.getBuildLog('b/1', { after: 0, limit: 2000 });
    await client.cancelBuild({ id: 'b/1', reason: 'Not needed' });
    await client.retryBuild({ id: 'b/1' });
    await client.listRunners();
    expect(requests).toEqual([
      'GET /api/envoy-go-plugins/plugins/default/token-auth/versions',
      'GET /api/envoy-go-plugins/builds?q=token+%26+auth&state=queued&state=building&plugin=default%2Ftoken-auth&offset=0&limit=25',
      'GET /api/envoy-go-plugins/builds/b%2F1',
      'GET /api/envoy-go-plugins/builds/b%2F1/log',
      'GET /api/envoy-go-plugins/builds/b%2F1/log?after=0&limit=2000',
      'POST /api/envoy-go-plugins/builds/b%2F1/cancel {"reason":"Not needed"}',
      'POST /api/envoy-go-plugins/builds/b%2F1/retry',
      'GET /api/envoy-go-plugins/admin/runners',
    ]);
  });

  it('downloads a log as it is', async () => {
    answer.body = 'vet        ok\nnot { json\n';
    await expect(client.downloadBuildLog('1')).resolves.toBe(answer.body);
    expect(requests).toEqual(['GET /api/envoy-go-plugins/builds/1/log.txt']);
  });

  it('throws what the backend says is wrong', async () => {
    answer = {
      status: 409,
      body: JSON.stringify({
        error: { name: 'ConflictError', message: 'It is over' },
        response: { statusCode: 409 },
      }),
    };
    await expect(client.cancelBuild({ id: '1' })).rejects.toMatchObject({
      name: 'ResponseError',
      statusCode: 409,
      message: expect.stringContaining('409'),
    });
    await expect(client.downloadBuildLog('1')).rejects.toThrow('409');
  });
});
