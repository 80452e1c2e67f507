import type { LoggerService } from '@backstage/backend-plugin-api';
import { toError } from '@backstage/errors';
import type { ReleaseArtifacts, ReleaseReferrer } from '../../artifacts';
import type { RepositoryKey, RepositoryStore } from '../../marketplace';
import { tagsOf, toDocument } from './DefaultReleasePublisher';
import { passedOver } from './followedReleases';
import type { ImageLeases } from './ImageLeases';
import type { StoredVersion, VersionKey } from './StoredVersion';
import type { VersionStore } from './VersionStore';

type Published = StoredVersion & {
  image: NonNullable<StoredVersion['image']>;
};

/** Has the registry follow what is yanked: marks images, and moves tags away from them. */
export class YankKeeper {
  readonly #artifacts: ReleaseArtifacts;
  readonly #versions: VersionStore;
  readonly #leases: ImageLeases;
  readonly #repositories: RepositoryStore;
  readonly #onStored: (key: VersionKey) => Promise<void>;
  readonly #logger: LoggerService;
  readonly #now: () => Date;

  constructor(options: {
    artifacts: ReleaseArtifacts;
    versions: VersionStore;
    leases: ImageLeases;
    repositories: RepositoryStore;
    onStored: (key: VersionKey) => Promise<void>;
    logger: LoggerService;
    now: () => Date;
  }) {
    this.#artifacts = options.artifacts;
    this.#versions = options.versions;
    this.#leases = options.leases;
    this.#repositories = options.repositories;
    this.#onStored = options.onStored;
    this.#logger = options.logger;
    this.#now = options.now;
  }

  /** Does all that is due. What fails is due still. */
  async run(signal: AbortSignal): Promise<void> {
    for (const repository of await this.#versions.listUnfollowed()) {
      signal.throwIfAborted();
      try {
        await this.#follow(repository, signal);
      } catch (error) {
        signal.throwIfAborted();
        this.#logger.warn(
          `The registry has not heard which versions of the repository ${
            repository.id
          } of ${repository.host} are yanked; it is tried again: ${
            toError(error).message
          }`,
        );
      }
    }
  }

  async #follow(repository: RepositoryKey, signal: AbortSignal): Promise<void> {
    const due = (await this.#versions.list(repository)).filter(
      (version): version is Published =>
        !version.followed && version.image !== undefined,
    );
    const [first] = due;
    if (!first) {
      return;
    }
    const { name } = first.image;
    await this.#leases.with({ name, repository }, signal, async held => {
      const marks = new Map<Published, ReleaseReferrer>();
      for (const version of due) {
        if (version.yanked) {
          marks.set(
            version,
            await this.#artifacts.markYanked(
              name,
              version.image.digest,
              {
                reason: version.yanked.reason ?? 'No reason was given',
                by: 'system',
                at: new Date(version.yanked.at),
              },
              { signal: held },
            ),
          );
        }
      }
      const { follow, stuck } = await this.#artifacts.moveTags(
        name,
        await this.#passedOver(repository),
        { signal: held },
      );
      if (stuck.length > 0) {
        this.#logger.warn(
          `The registry does not remove tags: ${stuck.join(
            ', ',
          )} of ${name} still point to a version that is yanked`,
        );
      }
      for (const version of due) {
        await this.#store(version, marks.get(version), follow);
      }
    });
    await this.#onStored(first);
  }

  async #passedOver(repository: RepositoryKey): Promise<string[]> {
    const [releases, versions] = await Promise.all([
      this.#repositories.listReleases(repository),
      this.#versions.list(repository),
    ]);
    return [
      ...passedOver(releases),
      ...versions.filter(({ yanked }) => yanked).map(({ version }) => version),
    ];
  }

  async #store(
    done: Published,
    mark: ReleaseReferrer | undefined,
    follow: Map<string, string>,
  ): Promise<void> {
    await this.#versions.change(done, (known, others) => {
      if (!known?.image || known.followed) {
        return undefined;
      }
      const { image, tag } = known;
      // It may have changed its mind meanwhile
      const followed = Boolean(known.yanked) === Boolean(done.yanked);
      const document = mark && toDocument(mark);
      const version: StoredVersion = {
        ...known,
        followed,
        image: {
          ...image,
          tags: tagsOf(known.version, follow),
          documents: [
            ...image.documents.filter(
              ({ digest }) => digest !== document?.digest,
            ),
            ...(document ? [document] : []),
          ],
        },
      };
      const reference = `${image.repository}@${image.digest}`;
      return {
        versions: [version, ...others.map(one => withTags(one, follow))],
        record: {
          at: this.#now().toISOString(),
          actor: 'system',
          action: done.yanked ? 'release.yank' : 'release.unyank',
          subject: `${image.name} ${tag}`,
          outcome: 'succeeded',
          message: done.yanked
            ? `${image.name} ${tag} is yanked: its image ${reference} is marked, and no tag but its own points to it`
            : `${image.name} ${tag} is not yanked any more; tags may point to ${reference} again`,
          details: { image: reference },
        },
      };
    });
  }
}

function withTags(
  version: StoredVersion,
  follow: Map<string, string>,
): StoredVersion {
  return version.image
    ? {
        ...version,
        image: { ...version.image, tags: tagsOf(version.version, follow) },
      }
    : version;
}
