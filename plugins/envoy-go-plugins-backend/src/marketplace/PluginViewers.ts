import type {
  AuthService,
  BackstageCredentials,
  LoggerService,
} from '@backstage/backend-plugin-api';
import {
  ANNOTATION_LOCATION,
  ANNOTATION_ORIGIN_LOCATION,
  type Entity,
  parseLocationRef,
} from '@backstage/catalog-model';
import { toError } from '@backstage/errors';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import type { Viewer } from './Viewer';

/** Whose account on GitHub a user is; the catalog's GitHub modules write it. */
export const ANNOTATION_USER_LOGIN = 'github.com/user-login';

/** So long it is remembered who somebody is on GitHub, in milliseconds. */
const REMEMBER_MS = 30_000;

/** Of how many people. */
const REMEMBERED = 2_000;

/** Finds out who asks, as GitHub knows them. */
export class PluginViewers {
  readonly #auth: AuthService;
  readonly #catalog: CatalogService;
  readonly #logger: LoggerService;
  readonly #integrates: (host: string) => boolean;
  readonly #defaultHost: string;
  readonly #now: () => Date;
  readonly #known = new Map<
    string,
    { until: number; viewer: Promise<Viewer | undefined> }
  >();

  constructor(options: {
    auth: AuthService;
    catalog: CatalogService;
    logger: LoggerService;
    /** Whether a host is a GitHub that the portal integrates. */
    integrates: (host: string) => boolean;
    /** The GitHub of users who come from none. */
    defaultHost: string;
    now: () => Date;
  }) {
    this.#auth = options.auth;
    this.#catalog = options.catalog;
    this.#logger = options.logger;
    this.#integrates = options.integrates;
    this.#defaultHost = options.defaultHost;
    this.#now = options.now;
  }

  /**
   * @returns `undefined` for services, guests and whoever has no account on GitHub that the
   *   catalog knows of: they see what is public
   */
  async viewerOf(
    asking: BackstageCredentials | string,
  ): Promise<Viewer | undefined> {
    const userEntityRef =
      typeof asking === 'string' ? asking : this.#userOf(asking);
    if (userEntityRef === undefined) {
      return undefined;
    }
    const now = this.#now().getTime();
    const known = this.#known.get(userEntityRef);
    if (known && known.until > now) {
      return known.viewer;
    }
    const viewer = this.#find(userEntityRef);
    this.#known.delete(userEntityRef);
    this.#known.set(userEntityRef, { until: now + REMEMBER_MS, viewer });
    if (this.#known.size > REMEMBERED) {
      const [oldest] = this.#known.keys();
      this.#known.delete(oldest);
    }
    return viewer;
  }

  #userOf(credentials: BackstageCredentials): string | undefined {
    return this.#auth.isPrincipal(credentials, 'user')
      ? credentials.principal.userEntityRef
      : undefined;
  }

  async #find(userEntityRef: string): Promise<Viewer | undefined> {
    try {
      const user = await this.#catalog.getEntityByRef(userEntityRef, {
        credentials: await this.#auth.getOwnServiceCredentials(),
      });
      const login = user?.metadata.annotations?.[ANNOTATION_USER_LOGIN];
      return user && login
        ? {
            host: this.#hostOf(user),
            login: login.toLocaleLowerCase('en-US'),
          }
        : undefined;
    } catch (error) {
      this.#known.delete(userEntityRef);
      this.#logger.warn(
        `${userEntityRef} sees only what is public: who that is on GitHub could not be read of the catalog: ${
          toError(error).message
        }`,
      );
      return undefined;
    }
  }

  /** The same login may be somebody else's on another GitHub. */
  #hostOf(user: Entity): string {
    const annotations = user.metadata.annotations ?? {};
    const locations = [
      annotations[ANNOTATION_ORIGIN_LOCATION],
      annotations[ANNOTATION_LOCATION],
    ];
    for (const location of locations) {
      try {
        const { type, target } = parseLocationRef(location ?? '');
        const { host } = new URL(type === 'url' ? target : '');
        if (this.#integrates(host)) {
          return host;
        }
      } catch {
        // A file, or written by hand: it says nothing of the host then
      }
    }
    return this.#defaultHost;
  }
}
