import { isError } from '@backstage/errors';
import type { RegistryAccess } from './RegistryAccess';
import type { RegistryError } from './RegistryError';
import { toRegistryError } from './toRegistryError';

const TIMEOUT_MS = 30_000;

/** Registries that do not say how long a token is good for give one for a minute. */
const TOKEN_GOOD_MS = 45_000;

/** A request to the registry's own API, where crane has no command for it. */
export interface RegistryRequest {
  method?: 'GET' | 'HEAD' | 'PUT' | 'DELETE';
  /** With the registry's host. */
  repository: string;
  /** What comes after the repository's name, such as `manifests/latest`. */
  path: string;
  accept?: string[];
  contentType?: string;
  body?: string;
  /** What is tried, for errors: `take HOST/NAME:TAG`. */
  action: string;
  signal?: AbortSignal;
}

/**
 * Speaks HTTP to a registry, with its credentials, or a token that it is given for them.
 *
 * @see https://distribution.github.io/distribution/spec/auth/token/
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md
 */
export class RegistryRequests {
  readonly #access: RegistryAccess;
  readonly #tokens = new Map<string, { until: number; header: string }>();

  constructor(access: RegistryAccess) {
    this.#access = access;
  }

  /**
   * Gives whatever the registry answers.
   *
   * @throws RegistryError when it does not answer
   */
  async send(request: RegistryRequest): Promise<Response> {
    const { method = 'GET', repository } = request;
    const key = `${method === 'HEAD' ? 'GET' : method} ${repository}`;
    const known = this.#tokens.get(key);
    const answer = await this.#fetch(
      request,
      known && known.until > Date.now() ? known.header : undefined,
    );
    if (answer.status !== 401) {
      return answer;
    }
    await answer.arrayBuffer();
    const challenge = answer.headers.get('www-authenticate') ?? '';
    const header = await this.#authorization(request, challenge);
    if (header === undefined) {
      return this.#fetch(request, undefined);
    }
    this.#tokens.set(key, { until: Date.now() + TOKEN_GOOD_MS, header });
    return this.#fetch(request, header);
  }

  async #fetch(
    request: RegistryRequest,
    authorization: string | undefined,
  ): Promise<Response> {
    const { method, repository, body, accept, contentType } = request;
    const name = repository.slice(this.#access.host.length + 1);
    return this.#call(
      new URL(
        `${this.#scheme()}://${this.#access.host}/v2/${name}/${request.path}`,
      ),
      request.action,
      request.signal,
      {
        method,
        headers: {
          ...(accept && { accept: accept.join(', ') }),
          ...(contentType && { 'content-type': contentType }),
          ...(authorization !== undefined && { authorization }),
        },
        body,
      },
    );
  }

  async #call(
    address: URL,
    action: string,
    signal: AbortSignal | undefined,
    init: RequestInit,
  ): Promise<Response> {
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    try {
      return await fetch(address, {
        ...init,
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      });
    } catch (error) {
      signal?.throwIfAborted();
      const cause =
        isError(error) && isError(error.cause) ? error.cause.message : '';
      throw toRegistryError(
        action,
        `${cause || String(error)} (network is unreachable)`,
      );
    }
  }

  async #authorization(
    request: RegistryRequest,
    challenge: string,
  ): Promise<string | undefined> {
    const basic = this.#access.basicCredentials();
    const credentials = basic && `Basic ${basic}`;
    if (!/^bearer /i.test(challenge)) {
      return credentials;
    }
    const action = `give a token for ${request.repository}`;
    const { realm, ...query } = Object.fromEntries(
      [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [
        name,
        value,
      ]),
    );
    if (!realm || !URL.canParse(realm)) {
      throw toRegistryError(action, `it does not say where: ${challenge}`);
    }
    const address = new URL(realm);
    for (const name of ['service', 'scope']) {
      if (query[name]) {
        address.searchParams.set(name, query[name]);
      }
    }
    const answer = await this.#call(address, action, request.signal, {
      headers: credentials ? { authorization: credentials } : {},
    });
    if (!answer.ok) {
      throw await refusedAnswer(action, answer);
    }
    const given: { token?: string; access_token?: string } =
      await answer.json();
    return `Bearer ${given.token ?? given.access_token}`;
  }

  /** As crane decides it: plain HTTP for this machine, and where insecure was asked for. */
  #scheme(): 'http' | 'https' {
    return this.#access.config.insecure ||
      /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(this.#access.host)
      ? 'http'
      : 'https';
  }
}

/** The error of an answer that is none of those that were expected. */
export async function refusedAnswer(
  action: string,
  answer: Response,
): Promise<RegistryError> {
  const said = (await answer.text()).slice(0, 500);
  return toRegistryError(
    action,
    `unexpected status code ${answer.status} ${answer.statusText}${
      said ? `: ${said.replaceAll(/\s+/g, ' ')}` : ''
    }`,
  );
}
