import { isError } from '@backstage/errors';
import type { RegistryAccess } from './RegistryAccess';
import type { RegistryError } from './RegistryError';
import { toRegistryError } from './toRegistryError';

const TIMEOUT_MS = 30_000;

/** Registries that do not say how long a token is good for give one for a minute. */
const TOKEN_GOOD_MS = 45_000;

/** A request to the registry's own API, where crane has no command for it. */
export interface RegistryRequest {
  method?: 'GET' | 'HEAD' | 'PUT';
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
 * Speaks HTTP to a registry, with the credentials and tokens that crane would use.
 *
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
    const key = `${request.method === 'PUT' ? 'push' : 'pull'} ${
      request.repository
    }`;
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
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    const { repository, signal } = request;
    const name = repository.slice(this.#access.host.length + 1);
    try {
      return await fetch(
        `${this.#scheme()}://${this.#access.host}/v2/${name}/${request.path}`,
        {
          method: request.method,
          headers: {
            ...(request.accept && { accept: request.accept.join(', ') }),
            ...(request.contentType && { 'content-type': request.contentType }),
            ...(authorization !== undefined && { authorization }),
          },
          body: request.body,
          signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
        },
      );
    } catch (error) {
      signal?.throwIfAborted();
      const cause =
        isError(error) && isError(error.cause) ? error.cause.message : '';
      throw toRegistryError(
        request.action,
        `${cause || String(error)} (network is unreachable)`,
      );
    }
  }

  async #authorization(
    { method, repository, signal }: RegistryRequest,
    challenge: string,
  ): Promise<string | undefined> {
    if (/^bearer/i.test(challenge)) {
      const result = await this.#access.run(
        'crane',
        [
          'auth',
          'token',
          '--header',
          ...(method === 'PUT' ? ['--push'] : []),
          ...(this.#access.config.insecure ? ['--insecure'] : []),
          repository,
        ],
        { signal },
      );
      if (result.code !== 0) {
        throw toRegistryError(
          `give a token for ${repository}`,
          result.stderr,
          result.timedOut,
        );
      }
      return result.stdout.replace(/^Authorization: /, '').trim();
    }
    const basic = this.#access.basicCredentials();
    return basic && `Basic ${basic}`;
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
