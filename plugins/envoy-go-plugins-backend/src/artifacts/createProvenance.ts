import type { BuiltRelease } from './BuiltRelease';
import type { ReleaseImage } from './createReleaseImage';
import { goPackageUrl } from './createSbom';
import { effectiveModule, hexSum } from './GoBuildInfo';
import { encodeJson } from './ociContent';
import { isoTime } from './releaseAnnotations';

/** What `externalParameters` mean: our builds, as the README of the build runner tells. */
const BUILD_TYPE = 'https://envoygo.dev/build/go-c-shared/v1';

/** How the artifacts of a release came to be. */
export interface ProvenanceStatement {
  _type: 'https://in-toto.io/Statement/v1';
  subject: { name: string; digest: Record<string, string> }[];
  predicateType: 'https://slsa.dev/provenance/v1';
  predicate: {
    buildDefinition: {
      buildType: string;
      externalParameters: Record<string, unknown>;
      internalParameters: Record<string, unknown>;
      resolvedDependencies: {
        uri: string;
        digest?: Record<string, string>;
      }[];
    };
    runDetails: {
      builder: { id: string; version?: Record<string, string> };
      metadata: {
        invocationId: string;
        startedOn: string;
        finishedOn: string;
      };
    };
  };
}

/**
 * Tells how a release's index, images and libraries were made: SLSA provenance v1 as an
 * in-toto statement.
 *
 * @param repository - the image's name, with the registry's host
 * @see https://slsa.dev/spec/v1.0/provenance
 */
export function createProvenance(options: {
  release: BuiltRelease;
  version: string;
  image: ReleaseImage;
  repository: string;
}): ProvenanceStatement {
  const { release, version, image, repository } = options;
  const { source, build, libraries } = release;
  const modules = new Map(
    libraries.flatMap(({ buildInfo }) =>
      buildInfo.dependencies.map(dependency => {
        const module = effectiveModule(dependency);
        return [goPackageUrl(module.path, module.version), module] as const;
      }),
    ),
  );
  return {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [
      {
        name: repository,
        digest: { sha256: hexOf(image.content.root.digest) },
      },
      ...image.images.flatMap(({ platform, digest, library }) => [
        {
          name: `${repository} (${platform})`,
          digest: { sha256: hexOf(digest) },
        },
        {
          name: `${library.name} (${platform})`,
          digest: { sha256: library.sha256 },
        },
      ]),
    ],
    predicateType: 'https://slsa.dev/provenance/v1',
    predicate: {
      buildDefinition: {
        buildType: BUILD_TYPE,
        externalParameters: {
          source: { uri: source.url, tag: source.tag },
          version,
          platforms: image.images.map(({ platform }) => platform),
        },
        internalParameters: Object.fromEntries(
          libraries.map(({ platform, buildInfo }) => [
            platform,
            {
              go: buildInfo.goVersion,
              package: buildInfo.path,
              settings: buildInfo.settings,
            },
          ]),
        ),
        resolvedDependencies: [
          {
            uri: `git+${source.url}@refs/tags/${source.tag}`,
            digest: { gitCommit: source.commit },
          },
          ...[...modules].map(([uri, module]) => {
            const sum = hexSum(module);
            // See in-toto's digest_set.md
            return { uri, ...(sum && { digest: { goModuleH1: sum } }) };
          }),
        ],
      },
      runDetails: {
        builder: {
          id: build.builderId,
          ...(build.builderVersion && {
            version: { 'build-runner': build.builderVersion },
          }),
        },
        metadata: {
          invocationId: build.id,
          startedOn: isoTime(build.startedAt),
          finishedOn: isoTime(build.finishedAt),
        },
      },
    },
  };
}

/** As it is stored. */
export function encodeProvenance(statement: ProvenanceStatement): Buffer {
  return encodeJson(statement);
}

function hexOf(digest: string): string {
  return digest.slice('sha256:'.length);
}
