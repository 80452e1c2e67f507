import type { LoggerService } from '@backstage/backend-plugin-api';
import { stringifyEntityRef } from '@backstage/catalog-model';
import { NotFoundError, toError } from '@backstage/errors';
import type {
  AsOf,
  EnvoyGoPluginEntity,
  PluginDiscussion,
  PluginReadme,
  PluginRelease,
  PluginRepository,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { GitHubClient, GitHubRepository } from '../github';
import type { PluginFacts, RefreshOutcome } from './PluginFacts';
import type { PluginStore } from './PluginStore';
import { repositoryOf } from './repositoryOf';

/** What GitHub says, in the marketplace's words. */
export class GitHubPluginFacts implements PluginFacts {
  readonly #github: GitHubClient;
  readonly #store: PluginStore;
  readonly #logger: LoggerService;

  constructor(options: {
    github: GitHubClient;
    store: PluginStore;
    logger: LoggerService;
  }) {
    this.#github = options.github;
    this.#store = options.store;
    this.#logger = options.logger;
  }

  async findRepository(
    entity: EnvoyGoPluginEntity,
  ): Promise<AsOf<PluginRepository> | undefined> {
    const repository = this.#locate(entity);
    if (!repository) {
      return undefined;
    }
    try {
      return await this.#getRepository(repository);
    } catch (error) {
      // The plugin's page says the rest even so
      this.#logger.debug(
        `No facts about ${repository.owner}/${repository.name}: ${
          toError(error).message
        }`,
      );
      return undefined;
    }
  }

  async getReadme(
    entity: EnvoyGoPluginEntity,
  ): Promise<AsOf<PluginReadme | undefined>> {
    const { value: readme, ...rest } = await this.#github.getReadme(
      this.#locateOrThrow(entity),
    );
    return {
      ...rest,
      value: readme && {
        content: Buffer.from(readme.content, 'base64').toString('utf8'),
        url: readme.html_url ?? readme.url,
        rawUrl: withoutQuery(readme.download_url ?? readme.url),
      },
    };
  }

  async getReleases(
    entity: EnvoyGoPluginEntity,
  ): Promise<AsOf<PluginRelease[]>> {
    return this.#getReleases(this.#locateOrThrow(entity));
  }

  async getDiscussions(
    entity: EnvoyGoPluginEntity,
  ): Promise<AsOf<PluginDiscussion[]>> {
    const { value: issues, ...rest } = await this.#github.listOpenIssues(
      this.#locateOrThrow(entity),
    );
    return {
      ...rest,
      value: issues.map(issue => ({
        type: issue.pull_request ? 'pull-request' : 'issue',
        number: issue.number,
        title: issue.title,
        url: issue.html_url,
        // Whose account was deleted is "ghost" on GitHub's own pages
        author: issue.user?.login ?? 'ghost',
        labels: issue.labels.map(label =>
          typeof label === 'string'
            ? { name: label, color: 'ededed' }
            : { name: label.name ?? '', color: label.color ?? 'ededed' },
        ),
        comments: issue.comments,
        draft: issue.pull_request ? issue.draft ?? false : undefined,
        createdAt: toIso(issue.created_at),
        updatedAt: toIso(issue.updated_at),
      })),
    };
  }

  async invalidate(
    entity: EnvoyGoPluginEntity,
    changedAt: string,
  ): Promise<void> {
    const location = this.#locate(entity);
    if (location) {
      await this.#github.invalidate(location, changedAt);
    }
  }

  async refresh(entity: EnvoyGoPluginEntity): Promise<RefreshOutcome> {
    const location = this.#locate(entity);
    if (!location) {
      return { outcome: 'missing' };
    }
    try {
      const [repository, releases] = await Promise.all([
        this.#getRepository(location),
        this.#getReleases(location),
      ]);
      const reason = repository.staleReason ?? releases.staleReason;
      if (reason) {
        return { outcome: 'unanswered', reason };
      }
      await this.#store.setFacts(stringifyEntityRef(entity), {
        stars: repository.value.stars,
        latestRelease: latestRelease(releases.value),
        asOf: earlier(repository.asOf, releases.asOf),
      });
      return { outcome: 'stored' };
    } catch (error) {
      const { name, message: reason } = toError(error);
      this.#logger.debug(
        `No facts about ${location.owner}/${location.name}: ${reason}`,
      );
      return name === 'NotFoundError'
        ? { outcome: 'missing' }
        : { outcome: 'unanswered', reason };
    }
  }

  async #getRepository(
    repository: GitHubRepository,
  ): Promise<AsOf<PluginRepository>> {
    const { value, ...rest } = await this.#github.getRepository(repository);
    return {
      ...rest,
      value: {
        slug: value.full_name,
        url: value.html_url,
        stars: value.stargazers_count,
        forks: value.forks_count,
        openIssues: value.open_issues_count,
        license: licenseName(value.license),
        defaultBranch: value.default_branch,
        archived: value.archived,
        pushedAt: value.pushed_at ? toIso(value.pushed_at) : undefined,
      },
    };
  }

  async #getReleases(
    repository: GitHubRepository,
  ): Promise<AsOf<PluginRelease[]>> {
    const [releases, tags] = await Promise.all([
      this.#github.listReleases(repository),
      this.#github.listTags(repository),
    ]);
    const commits = new Map(
      tags.value.map(tag => [tag.name, tag.commit.sha] as const),
    );
    return {
      value: releases.value
        .filter(release => !release.draft)
        .map(release => ({
          tag: release.tag_name,
          name: release.name ?? undefined,
          notes: release.body ?? undefined,
          url: release.html_url,
          publishedAt: toIso(release.published_at ?? release.created_at),
          prerelease: release.prerelease,
          commit: commits.get(release.tag_name),
        }))
        .sort((a, b) => (a.publishedAt < b.publishedAt ? 1 : -1)),
      asOf: earlier(releases.asOf, tags.asOf),
      staleReason: releases.staleReason ?? tags.staleReason,
    };
  }

  #locate(entity: EnvoyGoPluginEntity): GitHubRepository | undefined {
    return repositoryOf(entity, host => this.#github.integrates(host));
  }

  #locateOrThrow(entity: EnvoyGoPluginEntity): GitHubRepository {
    const repository = this.#locate(entity);
    if (!repository) {
      throw new NotFoundError(
        `It is not known where ${stringifyEntityRef(
          entity,
        )} is on GitHub; its catalog-info.yaml needs the annotation "github.com/project-slug: ORG/NAME", and the portal an integration for its host`,
      );
    }
    return repository;
  }
}

/** The newest that is no pre-release; where there are only those, the newest of them. */
function latestRelease(
  newestFirst: PluginRelease[],
): { tag: string; publishedAt: string } | undefined {
  const release =
    newestFirst.find(candidate => !candidate.prerelease) ?? newestFirst[0];
  return release && { tag: release.tag, publishedAt: release.publishedAt };
}

function licenseName(
  license: { spdx_id: string | null; name: string } | null,
): string | undefined {
  if (!license) {
    return undefined;
  }
  // GitHub's word for a licence that it does not recognise
  return license.spdx_id && license.spdx_id !== 'NOASSERTION'
    ? license.spdx_id
    : license.name;
}

/** The download address of a file in a private repository has a token in it, which is the portal's. */
function withoutQuery(address: string): string {
  const url = new URL(address);
  url.search = '';
  return url.href;
}

function earlier(a: string, b: string): string {
  return a < b ? a : b;
}

function toIso(time: string): string {
  return new Date(time).toISOString();
}
