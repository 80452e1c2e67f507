import { type Socket, connect } from 'node:net';
import { performance } from 'node:perf_hooks';

/**
 * Connections that each send one request after the other, as cheaply as possible: what is
 * measured runs on the same processor.
 */
export class HttpLoad {
  /** Of each request, from sending to the answer, in milliseconds. */
  readonly latenciesMs: number[] = [];
  readonly #port: number;
  readonly #next: () => Buffer;
  #until = 0;

  /** @param next - the next request, with head and body */
  constructor(options: { port: number; next: () => Buffer }) {
    this.#port = options.port;
    this.#next = options.next;
  }

  /** @throws Error when an answer is anything but 202 */
  async run(connections: number, durationMs: number): Promise<void> {
    this.#until = performance.now() + durationMs;
    await Promise.all(Array.from({ length: connections }, () => this.#send()));
  }

  async #send(): Promise<void> {
    const socket = connect(this.#port, '127.0.0.1').setNoDelay(true);
    try {
      while (performance.now() < this.#until) {
        const begun = performance.now();
        const answer = answerOf(socket);
        socket.write(this.#next());
        const head = await answer;
        if (!head.startsWith('HTTP/1.1 202')) {
          throw new Error(`The answer was ${head.slice(0, 300)}`);
        }
        this.latenciesMs.push(performance.now() - begun);
      }
    } finally {
      socket.destroy();
    }
  }
}

/** One answer with a `content-length`. */
async function answerOf(socket: Socket): Promise<string> {
  return new Promise((done, fail) => {
    let text = '';
    const onData = (data: Buffer) => {
      text += data.toString('latin1');
      const end = text.indexOf('\r\n\r\n');
      const length = /content-length: (\d+)/i.exec(text)?.[1];
      if (end >= 0 && text.length >= end + 4 + Number(length ?? 0)) {
        socket.off('data', onData);
        socket.off('error', fail);
        done(text);
      }
    };
    socket.on('data', onData);
    socket.once('error', fail);
  });
}
