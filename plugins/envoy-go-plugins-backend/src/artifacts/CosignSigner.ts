import type { RegistryAccess } from './RegistryAccess';
import type { Signer } from './Signer';
import { SigningError } from './SigningError';
import { toRegistryError } from './toRegistryError';

/** A key of `cosign generate-key-pair`. */
export interface SigningKey {
  /** The encrypted private key: PEM. */
  privateKey: string;
  password: string;
}

/** What cosign says when it cannot use a key. */
const KEY_PROBLEM =
  /decryption failed|reading key|invalid pem|unsupported pem|loading private key/i;

/**
 * Signs by cosign, with a key. Nothing is written to a public log: names of images may be
 * nobody else's business.
 */
export class CosignSigner implements Signer {
  readonly #access: RegistryAccess;
  readonly #key: SigningKey;
  #publicKey: string | undefined;

  constructor(options: { access: RegistryAccess; key: SigningKey }) {
    this.#access = options.access;
    this.#key = options.key;
  }

  async sign(
    references: string[],
    options: { signal?: AbortSignal } = {},
  ): Promise<void> {
    const { insecure } = this.#access.config;
    await this.#cosign(
      `take the signatures of ${references[0]}`,
      [
        'sign',
        '--key',
        'env://COSIGN_PRIVATE_KEY',
        '--tlog-upload=false',
        '--yes',
        ...(insecure
          ? ['--allow-insecure-registry', '--allow-http-registry']
          : []),
        ...references,
      ],
      options,
    );
  }

  async publicKey(options: { signal?: AbortSignal } = {}): Promise<string> {
    // The key stays the same, and opening it takes a processor a while
    this.#publicKey ??= await this.#cosign(
      'matter',
      ['public-key', '--key', 'env://COSIGN_PRIVATE_KEY'],
      options,
    );
    return this.#publicKey;
  }

  async #cosign(
    action: string,
    args: string[],
    options: { signal?: AbortSignal },
  ): Promise<string> {
    const result = await this.#access.run('cosign', args, {
      env: {
        COSIGN_PRIVATE_KEY: this.#key.privateKey,
        COSIGN_PASSWORD: this.#key.password,
      },
      signal: options.signal,
    });
    if (result.code === 0) {
      return result.stdout;
    }
    if (KEY_PROBLEM.test(result.stderr)) {
      throw new SigningError(
        'The signing key cannot be used: it is no key of "cosign generate-key-pair", or the password is not its own; mend the key or its password',
      );
    }
    throw toRegistryError(action, result.stderr, result.timedOut);
  }
}
