import { createHash } from 'node:crypto';
import { promises as fs } from 'node:fs';
import path from 'node:path';
import { validationFailed } from '../server/GitHubError';
import { Clock, timestamp } from '../server/clock';
import { Release, ReleaseAsset } from './releaseRecords';
import { Repositories } from './Repositories';
import { Repository } from './repositoryRecords';
import { Store } from './Store';
import { isRefName } from '../git/names';

/** Whether a release is to be the latest one; `legacy` lets time decide. */
export const MAKE_LATEST = ['true', 'false', 'legacy'] as const;

/** One of {@link MAKE_LATEST}. */
export type MakeLatest = (typeof MAKE_LATEST)[number];

/** What a release to be made is like. */
export interface NewRelease {
  tagName: string;
  targetCommitish?: string;
  name?: string;
  body?: string;
  draft?: boolean;
  prerelease?: boolean;
  makeLatest?: MakeLatest;
  authorId: number;
  createdAt?: string;
}

/** Releases of repositories, and the files that are attached to them. */
export class Releases {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #repositories: Repositories;
  readonly #assetFolder: string;

  constructor(options: {
    store: Store;
    clock: Clock;
    repositories: Repositories;
    assetFolder: string;
  }) {
    this.#store = options.store;
    this.#clock = options.clock;
    this.#repositories = options.repositories;
    this.#assetFolder = options.assetFolder;
  }

  /** Releases of a repository, newest first, drafts on top. */
  list(repository: Repository): Release[] {
    return this.#store.collections.releases
      .by('repository', repository.id)
      .sort((a, b) => sortKey(b).localeCompare(sortKey(a)) || b.id - a.id);
  }

  find(repository: Repository, id: number): Release | undefined {
    const release = this.#store.collections.releases.get(id);
    return release?.repositoryId === repository.id ? release : undefined;
  }

  findByTag(repository: Repository, tag: string): Release | undefined {
    return this.list(repository).find(
      release => release.tagName === tag && !release.draft,
    );
  }

  /** The release that is neither a draft nor a prerelease and was marked as the latest last, or else the newest of these. */
  latest(repository: Repository): Release | undefined {
    const full = this.list(repository).filter(
      release => !release.draft && !release.prerelease && !release.notLatest,
    );
    const time = ({ markedLatestAt, publishedAt }: Release) =>
      markedLatestAt ?? publishedAt ?? '';
    return full.reduce<Release | undefined>(
      (best, one) => (best && time(best) >= time(one) ? best : one),
      undefined,
    );
  }

  #latestMark(choice: MakeLatest): Partial<Release> {
    return {
      // The number puts those of one second in their order.
      markedLatestAt:
        choice === 'true'
          ? `${timestamp(this.#clock())} ${String(
              this.#store.nextId(),
            ).padStart(12, '0')}`
          : undefined,
      notLatest: choice === 'false' || undefined,
    };
  }

  /** Makes a release, and its tag unless that is there or the release is a draft. */
  async create(repository: Repository, release: NewRelease): Promise<Release> {
    if (!isRefName(release.tagName)) {
      throw validationFailed({
        resource: 'Release',
        code: 'custom',
        field: 'tag_name',
        message: 'tag_name is not a valid tag',
      });
    }
    if (this.findByTag(repository, release.tagName)) {
      throw validationFailed({
        resource: 'Release',
        code: 'already_exists',
        field: 'tag_name',
      });
    }
    const targetCommitish = release.targetCommitish ?? repository.defaultBranch;
    const draft = release.draft ?? false;
    if (!draft) {
      await this.#ensureTag(repository, release.tagName, targetCommitish);
    }
    return this.plant(repository, {
      ...release,
      makeLatest:
        release.makeLatest ?? (draft || release.createdAt ? undefined : 'true'),
      targetCommitish,
    });
  }

  /** Makes a release known of which the tag is there already, or not to be there yet. */
  plant(repository: Repository, release: NewRelease): Release {
    const draft = release.draft ?? false;
    const now = release.createdAt ?? timestamp(this.#clock());
    return this.#store.collections.releases.put({
      id: this.#store.nextId(),
      repositoryId: repository.id,
      tagName: release.tagName,
      targetCommitish: release.targetCommitish ?? repository.defaultBranch,
      name: release.name,
      body: release.body,
      draft,
      prerelease: release.prerelease ?? false,
      authorId: release.authorId,
      assets: [],
      createdAt: now,
      publishedAt: draft ? undefined : now,
      ...(release.makeLatest && this.#latestMark(release.makeLatest)),
    });
  }

  async change(
    repository: Repository,
    release: Release,
    change: Partial<
      Pick<
        Release,
        'tagName' | 'targetCommitish' | 'name' | 'body' | 'draft' | 'prerelease'
      >
    > & { makeLatest?: MakeLatest },
  ): Promise<Release> {
    const { makeLatest, ...changes } = change;
    const next = {
      ...release,
      ...changes,
      ...(makeLatest && this.#latestMark(makeLatest)),
      updatedAt: timestamp(this.#clock()),
    };
    if (!next.draft) {
      await this.#ensureTag(repository, next.tagName, next.targetCommitish);
      if (release.draft && !makeLatest) {
        Object.assign(next, this.#latestMark('true'));
      }
      next.publishedAt = release.publishedAt ?? timestamp(this.#clock());
    } else {
      next.publishedAt = undefined;
    }
    return this.#store.collections.releases.put(next);
  }

  async delete(release: Release): Promise<void> {
    for (const asset of release.assets) {
      await fs.rm(this.#assetFile(asset.id), { force: true });
    }
    this.#store.collections.releases.delete(release.id);
  }

  /** Attaches a file to a release. */
  async addAsset(
    release: Release,
    asset: {
      name: string;
      label?: string;
      contentType: string;
      content: Buffer;
      uploaderId: number;
    },
  ): Promise<ReleaseAsset> {
    if (release.assets.some(({ name }) => name === asset.name)) {
      throw validationFailed({
        resource: 'ReleaseAsset',
        code: 'already_exists',
        field: 'name',
      });
    }
    const now = timestamp(this.#clock());
    const created: ReleaseAsset = {
      id: this.#store.nextId(),
      name: asset.name,
      label: asset.label,
      contentType: asset.contentType,
      size: asset.content.length,
      digest: `sha256:${createHash('sha256')
        .update(asset.content)
        .digest('hex')}`,
      uploaderId: asset.uploaderId,
      downloadCount: 0,
      createdAt: now,
      updatedAt: now,
    };
    await fs.mkdir(this.#assetFolder, { recursive: true });
    await fs.writeFile(this.#assetFile(created.id), asset.content);
    this.#store.collections.releases.update(release.id, {
      assets: [...release.assets, created],
      updatedAt: now,
    });
    return created;
  }

  findAsset(
    repository: Repository,
    assetId: number,
  ): { release: Release; asset: ReleaseAsset } | undefined {
    for (const release of this.list(repository)) {
      const asset = release.assets.find(({ id }) => id === assetId);
      if (asset) {
        return { release, asset };
      }
    }
    return undefined;
  }

  async deleteAsset(release: Release, assetId: number): Promise<void> {
    await fs.rm(this.#assetFile(assetId), { force: true });
    this.#store.collections.releases.update(release.id, {
      assets: release.assets.filter(({ id }) => id !== assetId),
      updatedAt: timestamp(this.#clock()),
    });
  }

  /** Reads an attached file and counts the download. */
  async download(release: Release, asset: ReleaseAsset): Promise<Buffer> {
    const content = await fs.readFile(this.#assetFile(asset.id));
    this.#store.collections.releases.update(release.id, {
      assets: release.assets.map(one =>
        one.id === asset.id
          ? { ...one, downloadCount: one.downloadCount + 1 }
          : one,
      ),
    });
    return content;
  }

  #assetFile(id: number): string {
    return path.join(this.#assetFolder, String(id));
  }

  async #ensureTag(
    repository: Repository,
    tag: string,
    target: string,
  ): Promise<void> {
    const git = this.#repositories.git(repository);
    if (await git.findRef(`refs/tags/${tag}`)) {
      return;
    }
    const commit = await git.resolveCommit(target);
    if (!commit) {
      throw validationFailed({
        resource: 'Release',
        code: 'invalid',
        field: 'target_commitish',
      });
    }
    await git.updateRef(`refs/tags/${tag}`, commit, undefined);
  }
}

function sortKey(release: Release): string {
  return release.publishedAt ?? `9${release.createdAt}`;
}
