import type {
  Build,
  BuildList,
  BuildLogPart,
  BuildQuery,
  BuildRunner,
} from './builds';
import type { PluginLocator } from './EnvoyGoPluginsApi';
import type { PluginVersion } from './versions';

/**
 * What is built, by what, and what came out. Every method throws `ResponseError` of
 * `@backstage/errors` when the backend answers with an error.
 *
 * @public
 */
export interface EnvoyGoPluginsBuildsApi {
  /**
   * `GET /plugins/{namespace}/{name}/versions`: what was released, newest first, with image,
   * proofs, vulnerabilities and signature; from the portal's own store.
   */
  listVersions(plugin: PluginLocator): Promise<PluginVersion[]>;
  /**
   * One of the documents of a version's image, such as its SBOM: its text.
   *
   * @param document - `url` as it stands with the image: a path below the backend's address
   */
  getVersionDocument(document: { url: string }): Promise<string>;
  /**
   * `GET /builds`: those of plugins that whoever asks may see; those of requests only for
   * administrators and the request's author.
   */
  listBuilds(query: BuildQuery): Promise<BuildList>;
  /** `GET /builds/{id}` */
  getBuild(id: string): Promise<Build>;
  /** `GET /builds/{id}/log?after=&limit=`: up to 2,000 lines after one. */
  getBuildLog(
    id: string,
    options?: { after?: number; limit?: number },
  ): Promise<BuildLogPart>;
  /** `GET /builds/{id}/log.txt`: all of it. */
  downloadBuildLog(id: string): Promise<string>;
  /** `POST /builds/{id}/cancel`; for administrators and the plugin's owners. */
  cancelBuild(change: { id: string; reason?: string }): Promise<Build>;
  /** `POST /builds/{id}/retry`: once more, after it ended without having passed. */
  retryBuild(change: { id: string }): Promise<Build>;
  /** `GET /admin/runners` */
  listRunners(): Promise<BuildRunner[]>;
}
