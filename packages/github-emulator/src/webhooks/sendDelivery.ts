import { createHmac } from 'node:crypto';
import http from 'node:http';
import https from 'node:https';
import { Clock, timestamp } from '../server/clock';
import {
  DeliveryOutcome,
  Webhook,
  WebhookEvent,
} from '../state/webhookRecords';
import { deliveryAddressRefusal, lookupLoopback } from './deliveryAddress';

const USER_AGENT = 'GitHub-Hookshot/044aadd';

/** How much of an answer's body is kept. */
const KEPT_RESPONSE = 64 * 1024;

/** What GitHub's pages and API show where no answer came: a bad gateway or a gateway's time-out. */
const NO_CONNECTION = {
  status: 'failed to connect to host',
  statusCode: 502,
};
const TIMED_OUT = { status: 'timed out', statusCode: 504 };

/** The outcome of an attempt that nobody saw the end of. */
export function interrupted(
  hook: Webhook,
  deliveredAt: string,
): DeliveryOutcome {
  return {
    deliveredAt,
    duration: 0,
    status: 'interrupted: the emulator stopped during the attempt',
    statusCode: 502,
    url: hook.url,
    requestHeaders: {},
    responseHeaders: {},
  };
}

/** What is sent: the headers of https://docs.github.com/webhooks/webhook-events-and-payloads and the body. */
export function deliveryRequest(
  hook: Webhook,
  event: WebhookEvent,
): { headers: Record<string, string>; body: string } {
  const body =
    hook.contentType === 'json'
      ? event.payload
      : new URLSearchParams({ payload: event.payload }).toString();
  const sign = (algorithm: string) =>
    `${algorithm}=${createHmac(algorithm, hook.secret ?? '')
      .update(body)
      .digest('hex')}`;
  return {
    body,
    headers: {
      Accept: '*/*',
      'Content-Type':
        hook.contentType === 'json'
          ? 'application/json'
          : 'application/x-www-form-urlencoded',
      'User-Agent': USER_AGENT,
      'X-GitHub-Delivery': event.guid,
      'X-GitHub-Event': event.name,
      'X-GitHub-Hook-ID': String(hook.id),
      'X-GitHub-Hook-Installation-Target-ID': String(hook.target.id),
      'X-GitHub-Hook-Installation-Target-Type':
        hook.target.type === 'app' ? 'integration' : hook.target.type,
      ...(hook.secret && {
        'X-Hub-Signature': sign('sha1'),
        'X-Hub-Signature-256': sign('sha256'),
      }),
    },
  };
}

interface Answer {
  status: string;
  statusCode: number;
  headers: Record<string, string>;
  body?: string;
}

/**
 * Attempts to deliver once. Never throws: whatever goes wrong is an outcome. Redirects are not followed, as GitHub does not.
 *
 * @param options - `timeout`: how long the whole exchange may take, in milliseconds; `signal`: gives the attempt up
 */
export async function sendDelivery(
  hook: Webhook,
  event: WebhookEvent,
  options: { clock: Clock; timeout: number; signal: AbortSignal },
): Promise<DeliveryOutcome> {
  const request = deliveryRequest(hook, event);
  const began = performance.now();
  const timeout = AbortSignal.timeout(options.timeout);
  let answer: Answer;
  try {
    answer = await post(
      hook,
      request,
      AbortSignal.any([timeout, options.signal]),
    );
  } catch {
    const stopped = options.signal.aborted && {
      status: interrupted(hook, '').status,
      statusCode: 502,
    };
    answer = {
      ...(stopped || (timeout.aborted ? TIMED_OUT : NO_CONNECTION)),
      headers: {},
    };
  }
  return {
    deliveredAt: timestamp(options.clock()),
    duration: Math.round(performance.now() - began) / 1000,
    status: answer.status,
    statusCode: answer.statusCode,
    url: hook.url,
    requestHeaders: request.headers,
    responseHeaders: answer.headers,
    responseBody: answer.body,
  };
}

async function post(
  hook: Webhook,
  { headers, body }: { headers: Record<string, string>; body: string },
  signal: AbortSignal,
): Promise<Answer> {
  const refusal = deliveryAddressRefusal(hook.url);
  if (refusal) {
    throw new Error(refusal.message);
  }
  const isHttps = hook.url.startsWith('https:');
  return await new Promise<Answer>((resolve, reject) => {
    const request = (isHttps ? https : http).request(hook.url, {
      method: 'POST',
      agent: false,
      headers: { ...headers, 'Content-Length': Buffer.byteLength(body) },
      lookup: lookupLoopback,
      signal,
      ...(isHttps && { rejectUnauthorized: hook.insecureSsl === '0' }),
    });
    request.on('error', reject);
    request.on('response', response => {
      const chunks: Buffer[] = [];
      let kept = 0;
      response.on('error', reject);
      response.on('data', (chunk: Buffer) => {
        if (kept < KEPT_RESPONSE) {
          chunks.push(chunk.subarray(0, KEPT_RESPONSE - kept));
          kept += chunk.length;
        }
      });
      response.on('end', () => {
        const statusCode = response.statusCode ?? 0;
        resolve({
          status:
            statusCode >= 200 && statusCode < 300
              ? 'OK'
              : `Invalid HTTP Response: ${statusCode}`,
          statusCode,
          headers: Object.fromEntries(
            Object.entries(response.headers).map(([name, value]) => [
              name,
              Array.isArray(value) ? value.join(', ') : value ?? '',
            ]),
          ),
          body: Buffer.concat(chunks).toString(),
        });
      });
    });
    request.end(body);
  });
}
