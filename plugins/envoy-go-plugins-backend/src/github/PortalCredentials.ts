import { AuthenticationError, NotFoundError, toError } from '@backstage/errors';
import {
  type GithubCredentialsProvider,
  type GithubIntegrationConfig,
  GithubAppCredentialsMux,
  SingleInstanceGithubCredentialsProvider,
} from '@backstage/integration';
import { type GitHubCredential, credentialId } from './GitHubCredential';

/** A GitHub App of the portal's configuration. */
interface App {
  id: number;
  provider: GithubCredentialsProvider;
}

/**
 * The portal's own credentials at one host, as `integrations.github` of its configuration has
 * them: installations of GitHub Apps, else a token, else nobody. Installation tokens are good
 * for an hour and made anew before they expire.
 */
export class PortalCredentials {
  readonly #config: GithubIntegrationConfig;
  readonly #organization: string | undefined;
  #apps: App[];

  /**
   * @param organization - whose installation is used where it does not matter whose; default:
   * any
   */
  constructor(options: {
    config: GithubIntegrationConfig;
    organization?: string;
  }) {
    this.#config = options.config;
    this.#organization = options.organization;
    this.#apps = this.#newApps();
  }

  /** Whether it matters whose things are asked for: there are GitHub Apps. */
  get arePerOwner(): boolean {
    return this.#apps.length > 0;
  }

  /**
   * The credential that is used for the things of an account.
   *
   * @param owner - a login; without it the portal's token, else the GitHub App itself, which
   * may ask about its installations and nothing else. Where no App is installed and there is
   * no token, the installation on the organisation serves, which reads what is public
   * @throws AuthenticationError when GitHub does not give the App a token
   */
  async of(owner: string | undefined): Promise<GitHubCredential> {
    const { host } = this.#config;
    if (owner === undefined && this.#config.token) {
      return this.#ofToken(this.#config.token);
    }
    const installed = await this.#ofInstallation(owner);
    if (installed) {
      return installed;
    }
    if (this.#config.token) {
      return this.#ofToken(this.#config.token);
    }
    const reader =
      this.#organization === undefined
        ? undefined
        : await this.#ofInstallation(this.#organization);
    return (
      reader ?? {
        id: credentialId('nobody', host),
        label: `nobody at ${host} (integrations.github names no token or App)`,
        host,
        kind: 'portal',
        token: undefined,
      }
    );
  }

  /**
   * A GitHub App itself, which may ask about itself and its installations.
   *
   * @throws NotFoundError when the portal has no such App
   */
  async ofApp(appId: number): Promise<GitHubCredential> {
    const app = this.#apps.find(({ id }) => id === appId);
    if (!app) {
      throw new NotFoundError(
        `The portal has no GitHub App ${appId} at ${
          this.#config.host
        }; see integrations.github in its configuration`,
      );
    }
    return this.#credentialOf(
      app,
      undefined,
      await this.#tokenOf(app.provider, undefined),
    );
  }

  async #ofInstallation(
    owner: string | undefined,
  ): Promise<GitHubCredential | undefined> {
    for (const app of this.#apps) {
      const token = await this.#tokenOf(app.provider, owner);
      if (token) {
        return this.#credentialOf(app, owner, token);
      }
    }
    return undefined;
  }

  #credentialOf(
    { id }: App,
    owner: string | undefined,
    token: string | undefined,
  ): GitHubCredential {
    const { host } = this.#config;
    const app = `GitHub App ${id}`;
    return {
      id: credentialId(
        'app',
        host,
        String(id),
        owner?.toLocaleLowerCase('en-US') ?? '',
      ),
      label: owner ? `${app}, installation on ${owner}` : app,
      host,
      kind: 'portal',
      token,
      appId: id,
    };
  }

  /** An account whose installation can be used for what is public; `undefined` where the portal has a token, or no App is installed. */
  async anyOwner(): Promise<string | undefined> {
    if (this.#organization !== undefined || !this.#config.apps?.length) {
      return this.#organization;
    }
    const installations = await new GithubAppCredentialsMux(
      this.#config,
    ).getAllInstallations();
    for (const { account } of installations) {
      if (account && 'login' in account) {
        return account.login;
      }
    }
    return undefined;
  }

  /**
   * A new token in place of one that GitHub does not accept any more; `undefined` when there
   * is no other.
   */
  async renew(
    owner: string | undefined,
    refused: GitHubCredential,
  ): Promise<GitHubCredential | undefined> {
    // Another request may have done so already
    const current = await this.of(owner);
    if (current.token !== refused.token) {
      return current;
    }
    this.#apps = this.#newApps();
    const renewed = await this.of(owner);
    return renewed.token === refused.token ? undefined : renewed;
  }

  #newApps(): App[] {
    return (this.#config.apps ?? []).map(app => ({
      id: app.appId,
      provider: SingleInstanceGithubCredentialsProvider.create({
        ...this.#config,
        apps: [app],
        token: undefined,
      }),
    }));
  }

  async #tokenOf(
    provider: GithubCredentialsProvider,
    owner: string | undefined,
  ): Promise<string | undefined> {
    const { host } = this.#config;
    try {
      const { token } = await provider.getCredentials({
        url: `https://${host}/${owner ?? ''}`,
      });
      return token;
    } catch (error) {
      throw new AuthenticationError(
        `GitHub at ${host} gives the portal's GitHub App no token${
          owner ? ` for ${owner}` : ''
        }: ${
          toError(error).message
        }. See integrations.github in the portal's configuration.`,
      );
    }
  }

  #ofToken(token: string): GitHubCredential {
    const { host } = this.#config;
    return {
      id: credentialId('token', host, token),
      label: `token of ${host}`,
      host,
      kind: 'portal',
      token,
    };
  }
}
