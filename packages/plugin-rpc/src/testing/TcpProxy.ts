import { createServer, connect, Server, Socket } from 'node:net';

/** A proxy on localhost that can stop passing bytes on, delay them, or cut connections. */
export class TcpProxy {
  readonly #server: Server;
  readonly #pairs = new Set<[Socket, Socket]>();
  #frozen = false;
  #delayMs = 0;
  #refusing = false;

  private constructor(targetPort: number) {
    this.#server = createServer(inbound => {
      if (this.#refusing) {
        inbound.destroy();
        return;
      }
      const outbound = connect(targetPort, '127.0.0.1');
      const pair: [Socket, Socket] = [inbound, outbound];
      this.#pairs.add(pair);
      this.#forward(inbound, outbound);
      this.#forward(outbound, inbound);
      if (this.#frozen) {
        inbound.pause();
        outbound.pause();
      }
      for (const socket of pair) {
        socket.on('error', () => this.#destroy(pair));
        socket.on('close', () => this.#destroy(pair));
      }
    });
  }

  static async start(targetPort: number): Promise<TcpProxy> {
    const proxy = new TcpProxy(targetPort);
    await new Promise<void>(resolve =>
      proxy.#server.listen(0, '127.0.0.1', resolve),
    );
    return proxy;
  }

  get address(): string {
    const address = this.#server.address();
    if (typeof address !== 'object' || !address) {
      throw new Error('The proxy does not listen');
    }
    return `127.0.0.1:${address.port}`;
  }

  /** Nothing goes through, and nobody is told. */
  freeze(): void {
    this.#frozen = true;
    this.#forEachSocket(socket => socket.pause());
  }

  thaw(): void {
    this.#frozen = false;
    this.#forEachSocket(socket => socket.resume());
  }

  /** Everything takes so much longer. */
  delay(milliseconds: number): void {
    this.#delayMs = milliseconds;
  }

  /** Cuts what is connected; new connections too, until told otherwise. */
  cut(options: { refuse?: boolean } = {}): void {
    this.#refusing = options.refuse ?? false;
    for (const pair of [...this.#pairs]) {
      this.#destroy(pair);
    }
  }

  async close(): Promise<void> {
    this.cut({ refuse: true });
    await new Promise(resolve => this.#server.close(resolve));
  }

  #forEachSocket(visit: (socket: Socket) => void): void {
    for (const pair of this.#pairs) {
      pair.forEach(visit);
    }
  }

  #forward(from: Socket, to: Socket): void {
    from.on('data', data => {
      const send = () => {
        if (to.writable && !to.write(data) && !this.#frozen) {
          from.pause();
          to.once('drain', () => {
            if (!this.#frozen) {
              from.resume();
            }
          });
        }
      };
      if (this.#delayMs > 0) {
        setTimeout(send, this.#delayMs);
      } else {
        send();
      }
    });
  }

  #destroy(pair: [Socket, Socket]): void {
    if (this.#pairs.delete(pair)) {
      pair.forEach(socket => socket.destroy());
    }
  }
}
