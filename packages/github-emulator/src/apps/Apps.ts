import { ConflictError, InputError } from '@backstage/errors';
import { createPublicKey, randomBytes } from 'node:crypto';
import { Clock, timestamp } from '../server/clock';
import { Account } from '../state/accountRecords';
import { Accounts } from '../state/Accounts';
import {
  AppPermissions,
  GitHubApp,
  Installation,
  InstallationToken,
} from '../state/appRecords';
import { Repository } from '../state/repositoryRecords';
import { Store } from '../state/Store';

const TOKEN_MILLISECONDS = 3600 * 1000;

const MOST_REQUESTS = 12_500;
const FREE = 20;
const REQUESTS_FOR_EACH = 50;

/** What an app to be registered is like. */
export interface NewApp {
  /** As it is in addresses: `envoy-portal`. */
  slug: string;
  /** A number below 1,000 that configurations can name; a new one unless given. */
  id?: number;
  name?: string;
  description?: string;
  /** The login of its owner. */
  owner: string;
  clientId?: string;
  /** PEM of the public key, or of the private key, of which only the public half is kept. */
  key: string;
  permissions: AppPermissions;
  events?: string[];
  /** Where it is told what happens in its installations. */
  webhook?: { url: string; secret?: string };
}

/** GitHub Apps, where they are installed, and the tokens they act with. */
export class Apps {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #accounts: Accounts;

  constructor(options: { store: Store; clock: Clock; accounts: Accounts }) {
    this.#store = options.store;
    this.#clock = options.clock;
    this.#accounts = options.accounts;
  }

  find(slug: string): GitHubApp | undefined {
    return this.#store.collections.apps.firstBy('slug', slug);
  }

  /** The app that a JSON web token names, by its id or by its client id. */
  byIssuer(issuer: string): GitHubApp | undefined {
    const { apps } = this.#store.collections;
    return /^\d+$/.test(issuer)
      ? apps.get(Number(issuer))
      : apps.firstBy('clientId', issuer);
  }

  get(id: number): GitHubApp {
    const app = this.#store.collections.apps.get(id);
    if (!app) {
      throw new ConflictError(`App ${id} is referred to, but not there`);
    }
    return app;
  }

  /**
   * Registers an app, or changes the one with the same slug.
   *
   * @throws InputError when the key is no key, or the owner not there
   */
  register(app: NewApp): GitHubApp {
    const owner = this.#accounts.find(app.owner);
    if (!owner) {
      throw new InputError(
        `The app ${app.slug} is to belong to ${app.owner}, which is not there`,
      );
    }
    const before = this.find(app.slug);
    const now = timestamp(this.#clock());
    const botLogin = `${app.slug}[bot]`;
    const bot =
      this.#accounts.find(botLogin) ??
      this.#accounts.create({ type: 'Bot', isMachine: true, login: botLogin });
    const id = before?.id ?? app.id ?? this.#store.nextId();
    const registered = this.#store.collections.apps.put({
      id,
      slug: app.slug,
      name: app.name ?? app.slug,
      description: app.description,
      ownerId: owner.id,
      botId: bot.id,
      clientId: app.clientId ?? before?.clientId ?? `Iv23${app.slug}`,
      publicKey: toPublicKey(app),
      permissions: { metadata: 'read', ...app.permissions },
      events: app.events ?? [],
      createdAt: before?.createdAt ?? now,
      updatedAt: now,
    });
    this.#setWebhook(registered, app.webhook);
    return registered;
  }

  #setWebhook(app: GitHubApp, webhook: NewApp['webhook']): void {
    const { webhooks } = this.#store.collections;
    const before = webhooks.firstBy('target', `app/${app.id}`);
    if (!webhook) {
      if (before) {
        webhooks.delete(before.id);
      }
      return;
    }
    const now = timestamp(this.#clock());
    webhooks.put({
      id: before?.id ?? this.#store.nextId(),
      target: { type: 'app', id: app.id },
      url: webhook.url,
      secret: webhook.secret,
      contentType: 'json',
      insecureSsl: '0',
      events: [...app.events, 'installation', 'installation_repositories'],
      active: true,
      createdAt: before?.createdAt ?? now,
      updatedAt: now,
    });
  }

  installations(app: GitHubApp): Installation[] {
    return this.#store.collections.installations.by('app', app.id);
  }

  findInstallation(app: GitHubApp, id: number): Installation | undefined {
    const installation = this.#store.collections.installations.get(id);
    return installation?.appId === app.id ? installation : undefined;
  }

  /** Where an app is in an account. */
  installationIn(
    app: { id: number },
    accountId: number,
  ): Installation | undefined {
    return this.#store.collections.installations
      .by('account', accountId)
      .find(({ appId }) => appId === app.id);
  }

  /** The installations in an account that reach a repository, or the account itself when there is none. */
  reaching(accountId: number, repository?: Repository): Installation[] {
    return this.#store.collections.installations
      .by('account', accountId)
      .filter(
        installation =>
          installation.suspendedAt === undefined &&
          (!repository || this.reaches(installation, repository)),
      );
  }

  /** Whether an installation is for a repository. */
  reaches(installation: Installation, repository: Repository): boolean {
    return (
      installation.accountId === repository.ownerId &&
      (installation.selection === 'all' ||
        installation.repositoryIds.includes(repository.id))
    );
  }

  repositories(installation: Installation): Repository[] {
    return this.#store.collections.repositories
      .by('owner', installation.accountId)
      .filter(repository => this.reaches(installation, repository));
  }

  /**
   * Puts an app into an account, with all of its repositories or some.
   *
   * @throws ConflictError when it is there already
   */
  install(
    app: GitHubApp,
    account: Account,
    options: {
      repositories?: Repository[];
      permissions?: AppPermissions;
    } = {},
  ): Installation {
    if (this.installationIn(app, account.id)) {
      throw new ConflictError(
        `${app.slug} is installed in ${account.login} already`,
      );
    }
    const now = timestamp(this.#clock());
    return this.#store.collections.installations.put({
      id: this.#store.nextId(),
      appId: app.id,
      accountId: account.id,
      selection: options.repositories ? 'selected' : 'all',
      repositoryIds: (options.repositories ?? []).map(({ id }) => id),
      permissions: options.permissions ?? app.permissions,
      events: app.events,
      createdAt: now,
      updatedAt: now,
    });
  }

  /** Changes an installation. */
  change(
    installation: Installation,
    change: Partial<
      Pick<
        Installation,
        | 'selection'
        | 'repositoryIds'
        | 'permissions'
        | 'suspendedAt'
        | 'suspendedById'
      >
    >,
  ): Installation {
    return this.#store.collections.installations.update(installation.id, {
      ...change,
      updatedAt: timestamp(this.#clock()),
    });
  }

  /** Deletes an installation and its tokens. */
  delete(installation: Installation): void {
    const { installations, installationTokens } = this.#store.collections;
    installationTokens.deleteBy('installation', installation.id);
    installations.delete(installation.id);
  }

  /** Makes a token that ends in an hour. */
  createToken(
    installation: Installation,
    options: { permissions?: AppPermissions; repositoryIds?: number[] } = {},
  ): InstallationToken {
    const { installationTokens } = this.#store.collections;
    for (const old of installationTokens.by('installation', installation.id)) {
      if (this.#isOver(old)) {
        installationTokens.delete(old.id);
      }
    }
    return installationTokens.put({
      id: this.#store.nextId(),
      token: `ghs_${randomBytes(18).toString('hex')}`,
      installationId: installation.id,
      permissions: options.permissions ?? installation.permissions,
      repositoryIds: options.repositoryIds,
      expiresAt: timestamp(
        new Date(this.#clock().getTime() + TOKEN_MILLISECONDS),
      ),
    });
  }

  /** A token that is known and has not ended, with its installation. */
  findToken(
    text: string,
  ): { token: InstallationToken; installation: Installation } | undefined {
    const { installations, installationTokens } = this.#store.collections;
    const token = installationTokens.firstBy('token', text);
    const installation = installations.get(token?.installationId);
    return token && installation && !this.#isOver(token)
      ? { token, installation }
      : undefined;
  }

  revoke(token: InstallationToken): void {
    this.#store.collections.installationTokens.delete(token.id);
  }

  /**
   * How many requests an hour an installation has: 50 more for each repository over 20 and for each member over 20, at most 12,500
   * (https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#primary-rate-limit-for-github-app-installations).
   */
  rateLimit(installationId: number, base: number): number {
    const { installations, memberships, repositories } =
      this.#store.collections;
    const accountId = installations.get(installationId)?.accountId ?? 0;
    const beyond = (count: number) => Math.max(0, count - FREE);
    const more =
      REQUESTS_FOR_EACH *
      (beyond(repositories.countBy('owner', accountId)) +
        beyond(memberships.countBy('organization', accountId)));
    return Math.max(base, Math.min(MOST_REQUESTS, base + more));
  }

  #isOver(token: InstallationToken): boolean {
    return Date.parse(token.expiresAt) <= this.#clock().getTime();
  }
}

function toPublicKey(app: NewApp): string {
  try {
    return createPublicKey(app.key)
      .export({ type: 'spki', format: 'pem' })
      .toString();
  } catch {
    throw new InputError(
      `The key of the app ${app.slug} is none; give a PEM of an RSA key`,
    );
  }
}
