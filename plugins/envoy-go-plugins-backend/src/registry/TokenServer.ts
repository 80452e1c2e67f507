import { createHash, randomUUID, timingSafeEqual } from 'node:crypto';
import { AuthenticationError, InputError } from '@backstage/errors';
import { SignJWT } from 'jose';
import { parseScopes, type Scope } from './parseScope';
import type { TokenServerConfig } from './readRegistryConfig';
import type { TokenKey } from './TokenKey';

/** So long a token is good, in seconds. */
export const TOKEN_LIFETIME_S = 5 * 60;

/** What the backend may do with its images; others may `pull`. */
const ALL_ACTIONS = ['pull', 'push', 'delete'];

/** User and password of whoever asks for a token. */
export interface BasicCredentials {
  username: string;
  password: string;
}

/** A client's request for a token. */
export interface TokenRequest {
  service: string | undefined;
  /** Each may hold some, with spaces between. */
  scopes: string[];
  credentials?: BasicCredentials;
}

/**
 * The answer to it.
 *
 * @see https://distribution.github.io/distribution/spec/auth/token/
 */
export interface TokenAnswer {
  token: string;
  access_token: string;
  /** Seconds. */
  expires_in: number;
  /** ISO 8601, UTC. */
  issued_at: string;
}

/** Who may pull which plugin's images. */
export interface ImageReaders {
  /**
   * @param plugin - as its image is called
   * @param password - a token of the portal's; `undefined` of everybody
   * @throws AuthenticationError when the password is no such token
   */
  mayPull(plugin: string, password: string | undefined): Promise<boolean>;

  /**
   * Whose token it is: an entity ref, or the name of a service.
   *
   * @throws AuthenticationError when it is none
   */
  nameOf(password: string): Promise<string>;
}

/**
 * Says what a client may do in the registry: the backend everything with its images, others
 * pull what they may see in the marketplace. What is asked for besides is left out, as the
 * specification has it: the registry then refuses it.
 *
 * @see https://distribution.github.io/distribution/spec/auth/jwt/
 */
export class TokenServer {
  readonly #config: TokenServerConfig;
  readonly #key: () => Promise<TokenKey>;
  readonly #readers: ImageReaders;
  readonly #now: () => Date;

  constructor(options: {
    config: TokenServerConfig;
    key: () => Promise<TokenKey>;
    readers: ImageReaders;
    now: () => Date;
  }) {
    this.#config = options.config;
    this.#key = options.key;
    this.#readers = options.readers;
    this.#now = options.now;
  }

  /**
   * @throws InputError when the request cannot be read or is for another registry
   * @throws AuthenticationError when its credentials are nobody's
   */
  async issue(request: TokenRequest): Promise<TokenAnswer> {
    const { issuer, service } = this.#config;
    if (request.service !== service) {
      throw new InputError(
        `Tokens are given out for the service "${service}" only; see the registry's auth.token.service`,
      );
    }
    const scopes = parseScopes(request.scopes);
    const { subject, access } = await this.#allow(scopes, request.credentials);

    const key = await this.#key();
    const issuedAt = Math.floor(this.#now().getTime() / 1000);
    const token = await new SignJWT({ access })
      .setProtectedHeader({
        typ: 'JWT',
        alg: key.algorithm,
        kid: key.id,
        x5c: key.chain,
      })
      .setIssuer(issuer)
      .setSubject(subject)
      .setAudience(service)
      .setIssuedAt(issuedAt)
      .setNotBefore(issuedAt)
      .setExpirationTime(issuedAt + TOKEN_LIFETIME_S)
      .setJti(randomUUID())
      .sign(key.privateKey);
    return {
      token,
      access_token: token,
      expires_in: TOKEN_LIFETIME_S,
      issued_at: new Date(issuedAt * 1000).toISOString(),
    };
  }

  async #allow(
    scopes: Scope[],
    credentials: BasicCredentials | undefined,
  ): Promise<{ subject: string; access: Scope[] }> {
    const isBackend = credentials && this.#isBackend(credentials);
    const password = isBackend ? undefined : credentials?.password;
    // Before anything is looked up, so that wrong credentials are told from missing rights
    const subject =
      password === undefined
        ? credentials?.username ?? ''
        : await this.#readers.nameOf(password);
    const access: Scope[] = [];
    for (const scope of scopes) {
      const plugin = this.#pluginOf(scope);
      if (plugin !== undefined) {
        const wanted = scope.actions.includes('*')
          ? ALL_ACTIONS
          : ALL_ACTIONS.filter(action => scope.actions.includes(action));
        const allowed = isBackend
          ? wanted
          : await this.#reduce(wanted, plugin, password);
        if (allowed.length > 0) {
          access.push({ ...scope, actions: allowed });
        }
      }
    }
    return { subject, access };
  }

  /** What others than the backend may do. */
  async #reduce(
    wanted: string[],
    plugin: string,
    password: string | undefined,
  ): Promise<string[]> {
    return wanted.includes('pull') &&
      (await this.#readers.mayPull(plugin, password))
      ? ['pull']
      : [];
  }

  /** Which plugin's image a scope is about; `undefined` where it is none of ours. */
  #pluginOf(scope: Scope): string | undefined {
    const { path } = this.#config;
    const prefix = path ? `${path}/` : '';
    const plugin = scope.name.slice(prefix.length);
    return scope.type === 'repository' &&
      scope.name.startsWith(prefix) &&
      /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/.test(plugin)
      ? plugin
      : undefined;
  }

  #isBackend({ username, password }: BasicCredentials): boolean {
    // Both are compared, whatever the first comes to
    const sameName = isSame(username, this.#config.username);
    const samePassword = isSame(password, this.#config.password);
    return sameName && samePassword;
  }
}

/** Takes as long for what is nearly right as for what is not. */
export function isSame(given: string, expected: string): boolean {
  return timingSafeEqual(hash(given), hash(expected));
}

function hash(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/**
 * Reads the header `Authorization`.
 *
 * @throws InputError when it is not what RFC 7617 describes
 * @throws AuthenticationError when it is of another kind
 */
export function parseBasicCredentials(
  header: string | undefined,
): BasicCredentials | undefined {
  if (header === undefined) {
    return undefined;
  }
  const [, kind, value] = /^(\S+) *(.*)$/.exec(header) ?? [];
  if (kind?.toLowerCase() !== 'basic') {
    throw new AuthenticationError(
      'Tokens for the registry are given out for a user and password (HTTP Basic), or to anybody without',
    );
  }
  const text = /^[A-Za-z0-9+/]+={0,2}$/.test(value)
    ? Buffer.from(value, 'base64').toString('utf8')
    : '';
  const colon = text.indexOf(':');
  if (colon < 0 || text.includes('\0') || text.includes('\ufffd')) {
    throw new InputError(
      'The header Authorization cannot be read: after "Basic" comes the base64 of "user:password"',
    );
  }
  return {
    username: text.slice(0, colon),
    password: text.slice(colon + 1),
  };
}
