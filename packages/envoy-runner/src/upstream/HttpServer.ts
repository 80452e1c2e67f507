import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * Headers by lower-case name; a list when the header came more than once.
 *
 * @public
 */
export type HeaderValues = Record<string, string | string[]>;

/** An HTTP server on a free port of the loopback interface. */
export class HttpServer {
  readonly #server: Server;

  static async start(
    handle: (req: IncomingMessage, res: ServerResponse) => void,
  ): Promise<HttpServer> {
    const server = createServer(handle);
    // Envoy's connection pool would meet connections that we closed a moment ago.
    server.keepAliveTimeout = 0;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', resolve);
    });
    return new HttpServer(server);
  }

  private constructor(server: Server) {
    this.#server = server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    await new Promise<void>(resolve => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }
}

/** Folds Node's flat list of raw headers by lower-case name. */
export function foldHeaders(rawHeaders: string[]): HeaderValues {
  const headers: HeaderValues = {};
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index].toLowerCase();
    const value = rawHeaders[index + 1];
    const known = Object.hasOwn(headers, name) ? headers[name] : undefined;
    headers[name] = known === undefined ? value : [known, value].flat();
  }
  return headers;
}
