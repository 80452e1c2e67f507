import { BackendRequests } from './BackendRequests';
import type { PluginLocator } from './EnvoyGoPluginsApi';
import type {
  EnvoyGoPluginsManagementApi,
  ManagedPluginList,
  ManagedPluginQuery,
  PluginManagement,
} from './management';

/**
 * Talks to the part of the Envoy Go Plugins backend that manages published plugins; made
 * like `EnvoyGoPluginsClient`.
 *
 * @public
 */
export class EnvoyGoPluginsManagementClient
  implements EnvoyGoPluginsManagementApi
{
  readonly #backend: BackendRequests;

  constructor(options: {
    discoveryApi: { getBaseUrl(pluginId: string): Promise<string> };
    fetchApi: { fetch: typeof fetch };
  }) {
    this.#backend = new BackendRequests(options);
  }

  async getManagement(plugin: PluginLocator): Promise<PluginManagement> {
    return this.#backend.get(`${pluginPath(plugin)}/management`);
  }

  async listManagedPlugins(
    query: ManagedPluginQuery,
  ): Promise<ManagedPluginList> {
    const { text: q, ...rest } = query;
    return this.#backend.get('/admin/plugins', { q, ...rest });
  }

  async changeOwner({
    namespace,
    name,
    ...body
  }: PluginLocator & {
    owner: string;
    reason: string;
  }): Promise<PluginManagement> {
    return this.#post({ namespace, name }, '/owner', body);
  }

  async deprecate({
    namespace,
    name,
    ...body
  }: PluginLocator & {
    reason: string;
    successor?: string;
  }): Promise<PluginManagement> {
    return this.#post({ namespace, name }, '/deprecate', body);
  }

  async yankVersion({
    version,
    reason,
    ...plugin
  }: PluginLocator & {
    version: string;
    reason: string;
  }): Promise<PluginManagement> {
    return this.#post(plugin, `${versionPath(version)}/yank`, { reason });
  }

  async rebuildVersion({
    version,
    reason,
    ...plugin
  }: PluginLocator & {
    version: string;
    reason: string;
  }): Promise<PluginManagement> {
    return this.#post(plugin, `${versionPath(version)}/rebuild`, { reason });
  }

  async unpublish({
    namespace,
    name,
    ...body
  }: PluginLocator & {
    reason: string;
    to?: string;
  }): Promise<PluginManagement> {
    return this.#post({ namespace, name }, '/unpublish', body);
  }

  async retryOperation({
    id,
    ...plugin
  }: PluginLocator & { id: string }): Promise<PluginManagement> {
    return this.#post(plugin, `/operations/${encodeURIComponent(id)}/retry`);
  }

  async #post(
    plugin: PluginLocator,
    path: string,
    body?: Record<string, string | undefined>,
  ): Promise<PluginManagement> {
    return this.#backend.send('POST', `${pluginPath(plugin)}${path}`, {
      body,
    });
  }
}

function pluginPath({ namespace, name }: PluginLocator): string {
  return `/plugins/${encodeURIComponent(namespace)}/${encodeURIComponent(
    name,
  )}`;
}

function versionPath(version: string): string {
  return `/versions/${encodeURIComponent(version)}`;
}
