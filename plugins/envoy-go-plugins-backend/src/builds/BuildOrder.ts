import type {
  BuildKind,
  PluginLocator,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';

/** The release that is built. */
export interface OrderedRelease {
  /** GitHub's id of it. */
  id: number;
  tag: string;
  /** Without `v`. */
  version: string;
  prerelease: boolean;
  /** ISO 8601, UTC. */
  publishedAt: string;
}

/**
 * What is to be built. Two orders are the same build when kind, repository id, release id
 * (or request id) and commit are the same; a rebuild is always another one.
 */
export interface BuildOrder {
  kind: BuildKind;
  plugin: PluginLocator;
  /** `github.com`, or the host of a GitHub Enterprise. */
  host: string;
  repositoryId: number;
  /** `OWNER/NAME`, as it is now. */
  repository: string;
  /** Full hash. */
  commit: string;
  /** For releases and rebuilds. */
  release?: OrderedRelease;
  /** For requests. */
  requestId?: string;
  /** Entity ref; `system` for the portal. Of a request its author, who then may see the build. */
  requestedBy: string;
  /** For rebuilds. */
  reason?: string;
  /** Nobody was told of the release in time: it goes after all that somebody waits for. */
  missed?: boolean;
}
