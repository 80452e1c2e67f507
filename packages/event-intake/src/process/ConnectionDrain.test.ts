import { once } from 'node:events';
import {
  type RequestListener,
  type Server,
  createServer,
  get,
  Agent,
} from 'node:http';
import { type Socket, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { ConnectionDrain } from './ConnectionDrain';

const HEAD = 'POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 4\r\n';

describe('ConnectionDrain', () => {
  const servers: Server[] = [];
  const sockets: Socket[] = [];

  afterEach(() => {
    sockets.splice(0).forEach(socket => socket.destroy());
    servers.splice(0).forEach(server => server.closeAllConnections());
  });

  async function listen(answer: RequestListener, patienceMs = 20_000) {
    const server = createServer(answer);
    servers.push(server);
    const drain = new ConnectionDrain(server, { patienceMs });
    await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const open = () => {
      const socket = connect(port, '127.0.0.1');
      sockets.push(socket);
      return socket;
    };
    return { server, drain, port, open };
  }

  const echo: RequestListener = (req, res) =>
    text(req).then(
      body => res.end(body),
      () => res.destroy(),
    );

  it('answers what waits to be accepted, and what was sent by half', async () => {
    const { drain, open } = await listen(echo);
    const [one, two] = [open(), open()];
    one.write(`${HEAD}\r\nwhole`.slice(0, -1));
    two.write(HEAD);
    // The system has the connections now, and the server has not seen them
    await new Promise(process.nextTick);
    const closed = drain.close();
    const answers = [text(one), text(two)];
    await once(two, 'connect');
    two.write('\r\nhalf');
    for (const answer of await Promise.all(answers)) {
      expect(answer).toMatch(/^HTTP\/1\.1 200 /);
      expect(answer.toLowerCase()).toContain('connection: close');
    }
    await closed;
  });

  it('tells those who keep their connection to close it', async () => {
    let finish = () => {};
    const { drain, port, server } = await listen((_req, res) => {
      finish = () => res.end('late');
    });
    const agent = new Agent({ keepAlive: true });
    try {
      const request = get({ port, host: '127.0.0.1', agent });
      await once(server, 'request');
      const closed = drain.close();
      finish();
      const [answer] = await once(request, 'response');
      expect(answer.headers.connection).toBe('close');
      await expect(text(answer)).resolves.toBe('late');
      await closed;
    } finally {
      agent.destroy();
    }
  });

  it('does not wait for those who send nothing', async () => {
    const { drain, open, server } = await listen(echo);
    open();
    await once(server, 'connection');
    await drain.close();
    expect(server.listening).toBe(false);
  });

  it('cuts off those who do not come to an end', async () => {
    const { drain, open, server } = await listen(echo, 50);
    const socket = open();
    socket.on('error', () => {});
    socket.write(`${HEAD}\r\nha`);
    await once(server, 'request');
    await Promise.all([drain.close(), once(socket, 'close')]);
    expect(server.listening).toBe(false);
  });
});
