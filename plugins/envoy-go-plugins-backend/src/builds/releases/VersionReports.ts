import { NotFoundError } from '@backstage/errors';
import type {
  BuildSummary,
  PluginLocator,
  PluginVersion,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { type ReleaseArtifacts, verifyCommand } from '../../artifacts';
import type {
  MarketplaceService,
  RepositoryStore,
  StoredRelease,
} from '../../marketplace';
import type { Builds } from '../Builds';
import { versionOf } from './followedReleases';
import type { StoredVersion } from './StoredVersion';
import type { VersionStore } from './VersionStore';

type Asking = Parameters<MarketplaceService['getPlugin']>[1];

/** Under what name pages tell people to keep the key. */
const KEY_FILE = 'envoy-go-plugins.pub';

/** How often images were pulled, by digest; `undefined` where nobody tells. */
export interface ImagePulls {
  /** @param repository - with the registry's host */
  countAll(repository: string): Promise<Map<string, number> | undefined>;
}

/** A document that is kept with an image. */
export interface VersionDocument {
  mediaType: string;
  /** What to call the file. */
  fileName: string;
  content: Buffer;
}

/** What was released, and what became of it, for those who may see the plugin. */
export class VersionReports {
  readonly #marketplace: MarketplaceService;
  readonly #repositories: RepositoryStore;
  readonly #versions: VersionStore;
  readonly #builds: Pick<Builds, 'list'> | undefined;
  readonly #pulls: ImagePulls | undefined;
  readonly #artifacts: ReleaseArtifacts | undefined;

  constructor(options: {
    /** Lets only those in who may see a plugin. */
    marketplace: MarketplaceService;
    repositories: RepositoryStore;
    versions: VersionStore;
    builds?: Pick<Builds, 'list'>;
    pulls?: ImagePulls;
    /** `undefined` where no registry is configured. */
    artifacts: ReleaseArtifacts | undefined;
  }) {
    this.#marketplace = options.marketplace;
    this.#repositories = options.repositories;
    this.#versions = options.versions;
    this.#builds = options.builds;
    this.#pulls = options.pulls;
    this.#artifacts = options.artifacts;
  }

  /**
   * Newest first.
   *
   * @throws as {@link MarketplaceService} says
   */
  async list(plugin: PluginLocator, asking: Asking): Promise<PluginVersion[]> {
    const { entityRef, namespace, name } = await this.#marketplace.getPlugin(
      plugin,
      asking,
    );
    // Throws where GitHub was never asked
    await this.#marketplace.getReleases(plugin, asking);
    const repository = (await this.#repositories.findLink(entityRef))
      ?.repository;
    if (!repository) {
      return [];
    }
    const [releases, versions, builds] = await Promise.all([
      this.#repositories.listReleases(repository),
      this.#versions.list(repository),
      this.#listBuilds({ namespace, name }),
    ]);
    const pulls = await this.#countPulls(versions);
    return releases.map(release =>
      toPluginVersion({
        pulls,
        plugin: { namespace, name },
        sourceUrl: repository.snapshot.url,
        release,
        stored: versions.find(
          one =>
            one.releaseId === release.id &&
            (release.commit === undefined || one.commit === release.commit),
        ),
        build: builds.find(
          one =>
            one.repositoryId === repository.id &&
            one.tag === release.tag &&
            (release.commit === undefined || one.commit === release.commit),
        ),
      }),
    );
  }

  /**
   * A document that is kept with a version's image.
   *
   * @throws NotFoundError when there is no such document, or as {@link MarketplaceService} says
   */
  async document(
    wanted: PluginLocator & { version: string; digest: string },
    asking: Asking,
  ): Promise<VersionDocument> {
    const { version, digest, ...plugin } = wanted;
    const { entityRef, name } = await this.#marketplace.getPlugin(
      plugin,
      asking,
    );
    const repository = (await this.#repositories.findLink(entityRef))
      ?.repository;
    const stored = repository
      ? (await this.#versions.list(repository)).find(
          one => one.version === version && one.image,
        )
      : undefined;
    const document = stored?.image?.documents.find(
      one => one.digest === digest,
    );
    if (!stored?.image || !document || !this.#artifacts) {
      throw new NotFoundError(
        `${plugin.namespace}/${plugin.name} ${version} has no document ${digest}; its documents are listed at …/versions`,
      );
    }
    return {
      mediaType: document.mediaType,
      fileName: `${name}-${version}.${document.kind}.json`,
      content: await this.#artifacts.document(stored.image.name, digest),
    };
  }

  /** By digest of the index. */
  async #countPulls(
    versions: StoredVersion[],
  ): Promise<Map<string, number> | undefined> {
    const [first] = versions.flatMap(({ image }) => image ?? []);
    return first && this.#pulls?.countAll(first.repository);
  }

  /** Those that count: of releases and rebuilds, the newest first. */
  async #listBuilds(plugin: PluginLocator): Promise<BuildSummary[]> {
    if (!this.#builds) {
      return [];
    }
    const { namespace, name } = plugin;
    const { items } = await this.#builds.list({
      plugin: `${namespace}/${name}`,
      kind: ['release', 'rebuild'],
      limit: 100,
    });
    return items
      .filter(({ state }) => state !== 'cancelled')
      .toSorted((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
  }
}

function toPluginVersion(options: {
  plugin: PluginLocator;
  sourceUrl: string;
  release: StoredRelease;
  stored: StoredVersion | undefined;
  build: BuildSummary | undefined;
  pulls: Map<string, number> | undefined;
}): PluginVersion {
  const { pulls, plugin, sourceUrl, release, stored, build } = options;
  const { tag, commit = stored?.commit ?? '', yanked } = release;
  const version =
    stored?.version ?? versionOf(tag) ?? tag.replace(/^v(?=\d)/, '');
  return {
    version,
    tag,
    commit,
    commitUrl: `${sourceUrl}/commit/${commit}`,
    releaseUrl: release.url,
    publishedAt: release.publishedAt,
    prerelease: release.prerelease,
    notes: release.notes,
    yanked: yanked && { at: yanked.at, reason: yanked.reason },
    movedTo: release.movedTo,
    build: build && { id: build.id, state: build.state, reason: build.reason },
    go: stored?.go,
    libraries: stored?.libraries ?? [],
    image: stored && toVersionImage(plugin, stored, pulls),
    noImageReason: stored?.image === undefined ? stored?.reason : undefined,
    proofs: stored?.proofs ?? [],
    vulnerabilities: stored?.vulnerabilities,
  };
}

function toVersionImage(
  plugin: PluginLocator,
  { image, version, pushedAt }: StoredVersion,
  pulls: Map<string, number> | undefined,
): PluginVersion['image'] {
  if (!image || pushedAt === undefined) {
    return undefined;
  }
  const { repository, digest, size, platforms, tags, signed, publicKey } =
    image;
  const reference = `${repository}@${digest}`;
  const [first] = platforms;
  const path = [plugin.namespace, plugin.name, 'versions', version]
    .map(encodeURIComponent)
    .join('/');
  return {
    repository,
    digest,
    size,
    platforms,
    tags,
    signed,
    pullCommand: `crane export --platform ${first.platform} ${reference} - | tar -xv`,
    ...(signed && { verifyCommand: verifyCommand(reference, KEY_FILE) }),
    publicKey,
    documents: image.documents.map(document => ({
      ...document,
      url: `/plugins/${path}/documents/${document.digest}`,
    })),
    pulls: pulls && (pulls.get(digest) ?? 0),
    pushedAt,
  };
}
