import { sendRequest } from '../proof/sendRequest';
import { EchoUpstream } from './EchoUpstream';

async function ask(
  upstream: EchoUpstream,
  request: Parameters<typeof sendRequest>[0],
) {
  const { reply } = await sendRequest(request, {
    host: '127.0.0.1',
    port: upstream.port,
    timeoutMs: 5000,
    waitUntilRead: async () => {},
  });
  return reply;
}

describe('EchoUpstream', () => {
  let upstream: EchoUpstream;
  afterEach(() => upstream.stop());

  it('answers with what it saw, but for the header that Envoy was told to add', async () => {
    upstream = await EchoUpstream.start();
    const reply = await ask(upstream, {
      method: 'PUT',
      path: '/a?b',
      headers: { 'X-A': ['1', '2'], 'x-envoy-runner-downstream': 'here:1' },
      body: 'text',
    });
    expect(JSON.parse(reply.body)).toEqual({
      method: 'PUT',
      path: '/a?b',
      headers: {
        host: 'localhost',
        connection: 'close',
        'content-length': '4',
        'x-a': ['1', '2'],
      },
      body: 'text',
    });
    expect(upstream.requests).toEqual([
      expect.objectContaining({ downstream: 'here:1', complete: true }),
    ]);
  });

  it('answers as it is told to', async () => {
    upstream = await EchoUpstream.start({
      status: 201,
      headers: { 'Content-Type': 'text/plain', 'x-a': ['1', '2'] },
      body: 'hello',
    });
    expect(await ask(upstream, {})).toMatchObject({
      status: 201,
      headers: { 'content-type': 'text/plain', 'x-a': ['1', '2'] },
      body: 'hello',
    });
  });

  it('answers a request that may have no body', async () => {
    upstream = await EchoUpstream.start({ status: 204, body: 'ignored' });
    expect(await ask(upstream, {})).toMatchObject({ status: 204, body: '' });
    expect(await ask(upstream, { method: 'HEAD' })).toMatchObject({ body: '' });
  });

  it('lets one wait for requests', async () => {
    upstream = await EchoUpstream.start();
    expect(await upstream.waitFor(({ length }) => length > 0, 1)).toBe(false);
    const waiting = upstream.waitFor(({ length }) => length > 1, 5000);
    await ask(upstream, {});
    await ask(upstream, {});
    expect(await waiting).toBe(true);
  });
});
