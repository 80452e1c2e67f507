import { InputError } from '@backstage/errors';
import type { ProofReport } from '@envoy-go/envoy-runner';
import { provenEnvoys, type BuiltRelease } from './BuiltRelease';
import {
  ARTIFACT_TYPES,
  createReferrer,
  type ArtifactType,
} from './createReferrer';
import { createProvenance, encodeProvenance } from './createProvenance';
import { createReleaseImage, type ReleaseImage } from './createReleaseImage';
import { createSbom } from './createSbom';
import { encodeProof } from './encodeProof';
import {
  encodeJson,
  OCI_INDEX,
  OCI_MANIFEST,
  type OciContent,
  type OciDescriptor,
} from './ociContent';
import type { OciRegistry } from './OciRegistry';
import { ImmutableTagError } from './RegistryError';
import type {
  LaterProof,
  MovedTags,
  PublishedRelease,
  PublishStep,
  PushedContent,
  ReleaseArtifacts,
  ReleaseReferrer,
  YankMark,
} from './ReleaseArtifacts';
import { ANNOTATIONS, isoTime } from './releaseAnnotations';
import { imageVersion, placeTags, tagsToMove } from './releaseTags';
import type { Signer } from './Signer';

/** When something was made, by the annotation that says so. */
const CREATED = 'org.opencontainers.image.created';

interface CallOptions {
  signal?: AbortSignal;
}

type OnPush = (content: PushedContent) => Promise<void>;

/** A document to be pushed beside an image. */
interface Statement {
  subject: OciDescriptor;
  artifactType: ArtifactType;
  document: Buffer;
  annotations: Record<string, string>;
}

/** Makes the artifacts of releases, and puts them into a registry. */
export class DefaultReleaseArtifacts implements ReleaseArtifacts {
  readonly #registry: OciRegistry;
  readonly #signer: Signer | undefined;

  /** @param options - without a `signer` nothing is signed */
  constructor(options: { registry: OciRegistry; signer?: Signer }) {
    this.#registry = options.registry;
    this.#signer = options.signer;
  }

  async publish(
    release: BuiltRelease,
    options: CallOptions & {
      onStep?: (step: PublishStep) => void;
      onPush?: OnPush;
      passedOver?: readonly string[];
    } = {},
  ): Promise<PublishedRelease> {
    const {
      onStep = () => {},
      onPush = async () => {},
      passedOver,
      ...call
    } = options;
    checkRelease(release);
    const version = imageVersion(release.version);
    const repository = this.#registry.repositoryOf(release.plugin);
    const image = await createReleaseImage(release, version);
    const { digest } = image.content.root;

    const unchanged = await this.#isPublished(
      repository,
      version,
      digest,
      call,
    );
    if (!unchanged) {
      onStep('image');
      await onPush(describeContent(image.content, digest));
      await this.#registry.push(repository, image.content, call);
    }
    // Done again for what is published already, too: a key may have been configured since
    onStep('referrers');
    const referrers = await this.#describe(repository, release, image, {
      ...call,
      onPush,
    });
    onStep('signatures');
    await this.#signer?.sign(
      [
        digest,
        ...image.images.map(platform => platform.digest),
        ...referrers.map(referrer => referrer.digest),
      ].map(signed => `${repository}@${signed}`),
      call,
    );
    onStep('version-tag');
    // Looked at again: what is above takes seconds
    if (!(await this.#isPublished(repository, version, digest, call))) {
      await this.#registry.tag(repository, digest, version, call);
    }
    onStep('moving-tags');
    const moving = tagsToMove(
      version,
      await this.#registry.tags(repository, call),
      passedOver,
    );
    const moved = await Promise.allSettled(
      moving.map(async tag => {
        if ((await this.#registry.digestOf(repository, tag, call)) !== digest) {
          await this.#registry.tag(repository, digest, tag, call);
        }
      }),
    );
    // None is on its way any more when this ends
    for (const one of moved) {
      if (one.status === 'rejected') {
        throw one.reason;
      }
    }
    return {
      repository,
      version,
      digest,
      size:
        image.content.root.size +
        image.images.reduce((sum, { size }) => sum + size, 0),
      images: image.images,
      referrers,
      signed: this.#signer !== undefined,
      tags: [version, ...moving],
      unchanged,
    };
  }

  async moveTags(
    plugin: string,
    passedOver: readonly string[],
    options: CallOptions = {},
  ): Promise<MovedTags> {
    const repository = this.#registry.repositoryOf(plugin);
    const { follow, loose } = placeTags(
      await this.#registry.tags(repository, options),
      passedOver,
    );
    for (const [tag, version] of follow) {
      const [is, shouldBe] = await Promise.all([
        this.#registry.digestOf(repository, tag, options),
        this.#registry.digestOf(repository, version, options),
      ]);
      if (shouldBe !== undefined && is !== shouldBe) {
        await this.#registry.tag(repository, shouldBe, tag, options);
      }
    }
    const stuck: string[] = [];
    for (const tag of loose) {
      if (!(await this.#registry.untag(repository, tag, options))) {
        stuck.push(tag);
      }
    }
    return { follow, stuck };
  }

  async document(
    plugin: string,
    digest: string,
    options: CallOptions = {},
  ): Promise<Buffer> {
    return this.#registry.document(
      this.#registry.repositoryOf(plugin),
      digest,
      options,
    );
  }

  async attachProof(
    plugin: string,
    digest: string,
    proof: LaterProof,
    options: CallOptions = {},
  ): Promise<ReleaseReferrer> {
    return this.#attach(plugin, digest, options, {
      artifactType: ARTIFACT_TYPES.proof,
      document: encodeProof(proof.report),
      annotations: {
        [CREATED]: isoTime(proof.at),
        ...proofAnnotations(proof.report),
      },
    });
  }

  async markYanked(
    plugin: string,
    digest: string,
    mark: YankMark,
    options: CallOptions = {},
  ): Promise<ReleaseReferrer> {
    const repository = this.#registry.repositoryOf(plugin);
    const known = await this.#referrersOf(repository, digest, options);
    const first = known.find(
      ({ artifactType }) => artifactType === ARTIFACT_TYPES.yank,
    );
    if (first) {
      await this.#signer?.sign([`${repository}@${first.digest}`], options);
      return first;
    }
    const at = isoTime(mark.at);
    return this.#attach(plugin, digest, options, {
      artifactType: ARTIFACT_TYPES.yank,
      document: encodeJson({ reason: mark.reason, by: mark.by, at }),
      annotations: {
        [CREATED]: at,
        [ANNOTATIONS.yankReason]: mark.reason,
      },
    });
  }

  async referrers(
    plugin: string,
    digest: string,
    options: CallOptions = {},
  ): Promise<ReleaseReferrer[]> {
    return this.#referrersOf(
      this.#registry.repositoryOf(plugin),
      digest,
      options,
    );
  }

  async documents(
    plugin: string,
    digest: string,
    artifactType: ArtifactType,
    options: CallOptions = {},
  ): Promise<Buffer[]> {
    const repository = this.#registry.repositoryOf(plugin);
    const referrers = await this.#referrersOf(repository, digest, options);
    return Promise.all(
      referrers
        .filter(referrer => referrer.artifactType === artifactType)
        .map(referrer =>
          this.#registry.document(repository, referrer.digest, options),
        ),
    );
  }

  /** Whether a version is published with this content. */
  async #isPublished(
    repository: string,
    version: string,
    digest: string,
    options: CallOptions,
  ): Promise<boolean> {
    const published = await this.#registry.digestOf(
      repository,
      version,
      options,
    );
    if (published !== undefined && published !== digest) {
      throw new ImmutableTagError({
        reference: `${repository}:${version}`,
        published,
        refused: digest,
      });
    }
    return published === digest;
  }

  /**
   * Pushes what is said of an image. What an earlier try has pushed stands: it is about the
   * very same bytes.
   */
  async #describe(
    repository: string,
    release: BuiltRelease,
    image: ReleaseImage,
    { onPush, ...options }: CallOptions & { onPush: OnPush },
  ): Promise<ReleaseReferrer[]> {
    const known = await this.#allReferrers(repository, image, options);
    const described: ReleaseReferrer[] = [];
    // One after the other: where the registry does not list referrers each push changes the
    // same list
    for (const statement of statementsOf(release, image, repository)) {
      described.push(
        known.find(
          ({ subject, artifactType }) =>
            subject === statement.subject.digest &&
            artifactType === statement.artifactType,
        ) ??
          (await this.#push(repository, statement, options, content =>
            onPush(describeContent(content, image.content.root.digest)),
          )),
      );
    }
    return described;
  }

  async #push(
    repository: string,
    statement: Statement,
    options: CallOptions,
    onContent: (content: OciContent) => Promise<void> = async () => {},
  ): Promise<ReleaseReferrer> {
    const content = createReferrer(statement);
    await onContent(content);
    await this.#registry.attach(
      repository,
      statement.subject.digest,
      content,
      options,
    );
    return {
      artifactType: statement.artifactType,
      digest: content.root.digest,
      subject: statement.subject.digest,
      annotations: statement.annotations,
    };
  }

  async #attach(
    plugin: string,
    digest: string,
    options: CallOptions,
    statement: Omit<Statement, 'subject'>,
  ): Promise<ReleaseReferrer> {
    const repository = this.#registry.repositoryOf(plugin);
    const subject = await this.#registry.describe(repository, digest, options);
    const referrer = await this.#push(
      repository,
      { ...statement, subject },
      options,
    );
    await this.#signer?.sign([`${repository}@${referrer.digest}`], options);
    return referrer;
  }

  async #allReferrers(
    repository: string,
    image: ReleaseImage,
    options: CallOptions,
  ): Promise<ReleaseReferrer[]> {
    const lists = await Promise.all(
      [
        image.content.root.digest,
        ...image.images.map(({ digest }) => digest),
      ].map(digest => this.#referrersOf(repository, digest, options)),
    );
    return lists.flat();
  }

  async #referrersOf(
    repository: string,
    digest: string,
    options: CallOptions,
  ): Promise<ReleaseReferrer[]> {
    const found = await this.#registry.referrers(repository, digest, options);
    return found
      .map(({ artifactType = '', annotations = {}, ...referrer }) => ({
        artifactType,
        digest: referrer.digest,
        subject: digest,
        annotations,
      }))
      .sort(
        (a, b) =>
          (a.annotations[CREATED] ?? '').localeCompare(
            b.annotations[CREATED] ?? '',
          ) || a.digest.localeCompare(b.digest),
      );
  }
}

function describeContent(
  { root, blobs }: OciContent,
  release: string,
): PushedContent {
  // An index names manifests, which are blobs of the layout as all else is
  const named: OciDescriptor[] =
    root.mediaType === OCI_INDEX
      ? JSON.parse((blobs.get(root.digest) ?? '').toString()).manifests
      : [];
  const manifests = [...named.map(({ digest }) => digest), root.digest];
  return {
    root: root.digest,
    release,
    manifests,
    blobs: [...blobs.keys()].filter(digest => !manifests.includes(digest)),
  };
}

function checkRelease(release: BuiltRelease): void {
  const name = `${release.plugin} ${release.version}`;
  if (release.proof.outcome !== 'passed') {
    throw new InputError(
      `${name} is not published: its proof ${
        release.proof.outcome === 'failed' ? 'failed' : 'could not run'
      }, and only what passed in a real Envoy is published`,
    );
  }
  const platforms = release.libraries.map(({ platform }) => platform);
  if (platforms.length === 0 || new Set(platforms).size < platforms.length) {
    throw new InputError(
      `${name} is not published: it has ${
        platforms.length === 0 ? 'no library' : 'two libraries for one platform'
      }; give one a platform`,
    );
  }
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$/.test(release.filterName)) {
    throw new InputError(
      `${name} is not published: its filter's name "${release.filterName}" cannot name a library; allowed are up to 80 letters, digits, ".", "_" and "-"`,
    );
  }
}

/** All that is said of a release, in the order in which it is pushed. */
function statementsOf(
  release: BuiltRelease,
  image: ReleaseImage,
  repository: string,
): Statement[] {
  const version = imageVersion(release.version);
  const { root, blobs } = image.content;
  const created = {
    [CREATED]: isoTime(release.build.finishedAt),
  };
  return [
    ...image.images.flatMap(platform => {
      const library = release.libraries.find(
        candidate => candidate.platform === platform.platform,
      );
      const manifest = blobs.get(platform.digest);
      return library && manifest
        ? [
            {
              subject: {
                mediaType: OCI_MANIFEST,
                digest: platform.digest,
                size: manifest.length,
              },
              artifactType: ARTIFACT_TYPES.sbom,
              document: createSbom({
                release,
                version,
                image: platform,
                buildInfo: library.buildInfo,
              }),
              annotations: {
                [CREATED]: isoTime(release.source.committedAt),
              },
            },
          ]
        : [];
    }),
    {
      subject: root,
      artifactType: ARTIFACT_TYPES.provenance,
      document: encodeProvenance(
        createProvenance({ release, version, image, repository }),
      ),
      annotations: {
        ...created,
        'in-toto.io/predicate-type': 'https://slsa.dev/provenance/v1',
      },
    },
    {
      subject: root,
      artifactType: ARTIFACT_TYPES.proof,
      document: encodeProof(release.proof),
      annotations: { ...created, ...proofAnnotations(release.proof) },
    },
  ];
}

function proofAnnotations(report: ProofReport): Record<string, string> {
  return { [ANNOTATIONS.envoyProven]: provenEnvoys(report).join(',') };
}
