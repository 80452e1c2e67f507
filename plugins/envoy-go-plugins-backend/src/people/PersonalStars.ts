import type { LoggerService } from '@backstage/backend-plugin-api';
import { NotFoundError, assertError } from '@backstage/errors';
import type {
  PluginLocator,
  PluginRepository,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { GitHubDoor } from '../github';
import type { MarketplaceService, RepositoryChanges } from '../marketplace';
import type { PersonalTokens, SignedInPerson } from './PersonalTokens';

/** How long the answer to a change waits until the page is right, in milliseconds. */
const REFRESH_WITHIN_MS = 3_000;

/** The stars that people give to plugins on GitHub, each in their own name. */
export class PersonalStars {
  readonly #marketplace: MarketplaceService;
  readonly #door: GitHubDoor;
  readonly #tokens: PersonalTokens;
  readonly #changes: RepositoryChanges;
  readonly #logger: LoggerService;
  readonly #now: () => Date;

  constructor(options: {
    marketplace: MarketplaceService;
    door: GitHubDoor;
    tokens: PersonalTokens;
    changes: RepositoryChanges;
    logger: LoggerService;
    now: () => Date;
  }) {
    this.#marketplace = options.marketplace;
    this.#door = options.door;
    this.#tokens = options.tokens;
    this.#changes = options.changes;
    this.#logger = options.logger;
    this.#now = options.now;
  }

  /**
   * Gives a star, or takes it back.
   *
   * @throws NotFoundError when they may not see the plugin, or it has no repository
   */
  async setStarred(
    plugin: PluginLocator,
    starred: boolean,
    person: SignedInPerson,
  ): Promise<void> {
    const repository = await this.#find(plugin, person);
    const { host, owner, repo } = repository;
    const scopes = [
      repository.visibility === 'public' ? 'public_repo' : 'repo',
    ];
    const login = await this.#tokens.use(
      person,
      { host, scopes },
      async ({ login: own, token }) => {
        const { activity } = this.#door.asUser({ host, token }).rest;
        await (starred
          ? activity.starRepoForAuthenticatedUser({ owner, repo })
          : activity.unstarRepoForAuthenticatedUser({ owner, repo }));
        return own;
      },
    );
    await this.#refresh(repository, { login, starred });
  }

  /** Without waiting for the webhook, which there may not be. */
  async #refresh(
    repository: StarredRepository,
    star: { login: string; starred: boolean },
  ): Promise<void> {
    const { host, id, owner, repo } = repository;
    if (id === undefined) {
      return;
    }
    try {
      await this.#changes.repositoryChanged({
        host,
        id,
        fullName: `${owner}/${repo}`,
        at: this.#now().toISOString(),
        parts: ['summary', 'repository'],
        star,
        signal: AbortSignal.timeout(REFRESH_WITHIN_MS),
      });
    } catch (error) {
      assertError(error);
      // The star is given; the next sweep counts it
      this.#logger.warn(
        `Could not read ${owner}/${repo} of ${host} after its star was changed: ${error.message}`,
      );
    }
  }

  async #find(
    plugin: PluginLocator,
    { credentials }: SignedInPerson,
  ): Promise<StarredRepository> {
    const { repository } = await this.#marketplace.getPlugin(plugin, {
      credentials,
    });
    if (!repository || repository.value.deletedAt !== undefined) {
      throw new NotFoundError(
        `The plugin "${plugin.namespace}/${plugin.name}" has no repository on GitHub that could be starred`,
      );
    }
    const { url, slug, id, visibility = 'public' } = repository.value;
    const [owner, repo] = slug.split('/');
    return { host: new URL(url).host, owner, repo, id, visibility };
  }
}

type StarredRepository = {
  host: string;
  owner: string;
  repo: string;
} & Pick<PluginRepository, 'id' | 'visibility'>;
