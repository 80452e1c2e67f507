import { JsonObject } from '@backstage/types';
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, IncomingHttpHeaders, ServerResponse } from 'node:http';

/** A delivery as it arrived. */
export interface Received {
  event: string;
  headers: IncomingHttpHeaders;
  body: string;
  payload: JsonObject;
}

/** A server that webhooks deliver to. */
export class Receiver {
  readonly #server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      const isJson = request.headers['content-type'] === 'application/json';
      this.received.push({
        event: String(request.headers['x-github-event']),
        headers: request.headers,
        body,
        payload: JSON.parse(
          isJson ? body : new URLSearchParams(body).get('payload') ?? '',
        ),
      });
      this.answer(response);
    });
  });
  readonly received: Received[] = [];
  answer: (response: ServerResponse) => void = response => response.end('ok');
  url = '';

  async open(): Promise<void> {
    await new Promise<void>(resolve => {
      this.#server.listen(0, '127.0.0.1', resolve);
    });
    const address = this.#server.address();
    const port = typeof address === 'object' ? address?.port : address;
    this.url = `http://localhost:${port}/hook`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise(resolve => {
      this.#server.close(resolve);
    });
  }

  /** Events since the last time, as `name.action`. */
  take(): string[] {
    return this.received
      .splice(0)
      .map(({ event, payload }) =>
        [event, payload.action].filter(Boolean).join('.'),
      );
  }
}

/** Whether a delivery is signed with a secret, in both ways. */
export function isSigned({ headers, body }: Received, secret: string): boolean {
  return (['sha1', 'sha256'] as const).every(algorithm => {
    const name =
      algorithm === 'sha1' ? 'x-hub-signature' : 'x-hub-signature-256';
    const expected = Buffer.from(
      `${algorithm}=${createHmac(algorithm, secret)
        .update(body)
        .digest('hex')}`,
    );
    const given = Buffer.from(String(headers[name]));
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
}
