import { InputError } from '@backstage/errors';
import { Emulator } from '../Emulator';
import { timestamp } from '../server/clock';
import { Account } from '../state/accountRecords';
import { Release } from '../state/releaseRecords';
import { Repository } from '../state/repositoryRecords';
import { announceRelease } from '../webhooks/announceRelease';
import { changeStar } from '../webhooks/announceRepository';

/** A repository, or its full name: `envoy-plugins/token-auth`. */
export type RepositoryName = Repository | string;

/** How a change is made. */
export interface ChangeOptions {
  /** Whether webhooks are told nothing, as if all deliveries were lost before they began. */
  silently?: boolean;
}

/** A push to be made. */
export interface NewPush {
  /** The login of whoever pushes. */
  by: string;
  /** Contents of files by their paths; undefined removes one. */
  files: Record<string, string | undefined>;
  message?: string;
  /** The default branch unless given. */
  branch?: string;
}

/** A release to be published. */
export interface NewPublishedRelease {
  /** The login of whoever publishes it. */
  by: string;
  tag: string;
  name?: string;
  notes?: string;
  prerelease?: boolean;
}

/** Changes repositories by code, without HTTP and without credentials, for tests and benches that change many. */
export class Changes {
  readonly #emulator: Emulator;

  constructor(emulator: Emulator) {
    this.#emulator = emulator;
  }

  /** Stars a repository, or takes the star back. */
  async star(
    name: RepositoryName,
    change: { by: string; on?: boolean },
    options: ChangeOptions = {},
  ): Promise<void> {
    const repository = this.#repository(name);
    const account = this.#account(change.by);
    const on = change.on ?? true;
    if (!options.silently) {
      changeStar(this.#emulator, repository, account, on);
    } else if (on) {
      this.#emulator.repositories.star(repository, account.id);
    } else {
      this.#emulator.repositories.unstar(repository, account.id);
    }
    await this.#emulator.store.saved();
  }

  /** Commits on a branch and returns the commit's hash. */
  async push(
    name: RepositoryName,
    push: NewPush,
    options: ChangeOptions = {},
  ): Promise<string> {
    const repository = this.#repository(name);
    const account = this.#account(push.by);
    const git = this.#emulator.repositories.git(repository);
    const branch = push.branch ?? repository.defaultBranch;
    const signature = {
      name: account.name ?? account.login,
      email: account.email ?? `${account.login}@users.noreply.github.com`,
      date: timestamp(this.#emulator.clock()),
    };
    return await this.#changeRefs(repository, account, options, async () =>
      git.commit({
        branch,
        parent: await git.resolveCommit(`heads/${branch}`),
        edits: Object.entries(push.files).map(([path, content]) => ({
          path,
          content: content === undefined ? undefined : Buffer.from(content),
        })),
        message: push.message ?? 'Change files',
        author: signature,
        committer: signature,
      }),
    );
  }

  /** Points a tag at a commit, wherever it pointed before. */
  async moveTag(
    name: RepositoryName,
    move: { by: string; tag: string; to: string },
    options: ChangeOptions = {},
  ): Promise<void> {
    const repository = this.#repository(name);
    const git = this.#emulator.repositories.git(repository);
    const ref = `refs/tags/${move.tag}`;
    await this.#changeRefs(
      repository,
      this.#account(move.by),
      options,
      async () =>
        await git.updateRef(ref, move.to, (await git.findRef(ref))?.sha),
    );
  }

  /** Publishes a release of the default branch's newest commit. */
  async release(
    name: RepositoryName,
    release: NewPublishedRelease,
    options: ChangeOptions = {},
  ): Promise<Release> {
    const repository = this.#repository(name);
    const account = this.#account(release.by);
    const published = await this.#changeRefs(
      repository,
      account,
      options,
      async () =>
        await this.#emulator.releases.create(repository, {
          tagName: release.tag,
          name: release.name ?? release.tag,
          body: release.notes,
          prerelease: release.prerelease,
          authorId: account.id,
        }),
    );
    if (!options.silently) {
      announceRelease(
        this.#emulator,
        this.#emulator.repositories.get(repository.id),
        account,
        undefined,
        published,
      );
    }
    await this.#emulator.store.saved();
    return published;
  }

  async #changeRefs<T>(
    repository: Repository,
    account: Account,
    options: ChangeOptions,
    change: () => Promise<T>,
  ): Promise<T> {
    const { pushes, repositories, store } = this.#emulator;
    if (!options.silently) {
      const changed = await pushes.during(repository, account, change);
      await store.saved();
      return changed;
    }
    const changed = await change();
    await repositories.notePush(repository);
    // The next who pushes tells of their own push only.
    store.collections.knownRefs.delete(repository.id);
    await store.saved();
    return changed;
  }

  #account(login: string): Account {
    const account = this.#emulator.accounts.find(login);
    if (!account) {
      throw new InputError(`There is no account ${login}`);
    }
    return account;
  }

  #repository(name: RepositoryName): Repository {
    if (typeof name !== 'string') {
      return this.#emulator.repositories.get(name.id);
    }
    const [owner, repo = ''] = name.split('/');
    const repository = this.#emulator.repositories.find(owner, repo);
    if (!repository) {
      throw new InputError(`There is no repository ${name}`);
    }
    return repository;
  }
}
