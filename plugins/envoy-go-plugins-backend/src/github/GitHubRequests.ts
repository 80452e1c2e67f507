import type { LoggerService } from '@backstage/backend-plugin-api';
import type { GitHubLane } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { RequestError } from '@octokit/request-error';
import type { GitHubAnswer } from './GitHubAnswer';
import type { GitHubCredential } from './GitHubCredential';
import { GitHubUnavailableError } from './GitHubUnavailableError';
import { clockTime } from './clockTime';
import { type GraphAnswer, isGraphAnswer, toGraphError } from './graphAnswer';
import type { KeptAnswers } from './KeptAnswers';
import { readRateLimit, resourceOf } from './readRateLimit';
import type { RequestBudget } from './RequestBudget';
import { RequestQueue } from './RequestQueue';
import { RETRY_AFTER_MS, toGitHubError, whatGitHubSays } from './toGitHubError';

/** With one credential so many requests are under way at the same time. */
const CONCURRENCY = 10;

/** Whom requests are sent as. */
export interface CredentialSource {
  get(): Promise<GitHubCredential>;
  /** Another in place of one that GitHub does not accept; `undefined` when there is none. */
  renew(refused: GitHubCredential): Promise<GitHubCredential | undefined>;
}

/** A request, before anybody's credentials are added. */
export interface GitHubRequest {
  method: string;
  /** With host and query. */
  url: string;
  accept: string | undefined;
  lane: GitHubLane;
  /** What it will cost, about: requests, or points of GraphQL. */
  cost: number;
  /** Whether its answer may be kept, and it be asked conditionally. */
  mayBeKept: boolean;
  /** Whether a GraphQL answer with errors is given as it is. */
  mayBePartial: boolean;
  signal: AbortSignal | undefined;
  send(options: {
    headers: Record<string, string>;
    signal: AbortSignal;
  }): Promise<GitHubAnswer>;
}

/** What all requests to GitHub go through. */
export class GitHubRequests {
  readonly #budget: RequestBudget;
  readonly #kept: KeptAnswers;
  readonly #logger: LoggerService;
  readonly #timeoutMs: number;
  readonly #now: () => Date;
  /** By credential. */
  readonly #queues = new Map<string, RequestQueue>();

  constructor(options: {
    budget: RequestBudget;
    kept: KeptAnswers;
    logger: LoggerService;
    /** How long to wait for an answer, in milliseconds. */
    timeoutMs: number;
    now: () => Date;
  }) {
    this.#budget = options.budget;
    this.#kept = options.kept;
    this.#logger = options.logger;
    this.#timeoutMs = options.timeoutMs;
    this.#now = options.now;
  }

  /** @throws as `GitHubDoor` says */
  async send(
    source: CredentialSource,
    request: GitHubRequest,
  ): Promise<GitHubAnswer> {
    const credential = await this.#inTime(request, undefined, () =>
      source.get(),
    );
    try {
      return await this.#sendAs(credential, request);
    } catch (error) {
      if (!(error instanceof RequestError) || error.status !== 401) {
        throw error;
      }
      const renewed = await this.#inTime(request, credential, () =>
        source.renew(credential),
      );
      if (!renewed) {
        throw this.#explain(error, credential, request);
      }
      try {
        return await this.#sendAs(renewed, request);
      } catch (again) {
        throw this.#explain(again, renewed, request);
      }
    }
  }

  /** @throws RequestError when the credential is refused, else as `GitHubDoor` says */
  async #sendAs(
    credential: GitHubCredential,
    request: GitHubRequest,
  ): Promise<GitHubAnswer> {
    const { url, lane, signal } = request;
    const queue =
      this.#queues.get(credential.id) ?? new RequestQueue(CONCURRENCY);
    this.#queues.set(credential.id, queue);
    try {
      return await queue.run(lane, signal, async () => {
        if (!request.mayBeKept || credential.kind === 'user') {
          return await this.#ask(credential, request, {});
        }
        let missing: Error | undefined;
        const answer = await this.#kept.answer(
          { url, accept: request.accept },
          async headers => {
            try {
              return await this.#ask(credential, request, headers);
            } catch (error) {
              if (error instanceof RequestError && error.status === 304) {
                return 'not modified';
              }
              if (error instanceof RequestError && isMissing(error)) {
                missing = error;
                return 'missing';
              }
              throw error;
            }
          },
        );
        if (answer === 'missing') {
          throw missing;
        }
        return answer;
      });
    } catch (error) {
      if (error instanceof RequestError && error.status === 401) {
        throw error;
      }
      throw this.#explain(error, credential, request);
    } finally {
      if (queue.isIdle) {
        this.#queues.delete(credential.id);
      }
    }
  }

  /** Sends it, and takes note of what GitHub says about limits. */
  async #ask(
    credential: GitHubCredential,
    request: GitHubRequest,
    headers: Record<string, string>,
  ): Promise<GitHubAnswer> {
    const { lane, url } = request;
    const resource = resourceOf(url);
    const reservation = await this.#budget.reserve({
      credential,
      resource,
      lane,
      cost: request.cost,
    });
    let answer: GitHubAnswer;
    try {
      answer = await this.#inTime(request, credential, signal =>
        request.send({
          headers: {
            ...headers,
            ...(credential.token && {
              authorization: `Bearer ${credential.token}`,
            }),
          },
          signal,
        }),
      );
    } catch (error) {
      if (!(error instanceof RequestError) || !error.response) {
        reservation.cancel();
        throw error;
      }
      const { status, response } = error;
      const rateLimit = readRateLimit(response.headers, resource);
      const isRefused = status === 403 || status === 429;
      await reservation.settle({
        rateLimit,
        cost: status === 304 || isRefused ? 0 : 1,
        notModified: status === 304,
      });
      if (isRefused && rateLimit?.remaining === 0) {
        throw usedUp(credential, rateLimit.resetAt);
      }
      await this.#heed(credential, error);
      throw error;
    }
    const rateLimit = readRateLimit(answer.headers, resource);
    const body: unknown = answer.data;
    const graph =
      resource === 'graphql' && isGraphAnswer(body) ? body : undefined;
    await reservation.settle({
      rateLimit,
      cost: graph ? graph.data?.rateLimit?.cost ?? 1 : 1,
      notModified: false,
    });
    if (graph) {
      await this.#heedGraph(credential, request, graph, rateLimit?.resetAt);
    }
    return answer;
  }

  /**
   * Pauses where GitHub asks for it.
   * https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
   */
  async #heed(credential: GitHubCredential, error: RequestError) {
    const { status, response } = error;
    if (![403, 429, 503].includes(status)) {
      return;
    }
    const retryAfter = Number(response?.headers['retry-after'] ?? NaN);
    const until =
      retryAfter > 0
        ? new Date(this.#now().getTime() + retryAfter * 1000)
        : undefined;
    if (until || status === 429 || asksToSlowDown(error.message)) {
      throw await this.#pause(credential, until);
    }
  }

  /** GraphQL says with 200 what REST says with 403. */
  async #heedGraph(
    credential: GitHubCredential,
    request: GitHubRequest,
    { data, errors = [] }: GraphAnswer,
    resetAt: Date | undefined,
  ) {
    if (errors.some(({ type }) => type === 'RATE_LIMITED')) {
      throw usedUp(credential, resetAt);
    }
    if (errors.some(({ message }) => asksToSlowDown(message))) {
      throw await this.#pause(credential, undefined);
    }
    const isEmpty = !data || Object.values(data).every(value => value === null);
    if (errors.length > 0 && isEmpty && !request.mayBePartial) {
      throw toGraphError(errors, credential, this.#now());
    }
  }

  async #pause(
    credential: GitHubCredential,
    asked: Date | undefined,
  ): Promise<GitHubUnavailableError> {
    const until = await this.#budget.pause(credential, asked);
    return new GitHubUnavailableError(
      `GitHub at ${credential.host} asked the portal (${
        credential.label
      }) to slow down, so it is not asked anything until ${clockTime(until)}.`,
      { reason: 'paused', retryAt: until },
    );
  }

  /**
   * Gives up as soon as time is over or the signal is aborted, whatever the work does about
   * it.
   */
  async #inTime<T>(
    request: GitHubRequest,
    credential: GitHubCredential | undefined,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const timeout = new AbortController();
    const timer = setTimeout(() => timeout.abort(), this.#timeoutMs).unref();
    const signal = request.signal
      ? AbortSignal.any([request.signal, timeout.signal])
      : timeout.signal;
    try {
      return await beforeAbort(signal, () => work(signal));
    } catch (error) {
      // Octokit wraps the reason
      request.signal?.throwIfAborted();
      if (timeout.signal.aborted) {
        throw new GitHubUnavailableError(
          `GitHub at ${
            credential?.host ?? new URL(request.url).host
          } did not answer for ${this.#timeoutMs / 1000} s.`,
          {
            reason: 'timed-out',
            retryAt: new Date(this.#now().getTime() + RETRY_AFTER_MS),
          },
        );
      }
      throw error;
    } finally {
      // What is streamed may take longer than the answer
      clearTimeout(timer);
    }
  }

  #explain(
    error: unknown,
    credential: GitHubCredential,
    request: GitHubRequest,
  ): unknown {
    if (!(error instanceof RequestError)) {
      return error;
    }
    const name = `${request.method} ${request.url}`;
    if (credential.kind === 'portal') {
      this.#logger.debug(`${name}: ${error.status} ${whatGitHubSays(error)}`);
    }
    return toGitHubError({
      error,
      credential,
      request: name,
      now: this.#now(),
    });
  }
}

function isMissing(error: RequestError): boolean {
  return [404, 410, 451].includes(error.status);
}

/** https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits */
function asksToSlowDown(message: string): boolean {
  return /secondary rate limit|abuse detection/i.test(message);
}

function usedUp(
  credential: GitHubCredential,
  resetAt: Date | undefined,
): GitHubUnavailableError {
  return new GitHubUnavailableError(
    `The portal's requests to GitHub (${credential.label}) are used up${
      resetAt ? ` until ${clockTime(resetAt)}` : ''
    }.`,
    { reason: 'budget', retryAt: resetAt },
  );
}

/** Rejects as soon as the signal is aborted. */
async function beforeAbort<T>(
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  return await new Promise<T>((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    work()
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', onAbort));
  });
}
