import { ResponseError } from '@backstage/errors';
import type { EnvoyGoPluginsApi, PluginLocator } from './EnvoyGoPluginsApi';
import type {
  AsOf,
  PluginDetails,
  PluginDiscussion,
  PluginList,
  PluginQuery,
  PluginReadme,
  PluginRelease,
} from './types';

/**
 * Talks to the Envoy Go Plugins backend. Give it the discovery and fetch APIs of a
 * frontend, or the discovery service and any `fetch` of a backend.
 *
 * @public
 */
export class EnvoyGoPluginsClient implements EnvoyGoPluginsApi {
  readonly #discoveryApi: { getBaseUrl(pluginId: string): Promise<string> };
  readonly #fetchApi: { fetch: typeof fetch };

  constructor(options: {
    discoveryApi: { getBaseUrl(pluginId: string): Promise<string> };
    fetchApi: { fetch: typeof fetch };
  }) {
    this.#discoveryApi = options.discoveryApi;
    this.#fetchApi = options.fetchApi;
  }

  async listPlugins(query: PluginQuery): Promise<PluginList> {
    const search = new URLSearchParams();
    if (query.text) {
      search.set('q', query.text);
    }
    for (const facet of [
      'category',
      'runtime',
      'lifecycle',
      'owner',
      'envoy',
    ] as const) {
      for (const value of query[facet] ?? []) {
        search.append(facet, value);
      }
    }
    if (query.sort) {
      search.set('sort', query.sort);
    }
    if (query.offset !== undefined) {
      search.set('offset', String(query.offset));
    }
    if (query.limit !== undefined) {
      search.set('limit', String(query.limit));
    }
    const suffix = search.size > 0 ? `?${search}` : '';
    return this.#get<PluginList>(`/plugins${suffix}`);
  }

  async getPlugin(plugin: PluginLocator): Promise<PluginDetails> {
    return this.#get<PluginDetails>(pathOf(plugin));
  }

  async getReadme(
    plugin: PluginLocator,
  ): Promise<AsOf<PluginReadme | undefined>> {
    return this.#get<AsOf<PluginReadme | undefined>>(
      `${pathOf(plugin)}/readme`,
    );
  }

  async getReleases(plugin: PluginLocator): Promise<AsOf<PluginRelease[]>> {
    return this.#get<AsOf<PluginRelease[]>>(`${pathOf(plugin)}/releases`);
  }

  async getDiscussions(
    plugin: PluginLocator,
  ): Promise<AsOf<PluginDiscussion[]>> {
    return this.#get<AsOf<PluginDiscussion[]>>(`${pathOf(plugin)}/discussions`);
  }

  async #get<T>(path: string): Promise<T> {
    const baseUrl = await this.#discoveryApi.getBaseUrl('envoy-go-plugins');
    const response = await this.#fetchApi.fetch(`${baseUrl}${path}`);
    if (!response.ok) {
      throw await ResponseError.fromResponse(response);
    }
    return response.json();
  }
}

function pathOf(plugin: PluginLocator): string {
  const namespace = encodeURIComponent(plugin.namespace);
  const name = encodeURIComponent(plugin.name);
  return `/plugins/${namespace}/${name}`;
}
