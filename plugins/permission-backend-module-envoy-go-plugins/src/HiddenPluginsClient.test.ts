import { mockServices } from '@backstage/backend-test-utils';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HiddenPluginsClient } from './HiddenPluginsClient';

describe('HiddenPluginsClient', () => {
  let server: Server;
  let requests: string[];
  let authorization: string | undefined;
  let answers: Record<string, string[]>;
  let down: boolean;
  let now: number;
  let client: HiddenPluginsClient;

  beforeAll(async () => {
    server = createServer((request, response) => {
      const { pathname, searchParams } = new URL(
        request.url ?? '',
        'http://localhost',
      );
      const user = searchParams.get('user') ?? '';
      requests.push(user);
      authorization = request.headers.authorization;
      response.writeHead(down || pathname !== '/hidden-plugins' ? 500 : 200, {
        'content-type': 'application/json',
      });
      response.end(JSON.stringify({ entityRefs: answers[user] ?? [] }));
    });
    await new Promise<void>(resolve => {
      server.listen(0, '127.0.0.1', resolve);
    });
  });

  afterAll(async () => {
    await new Promise(resolve => {
      server.close(resolve);
    });
  });

  beforeEach(() => {
    requests = [];
    answers = { '': ['envoygoplugin:default/a', 'envoygoplugin:default/b'] };
    down = false;
    now = 0;
    const { port } = server.address() as AddressInfo;
    client = new HiddenPluginsClient({
      auth: mockServices.auth(),
      discovery: mockServices.discovery.mock({
        getBaseUrl: async () => `http://127.0.0.1:${port}`,
      }),
      logger: mockServices.logger.mock(),
      now: () => now,
    });
  });

  it('asks as a backend, and remembers answers for a few seconds', async () => {
    answers['user:default/a'] = ['envoygoplugin:default/b'];
    await Promise.all([
      client.hiddenFrom('user:default/a'),
      client.hiddenFrom('user:default/a'),
    ]);
    await expect(client.hiddenFrom('user:default/a')).resolves.toEqual([
      'envoygoplugin:default/b',
    ]);
    await expect(client.hiddenFrom(undefined)).resolves.toEqual(answers['']);
    expect(requests).toEqual(['', 'user:default/a']);
    expect(authorization).toContain('Bearer mock-service-token');

    now += 6_000;
    answers['user:default/a'] = [];
    await expect(client.hiddenFrom('user:default/a')).resolves.toEqual([]);
  });

  it('does not ask about anybody while nothing is private', async () => {
    answers[''] = [];
    await expect(client.hiddenFrom('user:default/a')).resolves.toEqual([]);
    expect(requests).toEqual(['']);
  });

  it('hides what is known to be private while it gets no answer, then all plugins', async () => {
    await client.hiddenFrom('user:default/a');
    down = true;
    now += 6_000;
    await expect(client.hiddenFrom('user:default/a')).resolves.toEqual(
      answers[''],
    );
    now += 10 * 60_000;
    await expect(client.hiddenFrom('user:default/a')).resolves.toBe('all');
    down = false;
    await expect(client.hiddenFrom('user:default/a')).resolves.toEqual([]);
  });

  it('hides all plugins where it never got an answer', async () => {
    down = true;
    await expect(client.hiddenFrom('user:default/a')).resolves.toBe('all');
  });
});
