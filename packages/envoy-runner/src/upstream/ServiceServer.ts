import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { SeenRequest } from './EchoUpstream';
import { DOWNSTREAM_ADDRESS_HEADER } from '../bootstrap';
import { foldHeaders, HttpServer } from './HttpServer';

/** A rule by which a {@link ServiceServer} answers. */
export interface ServiceServerRule {
  /** Whether the rule is for a request. */
  matches(request: SeenRequest): boolean;
  reply: {
    status?: number;
    headers?: Record<string, string | string[]>;
    body?: string;
    /** Milliseconds to wait before answering. */
    delayMs?: number;
  };
}

/** An HTTP server that filters call out to: the first rule that matches answers. */
export class ServiceServer {
  readonly #rules: ServiceServerRule[];
  readonly #stopped = new AbortController();
  #server: HttpServer | undefined;

  static async start(rules: ServiceServerRule[]): Promise<ServiceServer> {
    const service = new ServiceServer(rules);
    service.#server = await HttpServer.start((req, res) =>
      service.#handle(req, res),
    );
    return service;
  }

  private constructor(rules: ServiceServerRule[]) {
    this.#rules = rules;
  }

  get port(): number {
    return this.#server?.port ?? 0;
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#server?.stop();
  }

  #handle(req: IncomingMessage, res: ServerResponse): void {
    const { [DOWNSTREAM_ADDRESS_HEADER]: _, ...headers } = foldHeaders(
      req.rawHeaders,
    );
    let body = '';
    req.setEncoding('utf8');
    req.on('data', (text: string) => {
      body += text;
    });
    req.on('error', () => {});
    res.on('error', () => {});
    req.on('end', async () => {
      const request: SeenRequest = {
        method: req.method ?? '',
        path: req.url ?? '',
        headers,
        body,
        complete: true,
      };
      const rule = this.#rules.find(candidate => candidate.matches(request));
      const reply = rule?.reply ?? {
        status: 404,
        body: `No rule matches ${request.method} ${request.path}`,
      };
      if (reply.delayMs) {
        await delay(reply.delayMs, undefined, {
          signal: this.#stopped.signal,
        }).catch(() => {});
      }
      res.writeHead(reply.status ?? 200, reply.headers ?? {});
      res.end(reply.body ?? '');
    });
  }
}
