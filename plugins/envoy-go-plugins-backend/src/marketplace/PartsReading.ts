import { isError } from '@backstage/errors';
import type { PluginPart } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { RepositorySnapshot } from '../github';
import { compareReleases } from './compareReleases';
import { counted } from './counted';
import { versionOf } from './partVersions';
import {
  type RepositoryAccess,
  hasRelease,
  readDiscussions,
  readReaders,
  readReadme,
  readReleases,
  readSource,
  readStargazers,
  readTags,
} from './readRepositoryParts';
import { nameOf } from './repositoryActivities';
import type {
  RepositoryPart,
  RepositoryParts,
  RepositoryStore,
} from './RepositoryStore';

/** So many releases' READMEs are read in one go; the others the next time. */
const READMES_AT_ONCE = 10;

/**
 * So many releases may be gone at once that each is asked for; where more are, that is taken
 * for a failure.
 */
const DELETED_RELEASES_AT_ONCE = 20;

/** Reads one repository's parts, each once. */
export class PartsReading {
  /** What was done, in a sentence each. */
  readonly effects: string[] = [];
  /** What is something else than before. */
  readonly changed = new Set<PluginPart>();
  readersChanged = false;
  readonly #store: RepositoryStore;
  readonly #access: RepositoryAccess;
  readonly #snapshot: RepositorySnapshot;
  readonly #actor: string | undefined;
  readonly #now: () => Date;
  #tags: Promise<Map<string, string>> | undefined;

  constructor(options: {
    store: RepositoryStore;
    access: RepositoryAccess;
    snapshot: RepositorySnapshot;
    actor?: string;
    now: () => Date;
  }) {
    this.#store = options.store;
    this.#access = options.access;
    this.#snapshot = options.snapshot;
    this.#actor = options.actor;
    this.#now = options.now;
  }

  async read(part: RepositoryPart): Promise<void> {
    const asOf = this.#now().toISOString();
    switch (part) {
      case 'readme':
        await this.#readReadme(asOf);
        break;
      case 'source':
        await this.#readSource(asOf);
        break;
      case 'releases':
        await this.#readReleases(asOf);
        break;
      case 'discussions':
        await this.#readDiscussions(asOf);
        break;
      case 'stargazers':
        await this.#readStargazers(asOf);
        break;
      default:
        await this.#readReaders(asOf);
    }
  }

  /** Reads some of those that were never read. */
  async readReleaseReadmes(): Promise<void> {
    const unread = await this.#store.listReleasesWithoutReadme(this.#snapshot);
    for (const release of unread.slice(0, READMES_AT_ONCE)) {
      const asOf = this.#now().toISOString();
      await this.#store.saveReleaseReadme(this.#snapshot, release.id, {
        value: await readReadme(this.#access, release.commit),
        asOf,
      });
      this.changed.add('readme');
      this.effects.push(`Read the README of ${release.tag}`);
    }
  }

  async #readReadme(asOf: string): Promise<void> {
    const value = this.#snapshot.headCommit
      ? await readReadme(this.#access)
      : null;
    await this.#save('readme', asOf, value, 'readme');
    this.effects.push(`Read the README of ${this.#name}`);
  }

  async #readSource(asOf: string): Promise<void> {
    const value = await readSource(this.#access, {
      defaultBranch: this.#snapshot.defaultBranch,
      tags: await this.#readTags(),
    });
    await this.#save('source', asOf, value, 'source');
    this.effects.push(
      `Read ${counted(
        value.branches.length,
        'branch',
        'branches',
      )} and ${counted(value.tags.length, 'tag')} of ${this.#name}`,
    );
  }

  async #readReleases(asOf: string): Promise<void> {
    const listed = await readReleases(this.#access);
    const tags = await this.#readTags();
    const deleted = await this.#findDeleted(listed.map(({ id }) => id));
    const changed = await this.#store.changeReleases(this.#snapshot, known =>
      compareReleases({
        known,
        listed,
        deleted,
        tags,
        asOf,
        actor: this.#actor,
      }),
    );
    await this.#save('releases', asOf, null);
    if (changed) {
      this.changed.add('releases');
      this.changed.add('activity');
    }
    this.effects.push(
      `Read ${counted(listed.length, 'release')} of ${this.#name}`,
    );
  }

  /** Those that are listed no more, and of which GitHub says that there is none. */
  async #findDeleted(listed: number[]): Promise<Set<number>> {
    const there = new Set(listed);
    const missing = (await this.#store.listReleases(this.#snapshot)).filter(
      release => !release.deletedAt && !there.has(release.id),
    );
    if (missing.length > DELETED_RELEASES_AT_ONCE) {
      this.effects.push(
        `${missing.length} releases of ${
          this.#name
        } were not listed, which is not believed`,
      );
      return new Set();
    }
    const deleted = new Set<number>();
    for (const release of missing) {
      if (!(await hasRelease(this.#access, release.id))) {
        deleted.add(release.id);
      }
    }
    return deleted;
  }

  async #readDiscussions(asOf: string): Promise<void> {
    const value = await readDiscussions(this.#access);
    await this.#save('discussions', asOf, value, 'discussions');
    this.effects.push(
      `Read ${counted(
        value.length,
        'open issue or pull request',
        'open issues and pull requests',
      )} of ${this.#name}`,
    );
  }

  async #readReaders(asOf: string): Promise<void> {
    if (this.#snapshot.visibility === 'public') {
      return;
    }
    let logins: string[] = [];
    let unknownBecause: string | undefined;
    try {
      logins = await readReaders(this.#access);
    } catch (error) {
      if (!isRefusal(error)) {
        throw error;
      }
      // Cannot be found out, so nobody may see it
      unknownBecause = error.message;
    }
    this.readersChanged = await this.#store.setReaders(this.#snapshot, logins);
    await this.#save('readers', asOf, { unknownBecause });
    this.effects.push(
      unknownBecause
        ? `Nobody sees ${
            this.#name
          }, for GitHub does not tell who may: ${unknownBecause}`
        : `Read who may see ${this.#name}: ${counted(
            logins.length,
            'person',
            'people',
          )}`,
    );
  }

  async #readStargazers(asOf: string): Promise<void> {
    const { stars } = this.#snapshot;
    const unknown = { logins: [], complete: false };
    const none = { logins: [], complete: true };
    const list =
      stars === 0
        ? none
        : await readStargazers(this.#access).catch(error => {
            // It is only shown to whoever starred it
            if (isRefusal(error)) {
              return unknown;
            }
            throw error;
          });
    const changed = await this.#store.setStargazers(this.#snapshot, {
      ...list,
      stars,
      asOf,
    });
    if (changed) {
      this.changed.add('repository');
    }
    this.effects.push(
      list === unknown
        ? `GitHub does not tell who starred ${this.#name}`
        : `Read who starred ${this.#name}: ${counted(
            list.logins.length,
            'person',
            'people',
          )}`,
    );
  }

  async #save<Part extends RepositoryPart>(
    part: Part,
    asOf: string,
    value: RepositoryParts[Part],
    shown?: PluginPart,
  ): Promise<void> {
    const changed = await this.#store.savePart(this.#snapshot, part, {
      value,
      version: versionOf(part, this.#snapshot),
      asOf,
    });
    if (changed && shown) {
      this.changed.add(shown);
    }
  }

  async #readTags(): Promise<Map<string, string>> {
    this.#tags ??= readTags(this.#access);
    return this.#tags;
  }

  get #name(): string {
    return nameOf(this.#snapshot);
  }
}

/** Whether GitHub does not tell the portal, and asking again would not help. */
function isRefusal(error: unknown): error is Error {
  return isError(error) && /^Not(Allowed|Found)Error$/.test(error.name);
}
