import type { PluginPart } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';

/** Something that was done because a repository changed, as a sentence for administrators. */
export interface ChangeEffect {
  text: string;
  /** Of the plugin that it was done to. */
  entityRef?: string;
}

/** What every change of a repository says. */
export interface RepositoryChange {
  /** `github.com`, or the host of a GitHub Enterprise. */
  host: string;
  /** GitHub's id of the repository, which stays when it is renamed or transferred. */
  id: number;
  /** `OWNER/NAME`, as it was then. */
  fullName: string;
  /** When it happened, or when GitHub told of it; ISO 8601, UTC. */
  at: string;
  /** Login on GitHub of who did it. */
  actor?: string;
  signal?: AbortSignal;
}

/** What a change says of a release. */
export interface ChangedRelease {
  /** GitHub's id of the release. */
  id: number;
  tag: string;
  name?: string;
  /** Markdown. */
  notes?: string;
  url?: string;
}

/**
 * What the marketplace does when GitHub says that a repository changed. Everything here may
 * be called late, and more than once. It answers with what was done; nothing is done for
 * repositories of which there is no plugin, nor where what is known is newer already.
 *
 * Every method throws a `ServiceUnavailableError` that has `retryAt` where GitHub cannot be
 * asked for a while.
 */
export interface RepositoryChanges {
  /** Reads anew what the parts consist of; `summary` and `repository` are one reading. */
  repositoryChanged(
    change: RepositoryChange & {
      parts: PluginPart[];
      /** That somebody gave a star, or took it back. */
      star?: {
        /** On GitHub. */
        login: string;
        starred: boolean;
      };
    },
  ): Promise<ChangeEffect[]>;

  /** It has another name or owner. The plugin stays linked to it. */
  repositoryMoved(
    change: Omit<RepositoryChange, 'fullName'> & {
      /** `OWNER/NAME` */
      from: string;
      /** `OWNER/NAME` */
      to: string;
      kind: 'renamed' | 'transferred';
    },
  ): Promise<ChangeEffect[]>;

  /** It was deleted. What is known of it is kept. */
  repositoryGone(change: RepositoryChange): Promise<ChangeEffect[]>;

  /** From now on others may see it. */
  repositoryVisibilityChanged(
    change: RepositoryChange & {
      visibility: 'public' | 'private' | 'internal';
    },
  ): Promise<ChangeEffect[]>;

  repositoryArchived(
    change: RepositoryChange & { archived: boolean },
  ): Promise<ChangeEffect[]>;

  releaseChanged(
    change: RepositoryChange & {
      action:
        | 'published'
        | 'released'
        | 'prereleased'
        | 'created'
        | 'edited'
        | 'deleted'
        | 'unpublished';
      release: ChangedRelease;
    },
  ): Promise<ChangeEffect[]>;

  /** A tag that there was points to another commit: a forced push, or deleted and made anew. */
  tagMoved(
    change: RepositoryChange & {
      tag: string;
      /** The commit. */
      before: string;
      /** The commit. */
      after: string;
    },
  ): Promise<ChangeEffect[]>;

  /** Others may see private repositories: one, all of an organisation, or all of the host. */
  accessChanged(change: {
    host: string;
    /** Login. */
    organization?: string;
    repositoryId?: number;
    /** ISO 8601, UTC. */
    at: string;
    signal?: AbortSignal;
  }): Promise<ChangeEffect[]>;
}
