import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  createServer,
  request,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';

/** A registry on this machine. */
export interface TestRegistry {
  /** `localhost:PORT`. */
  host: string;
  stop(): Promise<void>;
}

/**
 * Starts crane's own registry, on a free port if none is given. It keeps blobs in `folder`,
 * and manifests in memory.
 */
export async function startRegistry(
  crane: string,
  folder: string,
  port = 0,
): Promise<TestRegistry> {
  const child = spawn(
    crane,
    ['registry', 'serve', '--address', `127.0.0.1:${port}`, '--disk', folder],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const closed = once(child, 'close');
  for await (const line of createInterface(child.stderr)) {
    const served = /serving on port (\d+)/.exec(line)?.[1];
    if (served) {
      child.stderr.resume();
      return {
        host: `localhost:${served}`,
        async stop() {
          child.kill('SIGKILL');
          await closed;
        },
      };
    }
  }
  throw new Error('crane serves no registry');
}

/** What a guard answers in the registry's place; `undefined` lets the request through. */
export type Guard = (
  incoming: IncomingMessage,
) =>
  | { status: number; headers?: OutgoingHttpHeaders; body?: string }
  | undefined;

/** Starts something in front of a registry that may answer in its place. */
export async function startGuard(
  registry: TestRegistry,
  guard: Guard,
): Promise<TestRegistry> {
  const [, port] = registry.host.split(':');
  const server = createServer((incoming, outgoing) => {
    const answer = guard(incoming);
    if (answer) {
      incoming.resume();
      outgoing
        .writeHead(answer.status, {
          'content-type': 'application/json',
          ...answer.headers,
        })
        .end(answer.body ?? '');
      return;
    }
    forward(incoming, outgoing, Number(port));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address() as AddressInfo;
  return {
    host: `localhost:${address.port}`,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function forward(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  port: number,
): void {
  const onward = request(
    {
      host: '127.0.0.1',
      port,
      method: incoming.method,
      path: incoming.url,
      headers: incoming.headers,
    },
    answer => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    },
  );
  onward.on('error', () => outgoing.destroy());
  incoming.pipe(onward);
}
