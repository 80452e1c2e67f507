import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** How long a connection without a byte of a request may still begin one, in milliseconds. */
const BEGIN_MS = 1_000;

/**
 * Closes a server of HTTP so that whoever has begun to send is answered: those that the
 * system has accepted but Node.js has not, those who have sent half of a request, and those
 * who keep their connection, who are told to close it. `server.close()` alone resets the
 * first and waits for ever for the last.
 */
export class ConnectionDrain {
  readonly #server: Server;
  readonly #patienceMs: number;
  readonly #sockets = new Set<Socket>();
  readonly #answers = new Set<ServerResponse>();
  #draining = false;
  #accepted = 0;

  /** @param options.patienceMs - who is slower to send or read is cut off, in milliseconds */
  constructor(server: Server, options: { patienceMs: number }) {
    this.#server = server;
    this.#patienceMs = options.patienceMs;
    server.on('connection', (socket: Socket) => {
      this.#accepted += 1;
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    server.prependListener('request', (_req, answer) => {
      this.#answers.add(answer);
      answer.once('close', () => this.#answers.delete(answer));
      if (this.#draining) {
        answer.setHeader('connection', 'close');
      }
    });
  }

  /** Resolves when no connection is left. */
  async close(): Promise<void> {
    this.#draining = true;
    for (const answer of this.#answers) {
      if (!answer.headersSent) {
        answer.setHeader('connection', 'close');
      }
    }
    await this.#acceptWaiting();
    const closed = new Promise<void>(done => this.#server.close(() => done()));
    this.#server.closeIdleConnections();
    const timers = [
      setTimeout(() => this.#closeUnbegun(), BEGIN_MS),
      setTimeout(() => this.#server.closeAllConnections(), this.#patienceMs),
    ];
    await closed;
    timers.forEach(timer => clearTimeout(timer));
  }

  /** Closing the socket that listens would reset connections that wait to be accepted. */
  async #acceptWaiting(): Promise<void> {
    const end = Date.now() + BEGIN_MS;
    let before: number;
    do {
      before = this.#accepted;
      // The first ends this turn of the event loop, the second is after a whole one
      await nextTurn();
      await nextTurn();
    } while (this.#accepted !== before && Date.now() < end);
  }

  #closeUnbegun(): void {
    for (const socket of this.#sockets) {
      if (socket.bytesRead === 0) {
        socket.destroy();
      }
    }
    // Those that became idle before they could be told to close
    this.#server.closeIdleConnections();
  }
}
