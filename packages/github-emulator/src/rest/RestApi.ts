import { JsonValue } from '@backstage/types';
import { ConflictError, InputError, isError } from '@backstage/errors';
import { randomUUID } from 'node:crypto';
import { Request, Response } from 'express';
import { mayAsk } from '../apps/neededPermission';
import { Emulator } from '../Emulator';
import { authenticate } from '../server/authentication';
import { entityTag, matchesEntityTag } from '../server/etag';
import { faultOf } from '../faults/faultMiddleware';
import { GitHubError } from '../server/GitHubError';
import { PathMatcher } from '../server/PathMatcher';
import { rateLimitHeaders, refuseWhenExhausted } from '../server/RateLimiter';
import { RequestBody } from '../server/RequestBody';
import { RequestLog } from '../server/RequestLog';
import { Viewer } from '../server/Viewer';
import { GitHubDescription } from '../truth/GitHubDescription';
import { TruthCheck } from '../truth/TruthCheck';
import { UPLOAD_PATH } from './releases';
import { RestAnswer, RestRequest } from './RestRequest';
import { ROUTES } from './routes';
import { Route } from './RouteTable';
import { API_VERSION, RATE_LIMIT_PATH } from './service';

/** What happens when a request or an answer contradicts GitHub's description. */
export type Validation = 'throw' | 'record' | 'off';

/** Answers requests to `/api/v3`. */
export class RestApi {
  readonly #emulator: Emulator;
  readonly #log: RequestLog;
  readonly #validation: Validation;
  readonly #routes: Route[] = Object.values(ROUTES).flat();
  readonly #matcher = new PathMatcher(this.#routes.map(({ path }) => path));
  #description?: Promise<GitHubDescription>;
  #truth?: Promise<TruthCheck>;

  constructor(options: {
    emulator: Emulator;
    log: RequestLog;
    validation: Validation;
  }) {
    this.#emulator = options.emulator;
    this.#log = options.log;
    this.#validation = options.validation;
  }

  /** Answers one request; `rawBody` is what it brought. */
  async handle(
    request: Request,
    rawBody: Buffer,
    response: Response,
  ): Promise<void> {
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    const [rawPath, queryText = ''] = request.url.split('?', 2);
    const path = this.#byName(
      rawPath.length > 1 ? rawPath.replace(/\/+$/, '') : rawPath,
    );
    const query = new URLSearchParams(queryText);
    const media = variant(request.headers.accept);
    const exchange: { viewer?: Viewer; route?: Route; body?: JsonValue } = {};
    let answer: RestAnswer;
    try {
      exchange.viewer = authenticate(this.#emulator, request);
      answer = await this.#answer(method, path, exchange, viewer => ({
        emulator: this.#emulator,
        viewer,
        method,
        path,
        query,
        body: new RequestBody({}),
        rawBody,
        headers: request.headers,
        media,
      }));
    } catch (error) {
      answer = toAnswer(error);
    }
    const { viewer, route } = exchange;
    await this.#emulator.store.saved();
    const json =
      answer.body === undefined || Buffer.isBuffer(answer.body)
        ? undefined
        : answer.body;
    if (route && this.#validation !== 'off' && answer.status !== 501) {
      const truth = await this.#loadTruth();
      const violations = truth.check({
        method,
        endpoint: route.path,
        path,
        query,
        requestBody: exchange.body,
        status: answer.status,
        media,
        responseBody: json && JSON.parse(JSON.stringify(json)),
        isBinary: Buffer.isBuffer(answer.body),
      });
      this.#log.addViolations(violations);
      if (this.#validation === 'throw' && violations.length > 0) {
        answer = {
          status: 500,
          body: {
            message: `GitHub emulator: ${method} ${route.path} contradicts GitHub's description`,
            violations: violations.map(one => `${one.side}: ${one.message}`),
          },
        };
      }
    }
    const sent = this.#send(request, response, answer, viewer, route);
    this.#log.add({
      method: request.method,
      path,
      query: queryText,
      endpoint: route?.path,
      status: sent.status,
      login: viewer?.account?.login,
      cost: sent.cost,
      fault: faultOf(response),
    });
  }

  /** The path of a repository by its name, where redirects lead to it by its id. */
  #byName(path: string): string {
    const found = /^\/repositories\/(\d+)(\/.*)?$/.exec(path);
    const repository = this.#emulator.store.collections.repositories.get(
      found ? Number(found[1]) : undefined,
    );
    return repository
      ? `/repos/${this.#emulator.repositories.fullName(repository)}${
          found?.[2] ?? ''
        }`
      : path;
  }

  async #answer(
    method: string,
    path: string,
    exchange: { viewer?: Viewer; route?: Route; body?: JsonValue },
    parts: (
      viewer: Viewer,
    ) => Omit<ConstructorParameters<typeof RestRequest>[0], 'params'>,
  ): Promise<RestAnswer> {
    const { viewer } = exchange;
    if (!viewer) {
      throw new GitHubError(401, 'Bad credentials');
    }
    const found = this.#matcher.match(path);
    const route =
      found &&
      this.#routes.find(
        one => one.path === found.template && one.method === method,
      );
    if (!found || !route) {
      throw await this.#noSuchEndpoint(method, path);
    }
    exchange.route = route;
    if (route.path !== RATE_LIMIT_PATH) {
      refuseWhenExhausted(this.#emulator.rateLimiter, viewer, route.resource);
    }
    refuseOtherKinds(viewer, route);
    const given = parts(viewer);
    const isUpload = route.path === UPLOAD_PATH && method === 'POST';
    const body = isUpload
      ? new RequestBody({})
      : RequestBody.parse(given.rawBody);
    if (!isUpload && given.rawBody.length > 0) {
      exchange.body = body.fields[''] ?? body.fields;
    }
    return await route.handler(
      new RestRequest({ ...given, body, params: found.params }),
    );
  }

  async #noSuchEndpoint(method: string, path: string): Promise<GitHubError> {
    this.#description ??= GitHubDescription.load();
    const known = (await this.#description).findTemplate(method, path);
    return known
      ? new GitHubError(
          501,
          `GitHub emulator: ${method} ${known} is not implemented`,
        )
      : new GitHubError(404, 'Not Found');
  }

  async #loadTruth(): Promise<TruthCheck> {
    this.#description ??= GitHubDescription.load();
    const description = this.#description;
    this.#truth ??= description.then(loaded => new TruthCheck(loaded));
    return await this.#truth;
  }

  #send(
    request: Request,
    response: Response,
    answer: RestAnswer,
    viewer: Viewer | undefined,
    route: Route | undefined,
  ): { status: number; cost: number } {
    const isBinary = Buffer.isBuffer(answer.body);
    const content = toContent(answer.body);
    const headers: Record<string, string> = {
      'x-github-media-type': 'github.v3; format=json',
      'x-github-api-version-selected': API_VERSION,
      'x-github-request-id': randomUUID().toUpperCase(),
      date: this.#emulator.clock().toUTCString(),
      vary: 'Accept, Authorization, Cookie',
      ...(!isBinary &&
        content && { 'content-type': 'application/json; charset=utf-8' }),
      ...(viewer?.token && {
        'x-oauth-scopes': viewer.token.scopes.join(', '),
        'x-accepted-oauth-scopes': '',
      }),
      ...answer.headers,
    };
    let status = answer.status;
    let cost = 0;
    if (
      content &&
      status === 200 &&
      (request.method === 'GET' || request.method === 'HEAD')
    ) {
      const tag = entityTag(content, !isBinary);
      headers.etag = tag;
      headers['cache-control'] = viewer?.account
        ? 'private, max-age=60, s-maxage=60'
        : 'public, max-age=60, s-maxage=60';
      if (matchesEntityTag(request.headers['if-none-match'], tag)) {
        status = 304;
      }
    }
    if (viewer) {
      const { rateLimiter } = this.#emulator;
      const resource = route?.resource ?? 'core';
      const isFree = status === 304 || route?.path === RATE_LIMIT_PATH;
      const before = rateLimiter.state(viewer.rateLimitKey, resource);
      cost = isFree || before.remaining === 0 ? 0 : 1;
      Object.assign(
        headers,
        rateLimitHeaders(
          isFree ? before : rateLimiter.count(viewer.rateLimitKey, resource),
        ),
      );
    }
    response.writeHead(status, headers);
    response.end(
      status === 304 || request.method === 'HEAD' ? undefined : content,
    );
    return { status, cost };
  }
}

const OF_APPS = /^\/app(\/|$)|\/installation$/;

/** Apps and their installations may not ask for everything that people may ask for. */
function refuseOtherKinds(viewer: Viewer, { method, path }: Route): void {
  const isRefused =
    (viewer.app && !OF_APPS.test(path) && !path.startsWith('/apps/')) ||
    (viewer.installation &&
      (/^\/user(\/|$)/.test(path) ||
        !mayAsk(viewer.installation.token.permissions, method, path)));
  if (isRefused && path !== RATE_LIMIT_PATH) {
    throw new GitHubError(403, 'Resource not accessible by integration');
  }
}

/** The variant in an `Accept` header: `raw` of `application/vnd.github.v3.raw+json`. */
function variant(accept: string | undefined): string | undefined {
  const found =
    /application\/vnd\.github(?:\.(?:v3|[a-z]+-[a-z-]+-preview))?\.([a-z]+)(?:\+json)?/.exec(
      accept ?? '',
    );
  const name = found?.[1];
  return name === 'v3' ? undefined : name;
}

function toContent(body: RestAnswer['body']): Buffer | undefined {
  if (body === undefined || Buffer.isBuffer(body)) {
    return body;
  }
  return Buffer.from(JSON.stringify(body));
}

/** What an error is answered with: GitHub's own words, or the reason why this server failed. */
function toAnswer(error: unknown): RestAnswer {
  if (error instanceof GitHubError) {
    return {
      status: error.status,
      body: error.toBody(),
      headers: error.headers,
    };
  }
  if (error instanceof InputError) {
    return toAnswer(new GitHubError(422, error.message));
  }
  if (error instanceof ConflictError) {
    return toAnswer(new GitHubError(409, error.message));
  }
  return toAnswer(new GitHubError(500, `GitHub emulator: ${describe(error)}`));
}

function describe(error: unknown): string {
  return isError(error) ? String(error.stack ?? error.message) : String(error);
}
