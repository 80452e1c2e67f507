import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import type { RequestHandler } from 'express';

/** The header in which proxies and clients name a request, and answers name theirs. */
export const REQUEST_ID_HEADER = 'x-request-id';

const current = new AsyncLocalStorage<string>();

/** The request or delivery that is being handled; `undefined` when the portal acts by itself. */
export function currentRequestId(): string | undefined {
  return current.getStore();
}

/** Does something by a request or delivery, so that the record names it. */
export function withRequestId<T>(id: string, act: () => T): T {
  return current.run(id, act);
}

/** Gives each request an id: the one it brings, or a new one. The answer names it. */
export const nameRequests: RequestHandler = (req, res, next) => {
  const given = req.get(REQUEST_ID_HEADER);
  const id =
    given !== undefined && /^[\w.:+=/-]{1,100}$/.test(given)
      ? given
      : randomUUID();
  res.setHeader(REQUEST_ID_HEADER, id);
  withRequestId(id, next);
};
