import { BackendRequests } from './BackendRequests';
import type {
  Build,
  BuildList,
  BuildLogPart,
  BuildQuery,
  BuildRunner,
} from './builds';
import type { PluginLocator } from './EnvoyGoPluginsApi';
import type { EnvoyGoPluginsBuildsApi } from './EnvoyGoPluginsBuildsApi';
import type { PluginVersion } from './versions';

/**
 * Talks to the part of the Envoy Go Plugins backend that builds; made like
 * `EnvoyGoPluginsClient`.
 *
 * @public
 */
export class EnvoyGoPluginsBuildsClient implements EnvoyGoPluginsBuildsApi {
  readonly #backend: BackendRequests;

  constructor(options: {
    discoveryApi: { getBaseUrl(pluginId: string): Promise<string> };
    fetchApi: { fetch: typeof fetch };
  }) {
    this.#backend = new BackendRequests(options);
  }

  async listVersions({
    namespace,
    name,
  }: PluginLocator): Promise<PluginVersion[]> {
    return this.#backend.get(
      `/plugins/${encodeURIComponent(namespace)}/${encodeURIComponent(
        name,
      )}/versions`,
    );
  }

  async getVersionDocument({ url }: { url: string }): Promise<string> {
    return this.#backend.getText(url);
  }

  async listBuilds(query: BuildQuery): Promise<BuildList> {
    const { text: q, ...rest } = query;
    return this.#backend.get('/builds', { q, ...rest });
  }

  async getBuild(id: string): Promise<Build> {
    return this.#backend.get(buildPath(id));
  }

  async getBuildLog(
    id: string,
    options?: { after?: number; limit?: number },
  ): Promise<BuildLogPart> {
    return this.#backend.get(`${buildPath(id)}/log`, { ...options });
  }

  async downloadBuildLog(id: string): Promise<string> {
    return this.#backend.getText(`${buildPath(id)}/log.txt`);
  }

  async cancelBuild({
    id,
    ...body
  }: {
    id: string;
    reason?: string;
  }): Promise<Build> {
    return this.#backend.send('POST', `${buildPath(id)}/cancel`, { body });
  }

  async retryBuild({ id }: { id: string }): Promise<Build> {
    return this.#backend.send('POST', `${buildPath(id)}/retry`);
  }

  async listRunners(): Promise<BuildRunner[]> {
    return this.#backend.get('/admin/runners');
  }
}

function buildPath(id: string): string {
  return `/builds/${encodeURIComponent(id)}`;
}
