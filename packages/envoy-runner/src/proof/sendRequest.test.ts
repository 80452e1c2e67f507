import { EventEmitter, once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { sendRequest } from './sendRequest';

const stops: (() => void)[] = [];
afterEach(() => stops.splice(0).forEach(stop => stop()));

async function serve(handle: RequestListener): Promise<number> {
  const server = createServer(handle);
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
  stops.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return (server.address() as AddressInfo).port;
}

const options = (port: number) => ({
  host: '127.0.0.1',
  port,
  timeoutMs: 5000,
  waitUntilRead: async () => {},
});

describe('sendRequest', () => {
  it('sends JSON with its type, and gives back all of the reply', async () => {
    const port = await serve((req, res) => {
      res.setHeader('x-many', ['1', '2']);
      res.setHeader('x-type', req.headers['content-type'] ?? '');
      res.statusCode = 418;
      res.write(`${req.method} ${req.url} ${req.headers.host} `);
      req.pipe(res);
    });
    const { reply, downstream } = await sendRequest(
      { method: 'POST', path: '/x', json: { ü: 1 } },
      options(port),
    );
    expect(reply).toMatchObject({
      status: 418,
      headers: { 'x-many': ['1', '2'], 'x-type': 'application/json' },
      body: 'POST /x localhost {"ü":1}',
    });
    expect(downstream).toMatch(/^127\.0\.0\.1:\d+$/);
  });

  it('sends a chunk only after the one before was read', async () => {
    const got: string[] = [];
    const arrivals = new EventEmitter();
    const port = await serve((req, res) => {
      req.on('data', (chunk: Buffer) => {
        got.push(String(chunk));
        arrivals.emit('chunk');
      });
      req.on('end', () => res.end());
    });
    const waits: number[] = [];
    await sendRequest(
      { method: 'POST', chunks: ['one', 'three'] },
      {
        ...options(port),
        waitUntilRead: async bytes => {
          waits.push(bytes);
          if (got.length < waits.length) {
            await once(arrivals, 'chunk');
          }
        },
      },
    );
    expect(got).toEqual(['one', 'three']);
    expect(waits).toEqual([3, 5]);
  });

  it('takes a reply that comes before the body is through', async () => {
    const port = await serve((_, res) => {
      res.writeHead(413, { connection: 'close' });
      res.end('enough');
    });
    const { reply } = await sendRequest(
      { method: 'POST', chunks: ['x', 'y', 'z'] },
      options(port),
    );
    expect(reply).toMatchObject({ status: 413, body: 'enough' });
  });

  it('says that nothing came in time', async () => {
    const port = await serve(() => {});
    await expect(
      sendRequest({}, { ...options(port), timeoutMs: 50 }),
    ).rejects.toThrow('no reply within 0.05 s');
  });

  it('says that a reply stopped in the middle', async () => {
    const server = createTcpServer(socket => {
      socket.once('data', () => {
        socket.end('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf');
      });
    });
    await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
    stops.push(() => server.close());
    await expect(
      sendRequest({}, options((server.address() as AddressInfo).port)),
    ).rejects.toThrow('no reply: aborted');
  });

  it('says that nobody listens', async () => {
    await expect(sendRequest({}, options(1))).rejects.toThrow(
      'no reply: connect ECONNREFUSED 127.0.0.1:1',
    );
  });

  it.each([
    ['a tunnel', 'CONNECT', {}, 'HTTP/1.1 200 OK\r\n\r\n'],
    [
      'another protocol',
      'GET',
      { connection: 'upgrade', upgrade: 'x' },
      'HTTP/1.1 101 Switching\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n',
    ],
  ])('does not wait for a reply from %s', async (_, method, headers, reply) => {
    const server = createTcpServer(socket => {
      socket.on('error', () => {});
      socket.once('data', () => socket.write(reply));
    });
    await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
    stops.push(() => server.close());
    await expect(
      sendRequest(
        { method, headers },
        options((server.address() as AddressInfo).port),
      ),
    ).rejects.toThrow('no reply: the connection ended without one');
  });
});
