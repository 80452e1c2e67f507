import { request as httpRequest, type ClientRequest } from 'node:http';
import { CustomErrorBase } from '@backstage/errors';
import { foldHeaders } from '../upstream';
import type { Reply } from './compare';
import type { ProofRequest } from './EnvoyProof';

/** A request that got no (whole) reply; the message says why, as a phrase. */
export class NoReplyError extends CustomErrorBase {}

/** What {@link sendRequest} needs besides the request itself. */
export interface SendOptions {
  host: string;
  port: number;
  /** Milliseconds within which the whole reply must have come. */
  timeoutMs: number;
  /**
   * Resolves when Envoy has read so many more bytes of bodies; sees to it that chunks
   * arrive one by one.
   */
  waitUntilRead: (bytes: number) => Promise<void>;
  signal?: AbortSignal;
}

/** A reply, and the address it was asked for from. */
export interface SentRequest {
  reply: Reply;
  /** Address and port of our end of the connection. */
  downstream: string;
}

/**
 * Sends a request on a connection of its own.
 *
 * @throws NoReplyError when there was none in time, or the connection broke
 */
export function sendRequest(
  request: ProofRequest,
  options: SendOptions,
): Promise<SentRequest> {
  const { host, port, timeoutMs } = options;
  const body =
    request.json === undefined ? request.body : JSON.stringify(request.json);
  const deadline = AbortSignal.timeout(timeoutMs);
  const signal = options.signal
    ? AbortSignal.any([deadline, options.signal])
    : deadline;

  return new Promise((resolve, reject) => {
    let downstream = '';
    let replied = false;
    let responded = false;
    const fail = (error: Error) => {
      if (!replied) {
        reject(
          new NoReplyError(
            deadline.aborted
              ? `no reply within ${timeoutMs / 1000} s`
              : `no reply: ${error.message}`,
          ),
        );
      }
    };
    const req = httpRequest(
      {
        host,
        port,
        method: request.method ?? 'GET',
        path: request.path ?? '/',
        headers: requestHeaders(request, body),
        agent: false,
        signal,
      },
      res => {
        responded = true;
        const chunks: Buffer[] = [];
        res.on('data', (chunk: Buffer) => chunks.push(chunk));
        res.on('error', fail);
        res.on('end', () => {
          replied = true;
          resolve({
            downstream,
            reply: {
              status: res.statusCode ?? 0,
              headers: foldHeaders(res.rawHeaders),
              body: Buffer.concat(chunks).toString('utf8'),
            },
          });
          req.destroy();
        });
      },
    );
    req.on('socket', socket => {
      socket.setNoDelay(true);
      socket.once('connect', () => {
        downstream = `${socket.localAddress}:${socket.localPort}`;
      });
    });
    req.on('error', fail);
    // What only opens a tunnel, or switches to another protocol, is no reply
    req.on('close', () => {
      if (!responded) {
        fail(new Error('the connection ended without one'));
      }
    });
    if (request.chunks) {
      writeChunks(req, request.chunks, options.waitUntilRead).catch(fail);
    } else {
      req.end(body);
    }
  });
}

function requestHeaders(
  request: ProofRequest,
  body: string | undefined,
): Record<string, string | string[] | number> {
  const given = Object.fromEntries(
    Object.entries(request.headers ?? {}).map(([name, value]) => [
      name.toLowerCase(),
      value,
    ]),
  );
  return {
    // Envoy's real port differs from run to run; a proof must not.
    host: 'localhost',
    ...(request.json === undefined
      ? {}
      : { 'content-type': 'application/json' }),
    ...(body === undefined
      ? {}
      : { 'content-length': Buffer.byteLength(body) }),
    ...(request.chunks ? { 'transfer-encoding': 'chunked' } : {}),
    ...given,
  };
}

async function writeChunks(
  req: ClientRequest,
  chunks: string[],
  waitUntilRead: (bytes: number) => Promise<void>,
): Promise<void> {
  req.flushHeaders();
  for (const chunk of chunks) {
    if (req.destroyed) {
      return;
    }
    await new Promise<void>(resolve => {
      req.write(chunk, () => resolve());
    });
    await waitUntilRead(Buffer.byteLength(chunk));
  }
  req.end();
}
