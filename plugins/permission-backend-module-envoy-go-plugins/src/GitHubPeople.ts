import type { AuthService, LoggerService } from '@backstage/backend-plugin-api';
import { toError } from '@backstage/errors';
import type { CatalogService } from '@backstage/plugin-catalog-node';

/** The annotation that the catalog's GitHub modules give to users: their login. */
const ANNOTATION_USER_LOGIN = 'github.com/user-login';

/** For how long it is remembered whether somebody is on GitHub, in milliseconds. */
const REMEMBER_MS = 30_000;

/** Of how many people. */
const REMEMBERED = 2_000;

/**
 * Tells people who are on GitHub from guests.
 *
 * @public
 */
export interface PeopleReader {
  /** Whether the catalog knows a login on GitHub of a user. */
  isOnGitHub(userEntityRef: string): Promise<boolean>;
}

/**
 * Asks the catalog. Whoever cannot be found out about is a guest for the time being.
 *
 * @public
 */
export class GitHubPeople implements PeopleReader {
  readonly #auth: AuthService;
  readonly #catalog: CatalogService;
  readonly #logger: LoggerService;
  readonly #now: () => number;
  readonly #known = new Map<
    string,
    { until: number; answer: Promise<boolean> }
  >();

  constructor(options: {
    auth: AuthService;
    catalog: CatalogService;
    logger: LoggerService;
    /** In milliseconds since 1970; the clock unless given. */
    now?: () => number;
  }) {
    this.#auth = options.auth;
    this.#catalog = options.catalog;
    this.#logger = options.logger;
    this.#now = options.now ?? Date.now;
  }

  async isOnGitHub(userEntityRef: string): Promise<boolean> {
    const now = this.#now();
    const known = this.#known.get(userEntityRef);
    if (known && known.until > now) {
      return known.answer;
    }
    const answer = this.#find(userEntityRef);
    this.#known.delete(userEntityRef);
    this.#known.set(userEntityRef, { until: now + REMEMBER_MS, answer });
    if (this.#known.size > REMEMBERED) {
      const [oldest] = this.#known.keys();
      this.#known.delete(oldest);
    }
    return answer;
  }

  async #find(userEntityRef: string): Promise<boolean> {
    try {
      const user = await this.#catalog.getEntityByRef(userEntityRef, {
        credentials: await this.#auth.getOwnServiceCredentials(),
      });
      return Boolean(user?.metadata.annotations?.[ANNOTATION_USER_LOGIN]);
    } catch (error) {
      this.#known.delete(userEntityRef);
      this.#logger.warn(
        `${userEntityRef} is treated as a guest: who that is on GitHub could not be read of the catalog: ${
          toError(error).message
        }`,
      );
      return false;
    }
  }
}
