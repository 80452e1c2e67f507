import type {
  AuthService,
  BackstageCredentials,
} from '@backstage/backend-plugin-api';
import { AuthenticationError } from '@backstage/errors';
import type { PluginViewers, PluginVisibility } from '../marketplace';
import type { ImageReaders } from './TokenServer';

/**
 * Images are for those who see their plugin in the marketplace: of a public repository
 * everybody, of a private one its readers, with a token of the portal as password. What the
 * marketplace does not know is nobody's: it may have been private.
 */
export class PortalImageReaders implements ImageReaders {
  readonly #auth: AuthService;
  readonly #visibility: PluginVisibility;
  readonly #viewers: Pick<PluginViewers, 'viewerOf'>;

  constructor(options: {
    auth: AuthService;
    visibility: PluginVisibility;
    viewers: Pick<PluginViewers, 'viewerOf'>;
  }) {
    this.#auth = options.auth;
    this.#visibility = options.visibility;
    this.#viewers = options.viewers;
  }

  async mayPull(
    plugin: string,
    password: string | undefined,
  ): Promise<boolean> {
    if (await this.#visibility.isVisible(plugin)) {
      return true;
    }
    if (password === undefined) {
      return false;
    }
    const viewer = await this.#viewers.viewerOf(
      await this.#authenticate(password),
    );
    return viewer !== undefined && this.#visibility.isVisible(plugin, viewer);
  }

  async nameOf(password: string): Promise<string> {
    const credentials = await this.#authenticate(password);
    if (this.#auth.isPrincipal(credentials, 'user')) {
      return credentials.principal.userEntityRef;
    }
    return this.#auth.isPrincipal(credentials, 'service')
      ? credentials.principal.subject
      : '';
  }

  async #authenticate(password: string): Promise<BackstageCredentials> {
    try {
      return await this.#auth.authenticate(password);
    } catch {
      // Why it is no token tells whoever guesses too much
      throw new AuthenticationError(
        "User and password are nobody's; pull without them, or with a token of the portal as password",
      );
    }
  }
}
