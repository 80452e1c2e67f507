import type {
  BackstageCredentials,
  BackstageUserPrincipal,
} from '@backstage/backend-plugin-api';
import type {
  Build,
  BuildList,
  BuildLogPart,
  BuildQuery,
  BuildSummary,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { Knex } from 'knex';
import type { BuildOrder } from './BuildOrder';

/**
 * What is built, as other capabilities use it. Who may do what is for its callers to have
 * asked.
 */
export interface Builds {
  /**
   * Queues a build, once: the same order again answers with the build that there is.
   *
   * @param options - `transaction`: to do so together with something else
   */
  order(
    order: BuildOrder,
    options?: { transaction?: Knex.Transaction },
  ): Promise<{ build: BuildSummary; created: boolean }>;

  /** @throws NotFoundError */
  get(id: string): Promise<Build>;

  /** @param viewer - who it is for; all of them without one */
  list(query: BuildQuery, viewer?: BuildViewer): Promise<BuildList>;

  /** @throws NotFoundError */
  log(
    id: string,
    range: { after?: number; limit?: number },
  ): Promise<BuildLogPart>;

  /** Stops it, wherever it runs, soon. @throws NotFoundError, ConflictError when it is over */
  cancel(
    id: string,
    by: { actor: string; reason?: string },
  ): Promise<BuildSummary>;

  /** Queues it anew. @throws NotFoundError, ConflictError unless it ended without having passed */
  retry(id: string, by: { actor: string }): Promise<BuildSummary>;

  /** Resolves when it is over. @throws the signal's reason when that is aborted first */
  ended(id: string, options: { signal: AbortSignal }): Promise<Build>;

  /** Whether any replica has a runner that is connected. */
  hasRunners(): Promise<boolean>;
}

/** What of the builds somebody may see. */
export interface BuildViewer {
  /** Entity refs of the plugins that are not for them. */
  hidden: string[];
  /**
   * A query for entity refs, in lower case: of other plugins only the builds for requests are
   * for them.
   */
  known?: Knex.QueryBuilder;
  /** Of the builds for requests only those that this user asked for; otherwise all. */
  requestsOf?: string;
}

/** Who asks over HTTP. */
export type AskingUser = BackstageCredentials<BackstageUserPrincipal>;
