import { parseEntityRef } from '@backstage/catalog-model';
import type { BuildSummary } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { parse } from 'semver';
import {
  type RepositoryKey,
  type RepositoryStore,
  type StoredRelease,
  latestRelease,
} from '../marketplace';
import type { BuildOrder } from './BuildOrder';
import type { BuildStore } from './BuildStore';
import type { Builds } from './Builds';

/** So many plugins are looked at together. */
const PAGE = 100;

/** A plugin in the organisation, with the repository that it is in. */
interface PublishedPlugin {
  entityRef: string;
  repository: RepositoryKey;
  /** `OWNER/NAME`, as it is now. */
  fullName: string;
}

/**
 * Orders a build of every release of a published plugin: of one that GitHub tells of at
 * once, of those that were missed when it is looked for them.
 */
export class ReleaseOrders {
  readonly #builds: Builds;
  readonly #store: Pick<
    BuildStore,
    'listReleases' | 'listUnfinished' | 'followedSince'
  >;
  readonly #repositories: Pick<
    RepositoryStore,
    'get' | 'listLinksOf' | 'listPluginsOf' | 'listReleases'
  >;
  readonly #host: string;
  readonly #organization: string | undefined;
  readonly #older: 'latest' | 'all';
  readonly #now: () => Date;

  constructor(options: {
    builds: Builds;
    store: Pick<
      BuildStore,
      'listReleases' | 'listUnfinished' | 'followedSince'
    >;
    repositories: Pick<
      RepositoryStore,
      'get' | 'listLinksOf' | 'listPluginsOf' | 'listReleases'
    >;
    host: string;
    /** The login whose repositories' releases are built; without one none are. */
    organization: string | undefined;
    /** Which releases are built from before a plugin came in. */
    older: 'latest' | 'all';
    now: () => Date;
  }) {
    this.#builds = options.builds;
    this.#store = options.store;
    this.#repositories = options.repositories;
    this.#host = options.host;
    this.#organization = options.organization;
    this.#older = options.older;
    this.#now = options.now;
  }

  /**
   * Orders the build of a release that GitHub told of.
   *
   * @returns the order; `undefined` where it is not to be built, or not enough is known of it yet
   */
  async orderReleased(
    repository: RepositoryKey,
    releaseId: number,
  ): Promise<
    { build: BuildSummary; created: boolean; entityRef: string } | undefined
  > {
    const plugin = await this.#findPlugin(repository);
    const releases =
      plugin && (await this.#repositories.listReleases(repository));
    const release = releases?.find(({ id }) => id === releaseId);
    const order = plugin && release && orderOf(plugin, release);
    if (!order) {
      return undefined;
    }
    await this.#followedSince(repository);
    return {
      ...(await this.#builds.order(order)),
      entityRef: plugin.entityRef,
    };
  }

  /**
   * Stops what is built of a release that GitHub has no more.
   *
   * @returns how many builds that were
   */
  async stopWithdrawn(
    { host, id }: RepositoryKey,
    release: { id: number; tag: string },
  ): Promise<number> {
    const unfinished = await this.#store.listUnfinished({
      host,
      repositoryId: id,
      releaseId: release.id,
    });
    for (const build of unfinished) {
      await this.#builds.cancel(build.id, {
        actor: 'system',
        reason: `The release ${release.tag} was withdrawn on GitHub`,
      });
    }
    return unfinished.length;
  }

  /**
   * Orders builds of releases that have none, at most so many, which go after all others.
   *
   * @returns how many
   */
  async orderMissing(options: {
    limit: number;
    signal: AbortSignal;
  }): Promise<number> {
    const { limit, signal } = options;
    let ordered = 0;
    for await (const plugin of this.#plugins()) {
      for (const order of await this.#missing(plugin)) {
        if (ordered >= limit || signal.aborted) {
          return ordered;
        }
        const { created } = await this.#builds.order({
          ...order,
          missed: true,
        });
        ordered += created ? 1 : 0;
      }
    }
    return ordered;
  }

  async #missing(plugin: PublishedPlugin): Promise<BuildOrder[]> {
    const { repository } = plugin;
    const since = await this.#followedSince(repository);
    const [releases, ordered] = await Promise.all([
      this.#repositories.listReleases(repository),
      this.#store.listReleases({
        host: repository.host,
        repositoryId: repository.id,
      }),
    ]);
    const buildable = releases.filter(
      release => orderOf(plugin, release) !== undefined,
    );
    const latest = latestRelease(buildable);
    return (
      buildable
        .filter(
          ({ id, tag, publishedAt }) =>
            !ordered.includes(id) &&
            (this.#older === 'all' ||
              publishedAt >= since ||
              tag === latest?.tag),
        )
        .flatMap(release => orderOf(plugin, release) ?? [])
        // As they were released
        .reverse()
    );
  }

  async #followedSince({ host, id }: RepositoryKey): Promise<string> {
    return this.#store.followedSince(
      { host, repositoryId: id },
      this.#now().toISOString(),
    );
  }

  /** Each repository once, with the first plugin that is in it. */
  async *#plugins(): AsyncGenerator<PublishedPlugin> {
    if (this.#organization === undefined) {
      return;
    }
    const seen = new Set<number>();
    for (let after: string | undefined = ''; after !== undefined; ) {
      const links = await this.#repositories.listLinksOf({
        host: this.#host,
        owner: this.#organization,
        after,
        limit: PAGE,
      });
      for (const { entityRef, repository } of links) {
        if (repository && !seen.has(repository.id)) {
          seen.add(repository.id);
          yield {
            entityRef,
            repository,
            fullName: `${repository.snapshot.owner}/${repository.snapshot.name}`,
          };
        }
      }
      after = links.length < PAGE ? undefined : links.at(-1)?.entityRef;
    }
  }

  async #findPlugin(key: RepositoryKey): Promise<PublishedPlugin | undefined> {
    const repository = await this.#repositories.get(key);
    const [entityRef] = await this.#repositories.listPluginsOf(key);
    const isPublished =
      repository !== undefined &&
      entityRef !== undefined &&
      !repository.deletedAt &&
      key.host === this.#host &&
      repository.snapshot.owner.toLocaleLowerCase('en-US') ===
        this.#organization?.toLocaleLowerCase('en-US');
    return isPublished
      ? {
          entityRef,
          repository: key,
          fullName: `${repository.snapshot.owner}/${repository.snapshot.name}`,
        }
      : undefined;
  }
}

/** `undefined` where a release is none that is built. */
function orderOf(
  { entityRef, repository, fullName }: PublishedPlugin,
  release: StoredRelease,
): BuildOrder | undefined {
  const { id, tag, commit, prerelease, publishedAt, yanked, deletedAt } =
    release;
  if (
    commit === undefined ||
    yanked ||
    deletedAt ||
    !/^v?\d/.test(tag) ||
    !parse(tag)
  ) {
    return undefined;
  }
  const { namespace, name } = parseEntityRef(entityRef);
  return {
    kind: 'release',
    plugin: { namespace, name },
    host: repository.host,
    repositoryId: repository.id,
    repository: fullName,
    // The one that the tag had when it was released, wherever it points now
    commit,
    release: {
      id,
      tag,
      version: tag.replace(/^v/, ''),
      prerelease,
      publishedAt,
    },
    requestedBy: 'system',
  };
}
