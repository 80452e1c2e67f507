import {
  type IncomingMessage,
  type Server,
  type ServerResponse,
  createServer,
  request,
} from 'node:http';

/** What becomes of requests: passed on, never answered, or answered like this. */
export type ProxyMode =
  | 'pass'
  | 'hang'
  | { status: number; headers?: Record<string, string> };

/** Stands in front of a server that does not fail, and fails when told to. */
export class UnreliableProxy {
  /** What becomes of requests from now on. */
  mode: ProxyMode = 'pass';
  /** How many requests came. */
  requests = 0;
  /** With what the last request that was passed on was answered. */
  lastStatus: number | undefined;
  readonly #server: Server;
  readonly #targetPort: number;

  /** @param target - the address of the server, such as `http://localhost:4010` */
  constructor(target: string) {
    this.#targetPort = Number(new URL(target).port);
    this.#server = createServer((req, res) => this.#handle(req, res));
  }

  /** Starts to listen and returns where: `localhost:PORT`. */
  async start(): Promise<string> {
    await new Promise<void>(done =>
      this.#server.listen(0, '127.0.0.1', () => done()),
    );
    const address = this.#server.address();
    return `localhost:${
      typeof address === 'object' && address ? address.port : 0
    }`;
  }

  async stop(): Promise<void> {
    const closed = new Promise(done => this.#server.close(done));
    this.#server.closeAllConnections();
    await closed;
  }

  #handle(req: IncomingMessage, res: ServerResponse): void {
    this.requests += 1;
    if (this.mode === 'hang') {
      return;
    }
    if (this.mode !== 'pass') {
      res.writeHead(this.mode.status, {
        'content-type': 'application/json',
        ...this.mode.headers,
      });
      res.end('{"message":"No"}');
      return;
    }
    const onward = request(
      {
        host: '127.0.0.1',
        port: this.#targetPort,
        path: req.url,
        method: req.method,
        headers: { ...req.headers, host: `localhost:${this.#targetPort}` },
      },
      answer => {
        this.lastStatus = answer.statusCode;
        res.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(res);
      },
    );
    onward.on('error', error => res.destroy(error));
    req.pipe(onward);
  }
}
