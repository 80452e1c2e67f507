import type { LoggerService } from '@backstage/backend-plugin-api';
import { NotFoundError, ServiceUnavailableError } from '@backstage/errors';
import type {
  AsOf,
  PluginActivity,
  PluginDiscussion,
  PluginReadme,
  PluginRelease,
  PluginRepository,
  PluginSource,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { versionOf } from './partVersions';
import type { PluginFacts } from './PluginFacts';
import type {
  PluginLink,
  ReadFailure,
  RepositoryParts,
  RepositoryStore,
  StoredRelease,
  StoredRepository,
} from './RepositoryStore';
import type { Viewer } from './Viewer';

/** A link of which the repository is known. */
type Linked = PluginLink & { repository: StoredRepository };

/** What GitHub said, out of the database. GitHub itself is never waited for. */
export class StoredPluginFacts implements PluginFacts {
  readonly #store: RepositoryStore;
  readonly #readSoon: (link: PluginLink) => void;
  readonly #maxFactsAgeMs: number;
  readonly #now: () => Date;
  readonly #logger: LoggerService;

  constructor(options: {
    store: RepositoryStore;
    /** Has a plugin read of which something was never read. */
    readSoon: (link: PluginLink) => void;
    /** How old facts are when something is wrong, in milliseconds. */
    maxFactsAgeMs: number;
    now: () => Date;
    logger: LoggerService;
  }) {
    this.#store = options.store;
    this.#readSoon = options.readSoon;
    this.#maxFactsAgeMs = options.maxFactsAgeMs;
    this.#now = options.now;
    this.#logger = options.logger;
  }

  async findRepository(
    entityRef: string,
  ): Promise<AsOf<PluginRepository> | undefined> {
    const link = await this.#store.findLink(entityRef);
    if (link && !isLinked(link)) {
      this.#readSoon(link);
    }
    if (!link || !isLinked(link)) {
      return undefined;
    }
    const { repository } = link;
    const { snapshot } = repository;
    return {
      ...this.#age(repository, snapshot.asOf),
      value: {
        slug: `${snapshot.owner}/${snapshot.name}`,
        url: snapshot.url,
        stars: snapshot.stars,
        forks: snapshot.forks,
        openIssues: snapshot.openIssues,
        license: snapshot.license,
        defaultBranch: snapshot.defaultBranch ?? '',
        archived: snapshot.archived,
        pushedAt: snapshot.pushedAt,
        id: snapshot.id,
        visibility: snapshot.visibility,
        openPullRequests: snapshot.openPullRequests,
        deletedAt: repository.deletedAt,
      },
    };
  }

  async getReadme(
    entityRef: string,
    options: { release?: string } = {},
  ): Promise<AsOf<PluginReadme | undefined>> {
    if (options.release === undefined) {
      const { value, ...age } = await this.#getPart(entityRef, 'readme');
      return { ...age, value: value ?? undefined };
    }
    const link = await this.#findOrThrow(entityRef);
    const release = (await this.#store.listReleases(link.repository)).find(
      ({ tag }) => tag === options.release,
    );
    if (!release) {
      throw new NotFoundError(
        `${entityRef} has no release "${options.release}"; its versions are listed at …/releases`,
      );
    }
    const readme = await this.#store.getReleaseReadme(
      link.repository,
      release.id,
    );
    if (!readme) {
      this.#readSoon(link);
      throw notAskedYet(
        `the README of ${release.tag}`,
        link.repository.failure,
      );
    }
    // What a commit has never changes
    return { value: readme.value ?? undefined, asOf: readme.asOf };
  }

  async getReleases(entityRef: string): Promise<AsOf<PluginRelease[]>> {
    const { value: _, ...age } = await this.#getPart(entityRef, 'releases');
    const link = await this.#findOrThrow(entityRef);
    return {
      ...age,
      value: (await this.#store.listReleases(link.repository)).map(toRelease),
    };
  }

  async getDiscussions(entityRef: string): Promise<AsOf<PluginDiscussion[]>> {
    return this.#getPart(entityRef, 'discussions');
  }

  async getSource(entityRef: string): Promise<AsOf<PluginSource>> {
    return this.#getPart(entityRef, 'source');
  }

  async getActivity(entityRef: string): Promise<PluginActivity[]> {
    const link = await this.#store.findLink(entityRef);
    return link?.repository ? this.#store.listActivity(link.repository) : [];
  }

  async isStarredBy(
    entityRef: string,
    viewer: Viewer | undefined,
  ): Promise<boolean | undefined> {
    const link = await this.#findOrThrow(entityRef);
    const { repository } = link;
    if (viewer?.host !== repository.host) {
      return undefined;
    }
    const star = await this.#store.findStar(repository, viewer.login);
    if (star !== undefined) {
      return star;
    }
    const known = await this.#store.getPart(repository, 'stargazers');
    if (!known) {
      this.#readSoon(link);
    }
    // Among more than are listed, or than were listed then, they may be
    const areAll =
      known?.value.complete &&
      known.version === versionOf('stargazers', repository.snapshot);
    return areAll ? false : undefined;
  }

  async #getPart<Part extends 'readme' | 'releases' | 'discussions' | 'source'>(
    entityRef: string,
    part: Part,
  ): Promise<AsOf<RepositoryParts[Part]>> {
    const link = await this.#findOrThrow(entityRef);
    const { repository } = link;
    const known = await this.#store.getPart(repository, part);
    if (!known) {
      this.#readSoon(link);
      throw notAskedYet(
        `this about ${repository.snapshot.owner}/${repository.snapshot.name}`,
        repository.failure,
      );
    }
    // Where nothing changed since, the part is as new as the answer that said so
    const isCurrent = known.version === versionOf(part, repository.snapshot);
    const asOf =
      isCurrent && repository.snapshot.asOf > known.asOf
        ? repository.snapshot.asOf
        : known.asOf;
    return { ...this.#age(repository, asOf), value: known.value };
  }

  async #findOrThrow(entityRef: string): Promise<Linked> {
    const link = await this.#store.findLink(entityRef);
    if (!link) {
      throw new NotFoundError(
        `It is not known where ${entityRef} is on GitHub; its catalog-info.yaml needs the annotation "github.com/project-slug: ORG/NAME", and the portal an integration for its host`,
      );
    }
    if (!isLinked(link)) {
      this.#readSoon(link);
      const { owner, name } = link.location;
      throw notAskedYet(`${owner}/${name}`, link.failure);
    }
    return link;
  }

  #age(
    repository: StoredRepository,
    asOf: string,
  ): { asOf: string; staleReason?: string } {
    const showing = `Showing what we knew at ${this.#clockTime(asOf)}.`;
    const { failure, deletedAt } = repository;
    if (deletedAt) {
      return {
        asOf,
        staleReason: `GitHub has no such repository any more, or does not show it to the portal, since ${this.#clockTime(
          deletedAt,
        )}. ${showing}`,
      };
    }
    if (failure && failure.at > asOf) {
      return { asOf, staleReason: `${failure.reason} ${showing}` };
    }
    if (this.#now().getTime() - Date.parse(asOf) > this.#maxFactsAgeMs) {
      this.#logger.debug(
        `What is known of ${repository.snapshot.url} is older than it should be: ${asOf}`,
      );
      return {
        asOf,
        staleReason: `GitHub was not asked since; other plugins came first. ${showing}`,
      };
    }
    return { asOf };
  }

  /** `14:02 UTC`, with the day where that was another one. */
  #clockTime(time: string): string {
    const day = time.slice(0, 10);
    const clock = `${time.slice(11, 16)} UTC`;
    return day === this.#now().toISOString().slice(0, 10)
      ? clock
      : `${clock} on ${day}`;
  }
}

function isLinked(link: PluginLink): link is Linked {
  return link.repository !== undefined;
}

function notAskedYet(
  what: string,
  failure: ReadFailure | undefined,
): ServiceUnavailableError {
  return new ServiceUnavailableError(
    failure
      ? `Nothing is known of ${what} yet: ${failure.reason} GitHub is asked again by itself; look again in a minute`
      : `GitHub has not been asked yet for ${what}; that is being done, look again in a moment`,
  );
}

function toRelease(stored: StoredRelease): PluginRelease {
  const { commitAsOf: _, deletedAt: __, ...release } = stored;
  return release;
}
