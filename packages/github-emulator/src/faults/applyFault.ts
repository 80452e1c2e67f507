import { Request, Response } from 'express';
import { FaultRule } from './Faults';

const SECONDARY_LIMIT =
  'You have exceeded a secondary rate limit. Please wait a few minutes before you try again. If you reach out to GitHub Support for help, please include the request ID.';

const RETRY_SECONDS = 60;

/** What a fault answers instead of the answer. */
interface Instead {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** The answer of a fault; undefined for those that have none. */
function answerInstead({ fault }: FaultRule): Instead | undefined {
  if (fault.type === 'status') {
    return {
      status: fault.status,
      headers: {
        'content-type': fault.body?.startsWith('{')
          ? 'application/json; charset=utf-8'
          : 'text/html; charset=utf-8',
        ...fault.headers,
      },
      body:
        fault.body ??
        `<html><head><title>${fault.status}</title></head><body>This page is taking too long to load.</body></html>`,
    };
  }
  if (fault.type === 'secondary-rate-limit') {
    const { status = 403, retryAfter = RETRY_SECONDS } = fault;
    return {
      status,
      headers: {
        'content-type': 'application/json; charset=utf-8',
        ...(retryAfter !== 'none' && { 'retry-after': String(retryAfter) }),
      },
      body: JSON.stringify({
        message: SECONDARY_LIMIT,
        documentation_url:
          'https://docs.github.com/free-pro-team@latest/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits',
      }),
    };
  }
  return undefined;
}

/**
 * Makes a request go wrong.
 *
 * @returns whether it is to be handled all the same; what comes of that is changed on its way out
 */
export async function applyFault(
  rule: FaultRule,
  request: Request,
  response: Response,
): Promise<boolean> {
  const { fault } = rule;
  if (fault.type === 'delay') {
    await new Promise(resolve => {
      const timer = setTimeout(resolve, fault.milliseconds);
      response.on('close', () => {
        clearTimeout(timer);
        resolve(undefined);
      });
    });
    return true;
  }
  if (fault.type === 'truncate') {
    truncate(request, response, fault.bytes);
    return true;
  }
  const instead = answerInstead(rule);
  if (!rule.takesEffect) {
    if (instead) {
      response.writeHead(instead.status, instead.headers).end(instead.body);
    } else {
      request.socket.destroy();
    }
    return false;
  }
  const writeHead = response.writeHead.bind(response);
  const end = response.end.bind(response);
  response.writeHead = () => response;
  response.write = () => true;
  response.end = () => {
    if (instead) {
      response
        .getHeaderNames()
        .forEach(name => response.removeHeader(String(name)));
      writeHead(instead.status, instead.headers);
      end(instead.body);
    } else {
      request.socket.destroy();
    }
    return response;
  };
  return true;
}

function truncate(
  request: Request,
  response: Response,
  bytes: number | undefined,
): void {
  const write = response.write.bind(response);
  response.end = (chunk?: unknown) => {
    const body =
      typeof chunk === 'string' || Buffer.isBuffer(chunk)
        ? Buffer.from(chunk)
        : Buffer.alloc(0);
    write(body.subarray(0, bytes ?? Math.floor(body.length / 2)), () =>
      request.socket.destroy(),
    );
    return response;
  };
}
