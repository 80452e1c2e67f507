import { ResponseError } from '@backstage/errors';

/**
 * The header in which a request to the backend carries the GitHub token of whoever it is
 * made for.
 *
 * @public
 */
export const GITHUB_TOKEN_HEADER = 'x-github-token';

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

interface SendOptions {
  body?: unknown;
  gitHubToken?: string;
}

type QueryValue = string | number | boolean | readonly string[] | undefined;

/** Requests to the Envoy Go Plugins backend. */
export class BackendRequests {
  readonly #discoveryApi: { getBaseUrl(pluginId: string): Promise<string> };
  readonly #fetchApi: { fetch: typeof fetch };

  constructor(options: {
    discoveryApi: { getBaseUrl(pluginId: string): Promise<string> };
    fetchApi: { fetch: typeof fetch };
  }) {
    this.#discoveryApi = options.discoveryApi;
    this.#fetchApi = options.fetchApi;
  }

  /**
   * @param query - what is `undefined` or empty is left out
   * @throws ResponseError when the backend answers with an error
   */
  async get<T>(path: string, query?: Record<string, QueryValue>): Promise<T> {
    return this.send('GET', withQuery(path, query));
  }

  /**
   * @returns the JSON of the answer; where the answer has none, nothing that may be used
   * @throws ResponseError when the backend answers with an error
   */
  async send<T>(
    method: Method,
    path: string,
    options?: SendOptions,
  ): Promise<T> {
    const text = await this.#text(method, path, options);
    return JSON.parse(text || 'null');
  }

  /**
   * @param query - what is `undefined` or empty is left out
   * @returns the answer as it is
   * @throws ResponseError when the backend answers with an error
   */
  async getText(
    path: string,
    query?: Record<string, QueryValue>,
  ): Promise<string> {
    return this.#text('GET', withQuery(path, query));
  }

  async #text(
    method: Method,
    path: string,
    options?: SendOptions,
  ): Promise<string> {
    const { body, gitHubToken } = options ?? {};
    const baseUrl = await this.#discoveryApi.getBaseUrl('envoy-go-plugins');
    const response = await this.#fetchApi.fetch(`${baseUrl}${path}`, {
      method,
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(gitHubToken !== undefined && {
          [GITHUB_TOKEN_HEADER]: gitHubToken,
        }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (!response.ok) {
      throw await ResponseError.fromResponse(response);
    }
    return response.text();
  }
}

function withQuery(
  path: string,
  query: Record<string, QueryValue> = {},
): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (Array.isArray(value)) {
      value.forEach(each => search.append(name, each));
    } else if (value !== undefined && value !== '') {
      search.set(name, String(value));
    }
  }
  return search.size > 0 ? `${path}?${search}` : path;
}
