import type {
  AuthService,
  DiscoveryService,
  LoggerService,
} from '@backstage/backend-plugin-api';
import { ResponseError, toError } from '@backstage/errors';
import type { HiddenPlugins } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';

/** For how long an answer is good, in milliseconds. */
const FRESH_FOR_MS = 5_000;

/** For how long what was known of private plugins stands in for an answer, in milliseconds. */
const STANDS_IN_FOR_MS = 10 * 60_000;

/** How long to wait for an answer, in milliseconds. */
const TIMEOUT_MS = 5_000;

/** For how many people answers are remembered. */
const REMEMBERED = 2_000;

/** Stands for whoever GitHub shows nothing that is private. */
const EVERYBODY = '';

interface Answer {
  asked: number;
  entityRefs: Promise<string[]>;
}

/**
 * Which plugins are to be hidden: those that are named, by their entity refs in lower case,
 * or all of them where it cannot be found out.
 *
 * @public
 */
export type PluginsToHide = string[] | 'all';

/**
 * Finds out which plugins are to be hidden from somebody.
 *
 * @public
 */
export interface HiddenPluginsReader {
  /**
   * @param userEntityRef - `undefined` for whoever GitHub shows nothing that is private
   */
  hiddenFrom(userEntityRef: string | undefined): Promise<PluginsToHide>;
}

/**
 * Asks the Envoy Go Plugins backend. While that does not answer, all plugins are hidden of
 * which it is known that they are private; where that is not known either, or too long ago,
 * all plugins are. The rest of the catalog stays as it is.
 *
 * @public
 */
export class HiddenPluginsClient implements HiddenPluginsReader {
  readonly #auth: AuthService;
  readonly #discovery: DiscoveryService;
  readonly #logger: LoggerService;
  readonly #now: () => number;
  readonly #answers = new Map<string, Answer>();
  #private: { asOf: number; entityRefs: string[] } | undefined;

  constructor(options: {
    auth: AuthService;
    discovery: DiscoveryService;
    logger: LoggerService;
    /** In milliseconds since 1970; the clock unless given. */
    now?: () => number;
  }) {
    this.#auth = options.auth;
    this.#discovery = options.discovery;
    this.#logger = options.logger;
    this.#now = options.now ?? Date.now;
  }

  async hiddenFrom(userEntityRef: string | undefined): Promise<PluginsToHide> {
    try {
      // Most of the time there is nothing private, and nobody has to be asked about
      const everybody = await this.#ask(EVERYBODY);
      return everybody.length === 0 || userEntityRef === undefined
        ? everybody
        : await this.#ask(userEntityRef);
    } catch (error) {
      const standsIn =
        this.#private !== undefined &&
        this.#now() - this.#private.asOf < STANDS_IN_FOR_MS
          ? this.#private.entityRefs
          : 'all';
      this.#logger.warn(
        `Hiding ${
          standsIn === 'all'
            ? 'all Envoy Go plugins'
            : 'all Envoy Go plugins in private repositories'
        }: which ones ${
          userEntityRef ?? 'a guest'
        } may see could not be found out: ${toError(error).message}`,
      );
      return standsIn;
    }
  }

  #ask(userEntityRef: string): Promise<string[]> {
    const now = this.#now();
    const known = this.#answers.get(userEntityRef);
    if (known && now - known.asked < FRESH_FOR_MS) {
      return known.entityRefs;
    }
    const answer = {
      asked: now,
      entityRefs: this.#fetch(userEntityRef).then(
        entityRefs => {
          if (userEntityRef === EVERYBODY) {
            this.#private = { asOf: now, entityRefs };
          }
          return entityRefs;
        },
        error => {
          if (this.#answers.get(userEntityRef) === answer) {
            this.#answers.delete(userEntityRef);
          }
          throw error;
        },
      ),
    };
    this.#answers.delete(userEntityRef);
    this.#answers.set(userEntityRef, answer);
    if (this.#answers.size > REMEMBERED) {
      const [oldest] = this.#answers.keys();
      this.#answers.delete(oldest);
    }
    return answer.entityRefs;
  }

  async #fetch(userEntityRef: string): Promise<string[]> {
    const [baseUrl, { token }] = await Promise.all([
      this.#discovery.getBaseUrl('envoy-go-plugins'),
      this.#auth.getPluginRequestToken({
        onBehalfOf: await this.#auth.getOwnServiceCredentials(),
        targetPluginId: 'envoy-go-plugins',
      }),
    ]);
    const query =
      userEntityRef === EVERYBODY
        ? ''
        : `?${new URLSearchParams({ user: userEntityRef })}`;
    const response = await fetch(`${baseUrl}/hidden-plugins${query}`, {
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (!response.ok) {
      throw await ResponseError.fromResponse(response);
    }
    const { entityRefs }: HiddenPlugins = await response.json();
    return entityRefs;
  }
}
