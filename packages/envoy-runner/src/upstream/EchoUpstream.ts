import type { IncomingMessage, ServerResponse } from 'node:http';
import { DOWNSTREAM_ADDRESS_HEADER } from '../bootstrap';
import { foldHeaders, HttpServer, type HeaderValues } from './HttpServer';

/**
 * How an {@link EchoUpstream} answers. Without a body it answers with a JSON object of
 * what it saw: method, path, headers, body.
 *
 * @public
 */
export interface UpstreamReply {
  /** 200 by default. */
  status?: number;
  headers?: Record<string, string | string[]>;
  body?: string;
}

/**
 * A request as the upstream saw it.
 *
 * @public
 */
export interface SeenRequest {
  method: string;
  path: string;
  headers: HeaderValues;
  /** What has arrived of the body, read as UTF-8. */
  body: string;
  /** Whether the whole request has arrived, or its sender has gone. */
  complete: boolean;
  /** Address of the downstream client, as Envoy's router knew it. */
  downstream?: string;
}

/**
 * The HTTP server behind Envoy: answers every request, and remembers it.
 *
 * @public
 */
export class EchoUpstream {
  readonly #requests: SeenRequest[] = [];
  readonly #waiting = new Set<() => void>();
  readonly #reply: UpstreamReply;
  #server: HttpServer | undefined;

  static async start(reply: UpstreamReply = {}): Promise<EchoUpstream> {
    const upstream = new EchoUpstream(reply);
    upstream.#server = await HttpServer.start((req, res) =>
      upstream.#handle(req, res),
    );
    return upstream;
  }

  private constructor(reply: UpstreamReply) {
    this.#reply = reply;
  }

  get port(): number {
    return this.#server?.port ?? 0;
  }

  /** All requests so far, oldest first. */
  get requests(): readonly SeenRequest[] {
    return this.#requests;
  }

  /**
   * Waits until the requests seen so far satisfy a condition.
   *
   * @returns whether they did within the time given
   */
  async waitFor(
    condition: (requests: readonly SeenRequest[]) => boolean,
    timeoutMs: number,
  ): Promise<boolean> {
    if (condition(this.#requests)) {
      return true;
    }
    return new Promise(resolve => {
      const waiter = {
        check: () => {
          if (condition(this.#requests)) {
            waiter.finish(true);
          }
        },
        finish: (result: boolean) => {
          clearTimeout(waiter.timer);
          this.#waiting.delete(waiter.check);
          resolve(result);
        },
        timer: setTimeout(() => waiter.finish(false), timeoutMs),
      };
      this.#waiting.add(waiter.check);
    });
  }

  async stop(): Promise<void> {
    await this.#server?.stop();
  }

  #handle(req: IncomingMessage, res: ServerResponse): void {
    const { [DOWNSTREAM_ADDRESS_HEADER]: downstream, ...headers } = foldHeaders(
      req.rawHeaders,
    );
    const seen: SeenRequest = {
      method: req.method ?? '',
      path: req.url ?? '',
      headers,
      body: '',
      complete: false,
      downstream: [downstream].flat()[0],
    };
    this.#requests.push(seen);
    this.#changed();
    req.setEncoding('utf8');
    req.on('data', (text: string) => {
      seen.body += text;
    });
    req.on('error', () => {});
    req.on('close', () => {
      seen.complete = true;
      this.#changed();
    });
    req.on('end', () => {
      seen.complete = true;
      this.#changed();
      this.#answer(seen, res);
    });
  }

  #answer(seen: SeenRequest, res: ServerResponse): void {
    const { method, path, headers, body } = seen;
    res.on('error', () => {});
    res.statusCode = this.#reply.status ?? 200;
    if (this.#reply.body === undefined) {
      res.setHeader('content-type', 'application/json');
    }
    for (const [name, value] of Object.entries(this.#reply.headers ?? {})) {
      res.setHeader(name, value);
    }
    res.end(
      this.#reply.body ?? JSON.stringify({ method, path, headers, body }),
    );
  }

  #changed(): void {
    this.#waiting.forEach(check => check());
  }
}
