import { createHash } from 'node:crypto';
import type {
  BackstageCredentials,
  BackstageUserPrincipal,
} from '@backstage/backend-plugin-api';
import { AuthenticationError, NotAllowedError } from '@backstage/errors';
import type { GitHubDoor } from '../github';
import {
  GitHubTokenError,
  InsufficientGitHubScopesError,
} from './GitHubTokenError';

/** For how long a token that was found good is not looked at again, in milliseconds. */
const GOOD_FOR_MS = 60_000;

/** How many tokens are remembered, by their hashes. */
const REMEMBERED_TOKENS = 1_000;

/**
 * What a scope of an OAuth token includes, see
 * https://docs.github.com/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps#available-scopes
 */
const INCLUDED_IN: Record<string, string[]> = {
  'read:org': ['write:org', 'admin:org'],
  'write:org': ['admin:org'],
  public_repo: ['repo'],
};

/** Who on GitHub those are that signed in to the portal. */
export interface KnownPeople {
  /** @returns `undefined` for guests, and for whoever the catalog knows no account of */
  viewerOf(
    userEntityRef: string,
  ): Promise<{ host: string; login: string } | undefined>;
}

/** Somebody who is signed in, with a token of GitHub. */
export interface SignedInPerson {
  credentials: BackstageCredentials<BackstageUserPrincipal>;
  /** As it came with the request; neither kept nor logged. */
  gitHubToken: string | undefined;
}

/** Somebody of whom it is known who they are on GitHub. */
export interface GitHubPerson {
  login: string;
  token: string;
}

interface Verified {
  login: string;
  /** `undefined` for tokens that have permissions instead, those of GitHub Apps. */
  scopes: string[] | undefined;
  until: number;
}

/** Makes sure that tokens belong to those who send them, and are good for what they are to do. */
export class PersonalTokens {
  readonly #door: GitHubDoor;
  readonly #people: KnownPeople;
  readonly #now: () => Date;
  readonly #verified = new Map<string, Verified>();

  constructor(options: {
    door: GitHubDoor;
    people: KnownPeople;
    now: () => Date;
  }) {
    this.#door = options.door;
    this.#people = options.people;
    this.#now = options.now;
  }

  /**
   * Does something on GitHub in somebody's name.
   *
   * @param scopes - that it takes
   * @throws GitHubTokenError when the token is missing, expired or somebody else's
   * @throws InsufficientGitHubScopesError when it lacks scopes
   * @throws NotAllowedError when it is not known who on GitHub the person is
   */
  async use<T>(
    person: SignedInPerson,
    options: { host: string; scopes: string[] },
    run: (person: GitHubPerson) => Promise<T>,
  ): Promise<T> {
    const { host, scopes } = options;
    const { gitHubToken: token } = person;
    if (!token) {
      throw new GitHubTokenError(
        `This is done on ${host} in your own name, and needs an access token of yours in the header "x-github-token"`,
      );
    }
    const key = createHash('sha256').update(`${host}\0${token}`).digest('hex');
    try {
      const verified = await this.#verify(key, host, token);
      await this.#compare(person, verified.login, host);
      requireScopes(verified, scopes, host);
      return await run({ login: verified.login, token });
    } catch (error) {
      if (error instanceof AuthenticationError) {
        this.#verified.delete(key);
        throw new GitHubTokenError(
          `${host} does not accept your access token: it has expired or was revoked. Sign in to GitHub anew`,
        );
      }
      throw error;
    }
  }

  async #verify(key: string, host: string, token: string): Promise<Verified> {
    const known = this.#verified.get(key);
    const now = this.#now().getTime();
    if (known && known.until > now) {
      return known;
    }
    const { data, headers } = await this.#door
      .asUser({ host, token })
      .rest.users.getAuthenticated();
    const verified = {
      login: data.login,
      scopes: headers['x-oauth-scopes']
        ?.split(',')
        .map(scope => scope.trim())
        .filter(scope => scope !== ''),
      until: now + GOOD_FOR_MS,
    };
    this.#verified.delete(key);
    this.#verified.set(key, verified);
    const [oldest] = this.#verified.keys();
    if (this.#verified.size > REMEMBERED_TOKENS) {
      this.#verified.delete(oldest);
    }
    return verified;
  }

  async #compare(
    person: SignedInPerson,
    login: string,
    host: string,
  ): Promise<void> {
    const { userEntityRef } = person.credentials.principal;
    const own = await this.#people.viewerOf(userEntityRef);
    if (own === undefined) {
      throw new NotAllowedError(
        `You are signed in as ${userEntityRef}, of whom the catalog does not say who that is on GitHub (annotation "github.com/user-login"): guests look, but change nothing`,
      );
    }
    if (own.host !== host) {
      throw new NotAllowedError(
        `You are known as ${own.login} on ${own.host}, but this is done on ${host}`,
      );
    }
    if (lower(own.login) !== lower(login)) {
      throw new GitHubTokenError(
        `The access token belongs to ${login} on ${host}, but you are signed in as ${own.login}. Sign in to GitHub as ${own.login}`,
      );
    }
  }
}

function lower(text: string): string {
  return text.toLocaleLowerCase('en-US');
}

function requireScopes(
  { scopes }: Verified,
  needed: string[],
  host: string,
): void {
  const missing = scopes
    ? needed.filter(
        scope =>
          ![scope, ...(INCLUDED_IN[scope] ?? [])].some(one =>
            scopes.includes(one),
          ),
      )
    : [];
  if (missing.length > 0) {
    throw new InsufficientGitHubScopesError(
      `Your access token of ${host} lacks ${missing
        .map(scope => `"${scope}"`)
        .join(' and ')}, without which GitHub does not let you do this`,
      missing,
    );
  }
}
