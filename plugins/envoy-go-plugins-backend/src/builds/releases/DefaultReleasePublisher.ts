import { isDeepStrictEqual } from 'node:util';
import { InputError, NotFoundError } from '@backstage/errors';
import type {
  BuildStepStatus,
  BuildSummary,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import {
  ARTIFACT_TYPES,
  type ArtifactServices,
  ImmutableTagError,
  type PublishedRelease,
  type ReleaseReferrer,
} from '../../artifacts';
import type { PluginStore, RepositoryStore } from '../../marketplace';
import type { OrderedRelease } from '../BuildOrder';
import { entityRefOf } from '../entityRefOf';
import type { ReleasePublisher, ReleaseToPublish } from '../ReleasePublisher';
import type { RunnerResult } from '../runners';
import { proofRowsOf } from '../factsOfReport';
import { passedOver, versionOf } from './followedReleases';
import type { ImageLeases } from './ImageLeases';
import type { ImageStore } from './ImageStore';
import { boundProofRows, mergeProofRows } from './mergeProofRows';
import { PublishSteps } from './PublishSteps';
import type {
  DescribedRelease,
  StoredImage,
  StoredVersion,
  VersionKey,
} from './StoredVersion';
import { toBuiltRelease, toProofReport } from './toBuiltRelease';
import type { VersionRecord, VersionStore } from './VersionStore';

const NO_REGISTRY =
  'The portal has no registry for images; its administrators configure one as envoyGoPlugins.registry';

/** Publishes into the registry, and stores what became of it. */
export class DefaultReleasePublisher implements ReleasePublisher {
  readonly #services: ArtifactServices | undefined;
  readonly #versions: VersionStore;
  readonly #images: ImageStore;
  readonly #leases: ImageLeases;
  readonly #plugins: PluginStore;
  readonly #repositories: RepositoryStore;
  readonly #onStored: (key: VersionKey) => Promise<void>;
  readonly #now: () => Date;

  constructor(options: {
    /** `undefined` where no registry is configured. */
    services: ArtifactServices | undefined;
    versions: VersionStore;
    images: ImageStore;
    leases: ImageLeases;
    plugins: PluginStore;
    repositories: RepositoryStore;
    /** What is known of a version is different now. */
    onStored: (key: VersionKey) => Promise<void>;
    now: () => Date;
  }) {
    this.#services = options.services;
    this.#versions = options.versions;
    this.#images = options.images;
    this.#leases = options.leases;
    this.#plugins = options.plugins;
    this.#repositories = options.repositories;
    this.#onStored = options.onStored;
    this.#now = options.now;
  }

  async publish(
    built: ReleaseToPublish,
    options: {
      onStep: (step: BuildStepStatus) => void;
      signal: AbortSignal;
    },
  ): Promise<{ image?: string }> {
    const { signal } = options;
    const begun = await this.#begin(built);
    if (!this.#services) {
      await this.#store(begun, built, { state: 'proven', reason: NO_REGISTRY });
      return {};
    }
    const services = this.#services;
    const steps = new PublishSteps({ tell: options.onStep, now: this.#now });
    try {
      const image = await this.#leases.with(
        {
          name: begun.described.plugin.toLocaleLowerCase('en-US'),
          repository: begun.repository,
        },
        signal,
        held =>
          begun.image
            ? this.#publishAgain(begun, built, services, steps, held)
            : this.#publishFirst(begun, built, services, steps, held),
      );
      steps.passed();
      return { image: `${image.repository}@${image.digest}` };
    } catch (error) {
      const isFinal =
        error instanceof InputError || error instanceof ImmutableTagError;
      steps.failed(error, isFinal ? 'failed' : 'could-not-run');
      signal.throwIfAborted();
      throw error instanceof ImmutableTagError
        ? new InputError(error.message)
        : error;
    }
  }

  async refuse(refused: {
    build: BuildSummary;
    release: OrderedRelease;
    result?: RunnerResult;
  }): Promise<void> {
    const { build, release, result } = refused;
    const key = keyOf(build, release);
    const reason =
      result?.report.reason ??
      build.reason ??
      `Its build did not pass, and did not say why; see the log of the build ${build.id}`;
    await this.#versions.change(key, known => {
      if (known?.buildId === build.id && known.reason === reason) {
        return undefined;
      }
      const facts = factsOf(build, result, this.#now());
      const isThere = known && ['published', 'proven'].includes(known.state);
      const version: StoredVersion = isThere
        ? {
            ...known,
            // What is published stays, and what is known of it grows
            proofs: mergeProofRows(known.proofs, facts.proofs),
            vulnerabilities: facts.vulnerabilities ?? known.vulnerabilities,
          }
        : {
            ...key,
            version: versionOf(release.tag) ?? release.version,
            tag: release.tag,
            prerelease: release.prerelease,
            followed: true,
            ...known,
            ...facts,
            state: 'refused',
            reason,
            buildId: build.id,
          };
      if (isDeepStrictEqual(known, version)) {
        return undefined;
      }
      return {
        versions: [version],
        record: this.#record(build, {
          action: 'release.refuse',
          outcome: 'failed',
          message: isThere
            ? `${nameOf(build)} ${
                release.tag
              } did not pass when it was built again, and stays as it is: ${reason}`
            : `${nameOf(build)} ${release.tag} is not published: ${reason}`,
          details: detailsOf(build),
        }),
      };
    });
    await this.#onStored(key);
  }

  /** Takes down that a version is being published, and what its image is made of. */
  async #begin(
    built: ReleaseToPublish,
  ): Promise<StoredVersion & { described: DescribedRelease }> {
    const { build, release, result } = built;
    const key = keyOf(build, release);
    const version = this.#services
      ? checkVersion(release.tag)
      : versionOf(release.tag) ?? release.version;
    const known = await this.#versions.find(key);
    const described = known?.described ?? (await this.#describe(built));
    const facts = factsOf(build, result, this.#now());
    const stored = await this.#versions.change(key, before =>
      before && ['published', 'proven'].includes(before.state)
        ? undefined
        : {
            versions: [
              {
                ...key,
                tag: release.tag,
                prerelease: release.prerelease,
                followed: true,
                ...before,
                version,
                state: 'publishing',
                reason: undefined,
                buildId: build.id,
                described: before?.described ?? described,
                ...facts,
              },
            ],
          },
    );
    if (!stored) {
      throw new Error(`${release.tag} of ${build.repository} was not stored`);
    }
    return { ...stored, described: stored.described ?? described };
  }

  async #describe({
    build,
    release,
    result,
  }: ReleaseToPublish): Promise<DescribedRelease> {
    const entity = await this.#plugins.findEntity(entityRefOf(build.plugin));
    if (!entity) {
      throw new NotFoundError(
        `The marketplace holds no plugin ${nameOf(
          build,
        )}, so that nothing can be said of it; see whether the catalog still has it`,
      );
    }
    const repository = await this.#repositories.get({
      host: build.host,
      id: build.repositoryId,
    });
    return {
      plugin: entity.metadata.name,
      title: entity.metadata.title,
      description: entity.metadata.description,
      sourceUrl:
        repository?.snapshot.url ?? `https://${build.host}/${build.repository}`,
      filterName: result.report.plugin?.filterName ?? entity.spec.filterName,
      runtime: entity.spec.runtime,
      spdx: result.licence?.spdx,
      publishedAt: release.publishedAt,
    };
  }

  async #publishFirst(
    begun: StoredVersion & { described: DescribedRelease },
    built: ReleaseToPublish,
    { artifacts, signer }: ArtifactServices,
    steps: PublishSteps,
    signal: AbortSignal,
  ): Promise<StoredImage & { digest: string }> {
    const name = begun.described.plugin.toLocaleLowerCase('en-US');
    const published = await artifacts.publish(
      toBuiltRelease(built, begun.described),
      {
        onStep: step => steps.begin(step),
        onPush: content => this.#images.pushing(name, content, this.#now()),
        passedOver: await this.#passedOver(begun),
        signal,
      },
    );
    const image = {
      ...toImage(name, published),
      publicKey: await signer?.publicKey({ signal }),
    };
    await this.#store(begun, built, { state: 'published', image });
    return image;
  }

  /** What is published does not change; what was proven since is added to it. */
  async #publishAgain(
    begun: StoredVersion & { described: DescribedRelease },
    built: ReleaseToPublish,
    { artifacts }: ArtifactServices,
    steps: PublishSteps,
    signal: AbortSignal,
  ): Promise<StoredImage & { digest: string }> {
    const { image } = begun;
    if (!image) {
      throw new Error(`${begun.tag} has no image`);
    }
    const { build, result } = built;
    const facts = factsOf(build, result, this.#now());
    const digests = (libraries: { platform: string; digest: string }[]) =>
      libraries.map(({ platform, digest }) => `${platform} ${digest}`).sort();
    if (
      !isDeepStrictEqual(digests(begun.libraries), digests(facts.libraries))
    ) {
      throw new InputError(
        `${begun.tag} was built again and is another one than the one that is published, which does not change; see what its build depends on besides its source`,
      );
    }
    if (begun.buildId === build.id) {
      // It was published, and whoever wanted it has not heard of it
      return image;
    }
    steps.begin('referrers');
    const { described } = begun;
    const { finishedAt } = toBuiltRelease(built, described).build;
    const proof = await artifacts.attachProof(
      described.plugin,
      image.digest,
      {
        report: toProofReport(result.report, described.plugin),
        at: finishedAt,
      },
      { signal },
    );
    steps.begin('moving-tags');
    const { follow } = await artifacts.moveTags(
      described.plugin,
      await this.#passedOver(begun),
      { signal },
    );
    const grown = {
      ...image,
      tags: tagsOf(begun.version, follow),
      documents: [
        ...image.documents.filter(({ digest }) => digest !== proof.digest),
        toDocument(proof),
      ],
    };
    await this.#store(begun, built, { state: 'published', image: grown });
    return grown;
  }

  async #passedOver(version: StoredVersion): Promise<string[]> {
    const releases = await this.#repositories.listReleases(version.repository);
    return [
      ...passedOver(releases),
      // GitHub's word may not have come yet
      ...(version.prerelease || version.yanked ? [version.version] : []),
    ];
  }

  /** Stores what became of a version, with its record, once. */
  async #store(
    begun: StoredVersion,
    { build, release, result }: ReleaseToPublish,
    became:
      | { state: 'published'; image: StoredImage & { digest: string } }
      | { state: 'proven'; reason: string },
  ): Promise<void> {
    const now = this.#now();
    await this.#versions.change(begun, (known, others) => {
      const facts = factsOf(build, result, now);
      const isAgain = known?.state === became.state;
      if (isAgain && known.buildId === build.id) {
        return undefined;
      }
      const version: StoredVersion = {
        ...begun,
        ...known,
        ...facts,
        proofs: isAgain
          ? mergeProofRows(known.proofs, facts.proofs)
          : facts.proofs,
        reason: undefined,
        ...became,
        buildId: build.id,
        pushedAt: known?.pushedAt ?? now.toISOString(),
      };
      const taken = version.image?.tags ?? [];
      return {
        versions: [version, ...others.flatMap(one => withoutTags(one, taken))],
        record: this.#record(build, {
          action: isAgain ? 'release.prove' : 'release.publish',
          outcome: 'succeeded',
          message: sentenceOf(build, release, version, isAgain),
          details: {
            ...detailsOf(build),
            ...(version.image && {
              image: `${version.image.repository}@${version.image.digest}`,
              tags: version.image.tags.join(', '),
            }),
          },
        }),
      };
    });
    await this.#onStored(begun);
  }

  #record(
    build: BuildSummary,
    record: Pick<VersionRecord, 'action' | 'outcome' | 'message' | 'details'>,
  ): VersionRecord {
    return {
      at: this.#now().toISOString(),
      actor: 'system',
      subject: entityRefOf(build.plugin),
      ...record,
    };
  }
}

function checkVersion(tag: string): string {
  const version = versionOf(tag);
  if (version === undefined) {
    throw new InputError(
      `"${tag}" cannot tag an image; a release is named by a semantic version without build metadata, such as v1.2.0`,
    );
  }
  return version;
}

function keyOf(build: BuildSummary, release: OrderedRelease): VersionKey {
  return {
    repository: { host: build.host, id: build.repositoryId },
    releaseId: release.id,
    commit: build.commit,
  };
}

/** What of a build is kept with the version. */
function factsOf(
  build: BuildSummary,
  result: RunnerResult | undefined,
  now: Date,
): Pick<StoredVersion, 'go' | 'libraries' | 'proofs' | 'vulnerabilities'> {
  const report = result?.report;
  return {
    go: report?.go,
    libraries: (report?.libraries ?? []).map(({ platform, digest, bytes }) => ({
      platform,
      digest,
      bytes,
    })),
    proofs: report
      ? boundProofRows(proofRowsOf(report, build.endedAt ?? now.toISOString()))
      : [],
    vulnerabilities: result?.vulnerabilities,
  };
}

function toImage(
  name: string,
  published: PublishedRelease,
): StoredImage & { digest: string } {
  return {
    name,
    repository: published.repository,
    digest: published.digest,
    size: published.size,
    platforms: published.images.map(({ platform, digest, size }) => ({
      platform,
      digest,
      size,
    })),
    tags: published.tags,
    signed: published.signed,
    documents: published.referrers.map(toDocument),
  };
}

/** What a referrer is called on pages. */
export function toDocument(
  referrer: ReleaseReferrer,
): StoredImage['documents'][number] {
  const kinds = {
    [ARTIFACT_TYPES.sbom]: 'sbom',
    [ARTIFACT_TYPES.provenance]: 'provenance',
    [ARTIFACT_TYPES.proof]: 'proof',
    [ARTIFACT_TYPES.yank]: 'yank',
  } as const;
  const type = Object.values(ARTIFACT_TYPES).find(
    known => known === referrer.artifactType,
  );
  if (!type) {
    throw new Error(`${referrer.artifactType} is no document of ours`);
  }
  return { kind: kinds[type], mediaType: type, digest: referrer.digest };
}

/** The tags of a version, its own first: `1.2.0`, `1.2`, `1`, `latest`. */
export function tagsOf(version: string, follow: Map<string, string>): string[] {
  const rank = (tag: string) => (tag === 'latest' ? 0 : tag.split('.').length);
  const moving = [...follow]
    .filter(([, followed]) => followed === version)
    .map(([tag]) => tag);
  return [version, ...moving.sort((a, b) => rank(b) - rank(a))];
}

/** A version whose tags point to another one now; nothing where they never pointed to it. */
function withoutTags(version: StoredVersion, taken: string[]): StoredVersion[] {
  const { image } = version;
  const left = image?.tags.filter(tag => !taken.includes(tag));
  return image && left && left.length < image.tags.length
    ? [{ ...version, image: { ...image, tags: left } }]
    : [];
}

function nameOf({ plugin }: BuildSummary): string {
  return `${plugin.namespace}/${plugin.name}`;
}

function detailsOf(build: BuildSummary): Record<string, string> {
  return {
    build: build.id,
    repository: build.repository,
    commit: build.commit,
  };
}

function sentenceOf(
  build: BuildSummary,
  release: OrderedRelease,
  { image }: StoredVersion,
  isAgain: boolean,
): string {
  const name = `${nameOf(build)} ${release.tag}`;
  if (isAgain) {
    return `${name} was built and proven again`;
  }
  return image
    ? `${name} was published as ${image.repository}@${image.digest}`
    : `${name} was proven; there is no registry to publish it to`;
}
