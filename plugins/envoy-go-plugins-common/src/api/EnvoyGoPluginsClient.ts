import type { EnvoyGoPluginsApi, PluginLocator } from './EnvoyGoPluginsApi';
import type { InOwnName } from './EnvoyGoPluginsAdministrationApi';
import { BackendRequests } from './BackendRequests';
import type {
  AsOf,
  PluginActivity,
  PluginDetails,
  PluginDiscussion,
  PluginList,
  PluginQuery,
  PluginReadme,
  PluginRelease,
  PluginSource,
} from './types';

/**
 * Talks to the Envoy Go Plugins backend. Give it the discovery and fetch APIs of a
 * frontend, or the discovery service and any `fetch` of a backend.
 *
 * @public
 */
export class EnvoyGoPluginsClient implements EnvoyGoPluginsApi {
  readonly #backend: BackendRequests;

  constructor(options: {
    discoveryApi: { getBaseUrl(pluginId: string): Promise<string> };
    fetchApi: { fetch: typeof fetch };
  }) {
    this.#backend = new BackendRequests(options);
  }

  async listPlugins(query: PluginQuery): Promise<PluginList> {
    const { text: q, ...rest } = query;
    return this.#backend.get('/plugins', { q, ...rest });
  }

  async getPlugin(plugin: PluginLocator): Promise<PluginDetails> {
    return this.#backend.get(pathOf(plugin));
  }

  async getReadme(
    plugin: PluginLocator,
    options?: { release?: string },
  ): Promise<AsOf<PluginReadme | undefined>> {
    return this.#backend.get(`${pathOf(plugin)}/readme`, {
      release: options?.release,
    });
  }

  async getReleases(plugin: PluginLocator): Promise<AsOf<PluginRelease[]>> {
    return this.#backend.get(`${pathOf(plugin)}/releases`);
  }

  async getDiscussions(
    plugin: PluginLocator,
  ): Promise<AsOf<PluginDiscussion[]>> {
    return this.#backend.get(`${pathOf(plugin)}/discussions`);
  }

  async getSource(plugin: PluginLocator): Promise<AsOf<PluginSource>> {
    return this.#backend.get(`${pathOf(plugin)}/source`);
  }

  async getActivity(plugin: PluginLocator): Promise<PluginActivity[]> {
    return this.#backend.get(`${pathOf(plugin)}/activity`);
  }

  async isStarred(plugin: PluginLocator): Promise<boolean | undefined> {
    const { starred } = await this.#backend.get<{ starred?: boolean }>(
      `${pathOf(plugin)}/star`,
    );
    return starred;
  }

  async setStarred({
    gitHubToken,
    starred,
    ...plugin
  }: PluginLocator & InOwnName & { starred: boolean }): Promise<void> {
    await this.#backend.send(
      starred ? 'PUT' : 'DELETE',
      `${pathOf(plugin)}/star`,
      { gitHubToken },
    );
  }
}

function pathOf(plugin: PluginLocator): string {
  const namespace = encodeURIComponent(plugin.namespace);
  const name = encodeURIComponent(plugin.name);
  return `/plugins/${namespace}/${name}`;
}
