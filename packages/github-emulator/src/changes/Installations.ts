import { InputError } from '@backstage/errors';
import { Emulator } from '../Emulator';
import { timestamp } from '../server/clock';
import { Account } from '../state/accountRecords';
import { Installation } from '../state/appRecords';
import { Repository } from '../state/repositoryRecords';
import {
  announceInstallation,
  announceInstallationRepositories,
} from '../webhooks/announceInstallation';

/** What owners of accounts do with apps on GitHub's pages, for tests to do; the apps are told. */
export class Installations {
  readonly #emulator: Emulator;

  constructor(emulator: Emulator) {
    this.#emulator = emulator;
  }

  /**
   * Puts an app into an account.
   *
   * @param repositories - names; all repositories unless given
   */
  install(slug: string, login: string, repositories?: string[]): Installation {
    const { apps } = this.#emulator;
    const account = this.#account(login);
    const app = apps.find(slug);
    if (!app) {
      throw new InputError(`There is no app ${slug}; register it first`);
    }
    const installation = apps.install(app, account, {
      repositories: repositories?.map(name => this.#repository(login, name)),
    });
    announceInstallation(
      this.#emulator,
      installation,
      this.#owner(account),
      'created',
    );
    return installation;
  }

  /** Suspends the app's place in an account: its tokens are refused. */
  suspend(slug: string, login: string): void {
    const owner = this.#owner(this.#account(login));
    const changed = this.#emulator.apps.change(this.#find(slug, login), {
      suspendedAt: timestamp(this.#emulator.clock()),
      suspendedById: owner.id,
    });
    announceInstallation(this.#emulator, changed, owner, 'suspend');
  }

  unsuspend(slug: string, login: string): void {
    const changed = this.#emulator.apps.change(this.#find(slug, login), {
      suspendedAt: undefined,
      suspendedById: undefined,
    });
    announceInstallation(
      this.#emulator,
      changed,
      this.#owner(this.#account(login)),
      'unsuspend',
    );
  }

  /** Takes an app out of an account; its tokens end. */
  uninstall(slug: string, login: string): void {
    const installation = this.#find(slug, login);
    announceInstallation(
      this.#emulator,
      installation,
      this.#owner(this.#account(login)),
      'deleted',
    );
    this.#emulator.apps.delete(installation);
  }

  /** Says which repositories an app gets, by their names. */
  select(slug: string, login: string, names: string[]): void {
    const { apps } = this.#emulator;
    const before = this.#find(slug, login);
    const reached = apps.repositories(before);
    const selected = names.map(name => this.#repository(login, name));
    const changed = apps.change(before, {
      selection: 'selected',
      repositoryIds: selected.map(({ id }) => id),
    });
    const without = (list: Repository[], others: Repository[]) =>
      list.filter(one => !others.some(({ id }) => id === one.id));
    const sender = this.#owner(this.#account(login));
    const added = without(selected, reached);
    const removed = without(reached, selected);
    if (added.length > 0) {
      announceInstallationRepositories(this.#emulator, changed, sender, {
        added,
      });
    }
    if (removed.length > 0) {
      announceInstallationRepositories(this.#emulator, changed, sender, {
        removed,
      });
    }
  }

  #find(slug: string, login: string): Installation {
    const { apps } = this.#emulator;
    const app = apps.find(slug);
    const installation =
      app && apps.installationIn(app, this.#account(login).id);
    if (!installation) {
      throw new InputError(`${slug} is not installed in ${login}`);
    }
    return installation;
  }

  #account(login: string): Account {
    const account = this.#emulator.accounts.find(login);
    if (!account) {
      throw new InputError(`There is no account ${login}`);
    }
    return account;
  }

  #repository(owner: string, name: string): Repository {
    const repository = this.#emulator.repositories.find(owner, name);
    if (!repository) {
      throw new InputError(`There is no repository ${owner}/${name}`);
    }
    return repository;
  }

  /** Whoever speaks for an account. */
  #owner(account: Account): Account {
    const owner = this.#emulator.accounts
      .members(account.id)
      .find(({ role }) => role === 'admin');
    return owner?.account ?? account;
  }
}
