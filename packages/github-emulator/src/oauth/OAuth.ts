import { randomBytes } from 'node:crypto';
import { Clock, timestamp } from '../server/clock';
import {
  AccessToken,
  AuthorizationCode,
  OAuthApplication,
} from '../state/credentialRecords';
import { Store } from '../state/Store';

const CODE_MINUTES = 10;
const TOKEN_HOURS = 8;
const REFRESH_TOKEN_HOURS = 24 * 183;

/** Applications that sign people in, and the tokens they and others were given. */
export class OAuth {
  readonly #store: Store;
  readonly #clock: Clock;

  constructor(options: { store: Store; clock: Clock }) {
    this.#store = options.store;
    this.#clock = options.clock;
  }

  application(clientId: string): OAuthApplication | undefined {
    return this.#store.collections.applications.firstBy('clientId', clientId);
  }

  /** Registers an application, or changes the one with the same client id. */
  register(application: Omit<OAuthApplication, 'id'>): OAuthApplication {
    return this.#store.collections.applications.put({
      ...application,
      id: this.application(application.clientId)?.id ?? this.#store.nextId(),
    });
  }

  /** A token that is known and has not ended. */
  find(text: string): AccessToken | undefined {
    const token = this.#store.collections.tokens.firstBy('token', text);
    return token && !this.#isOver(token.expiresAt) ? token : undefined;
  }

  /** Makes a given text a personal token of an account, or changes what it may do. */
  setToken(text: string, userId: number, scopes: string[]): AccessToken {
    const before = this.#store.collections.tokens.firstBy('token', text);
    return this.#store.collections.tokens.put({
      id: before?.id ?? this.#store.nextId(),
      token: text,
      userId,
      scopes,
      createdAt: before?.createdAt ?? timestamp(this.#clock()),
    });
  }

  /** Makes a new personal token. */
  createToken(userId: number, scopes: string[]): AccessToken {
    return this.setToken(randomToken('ghp'), userId, scopes);
  }

  /** Notes that somebody let an application act for them, and returns the code to hand to it. */
  createCode(
    code: Pick<
      AuthorizationCode,
      'clientId' | 'userId' | 'scopes' | 'redirectUri' | 'codeChallenge'
    >,
  ): AuthorizationCode {
    return this.#store.collections.authorizationCodes.put({
      ...code,
      id: this.#store.nextId(),
      code: randomBytes(10).toString('hex'),
      expiresAt: this.#in(CODE_MINUTES * 60),
    });
  }

  /** Takes a code out, so that it works once. */
  takeCode(text: string): AuthorizationCode | undefined {
    const { authorizationCodes } = this.#store.collections;
    const code = authorizationCodes.firstBy('code', text);
    if (code) {
      authorizationCodes.delete(code.id);
    }
    return code && !this.#isOver(code.expiresAt) ? code : undefined;
  }

  /** Makes a token for an application to act for somebody. */
  createApplicationToken(
    application: OAuthApplication,
    userId: number,
    scopes: string[],
  ): AccessToken {
    return this.#store.collections.tokens.put({
      id: this.#store.nextId(),
      token: randomToken(application.expiringTokens ? 'ghu' : 'gho'),
      userId,
      scopes,
      clientId: application.clientId,
      ...(application.expiringTokens && {
        expiresAt: this.#in(TOKEN_HOURS * 3600),
        refreshToken: randomToken('ghr'),
        refreshTokenExpiresAt: this.#in(REFRESH_TOKEN_HOURS * 3600),
      }),
      createdAt: timestamp(this.#clock()),
    });
  }

  /** Exchanges a refresh token for a new token; both old ones end. */
  refresh(
    application: OAuthApplication,
    refreshToken: string,
  ): AccessToken | undefined {
    const { tokens } = this.#store.collections;
    const before = tokens.firstBy('refreshToken', refreshToken);
    if (
      !before ||
      before.clientId !== application.clientId ||
      this.#isOver(before.refreshTokenExpiresAt)
    ) {
      return undefined;
    }
    tokens.delete(before.id);
    return this.createApplicationToken(
      application,
      before.userId,
      before.scopes,
    );
  }

  /** What somebody let an application do before. */
  grantedScopes(clientId: string, userId: number): string[] {
    const scopes = this.#store.collections.tokens
      .by('user', userId)
      .filter(token => token.clientId === clientId)
      .flatMap(token => token.scopes);
    return [...new Set(scopes)];
  }

  /** Seconds from now until a time. */
  secondsUntil(time: string): number {
    return Math.max(
      0,
      Math.round((Date.parse(time) - this.#clock().getTime()) / 1000),
    );
  }

  #in(seconds: number): string {
    return timestamp(new Date(this.#clock().getTime() + seconds * 1000));
  }

  #isOver(time: string | undefined): boolean {
    return time !== undefined && Date.parse(time) <= this.#clock().getTime();
  }
}

function randomToken(prefix: string): string {
  return `${prefix}_${randomBytes(18).toString('hex')}`;
}
