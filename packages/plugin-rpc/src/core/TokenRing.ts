import { createHash, timingSafeEqual } from 'node:crypto';
import { ExpiredTokenError, WrongTokenError } from '../errors';

/** A token that plugins may mount with. @public */
export interface TokenOptions {
  token: string;
  /** From then on mounts are refused; what is mounted stays. */
  expiresAt?: Date;
}

interface Entry {
  digest: Buffer;
  expiresAt: number;
}

/**
 * The tokens that plugins may mount with. Several may be good at once, so that they can
 * be rotated: add the new one, hand it out, then let the old one expire. Plugins that
 * are mounted keep their mount.
 *
 * @public
 */
export class TokenRing {
  readonly #entries = new Map<string, Entry>();
  readonly #now: () => number;

  constructor(
    tokens: readonly (string | TokenOptions)[] = [],
    now: () => number = Date.now,
  ) {
    this.#now = now;
    for (const token of tokens) {
      this.add(typeof token === 'string' ? { token } : token);
    }
  }

  /** Adds a token, or sets another expiry for one that is there. */
  add(options: TokenOptions): void {
    const digest = digestOf(options.token);
    this.#entries.set(digest.toString('hex'), {
      digest,
      expiresAt: options.expiresAt?.getTime() ?? Infinity,
    });
  }

  /** From now on it is a wrong token. */
  remove(token: string): void {
    this.#entries.delete(digestOf(token).toString('hex'));
  }

  /**
   * Takes as long whatever the token is: digests are compared, all of them.
   *
   * @throws WrongTokenError, ExpiredTokenError
   */
  check(token: string): void {
    const digest = digestOf(token);
    let found: Entry | undefined;
    for (const entry of this.#entries.values()) {
      if (timingSafeEqual(entry.digest, digest)) {
        found = entry;
      }
    }
    if (!found) {
      throw new WrongTokenError(
        'The token is none of those this core gave out; ask whoever runs the core for one',
      );
    }
    if (found.expiresAt <= this.#now()) {
      throw new ExpiredTokenError(
        `The token expired at ${new Date(
          found.expiresAt,
        ).toISOString()}; mount with the one that replaced it`,
      );
    }
  }
}

function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
