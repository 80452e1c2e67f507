import { Enums, Models, Serialize, Spec } from '@cyclonedx/cyclonedx-library';
import type { BuiltRelease, ListedModule } from './BuiltRelease';
import type { PlatformImage } from './createReleaseImage';
import {
  effectiveModule,
  hexSum,
  type GoBuildInfo,
  type GoModule,
} from './GoBuildInfo';

/**
 * Makes a library's bill of materials: CycloneDX 1.6, JSON. It depends on the release alone,
 * so that making it again makes the same.
 *
 * @see https://cyclonedx.org/docs/1.6/json/
 */
export function createSbom(options: {
  release: BuiltRelease;
  version: string;
  image: PlatformImage;
  buildInfo: GoBuildInfo;
}): Buffer {
  const { release, version, image, buildInfo } = options;
  const listed = new Map(
    (release.modules ?? []).map(module => [module.path, module]),
  );
  const main = new Models.Component(
    Enums.ComponentType.Library,
    buildInfo.main.path,
    {
      bomRef: goPackageUrl(buildInfo.main.path, `v${version}`),
      version: `v${version}`,
      purl: goPackageUrl(buildInfo.main.path, `v${version}`),
      description: release.description,
      hashes: new Models.HashDictionary([
        [Enums.HashAlgorithm['SHA-256'], image.library.sha256],
      ]),
      licenses: new Models.LicenseRepository(
        release.licence.spdx
          ? [new Models.LicenseExpression(release.licence.spdx)]
          : [],
      ),
      externalReferences: new Models.ExternalReferenceRepository([
        new Models.ExternalReference(
          release.source.url,
          Enums.ExternalReferenceType.VCS,
          { comment: `${release.source.tag} ${release.source.commit}` },
        ),
      ]),
      properties: new Models.PropertyRepository([
        new Models.Property('envoygo:filter-name', release.filterName),
        new Models.Property('envoygo:platform', image.platform),
        new Models.Property('envoygo:image', image.digest),
        ...Object.entries(buildInfo.settings).map(
          ([key, value]) => new Models.Property(`envoygo:build:${key}`, value),
        ),
      ]),
    },
  );
  const components = [
    goStandardLibrary(buildInfo.goVersion),
    ...buildInfo.dependencies.map(module =>
      moduleComponent(module, listed.get(module.path)),
    ),
  ];
  components.forEach(({ bomRef }) => main.dependencies.add(bomRef));
  const bom = new Models.Bom({
    serialNumber: serialNumberOf(image.digest),
    metadata: new Models.Metadata({
      timestamp: release.source.committedAt,
      component: main,
      lifecycles: new Models.LifecycleRepository([
        Enums.LifecyclePhase.PostBuild,
      ]),
    }),
    components: new Models.ComponentRepository(components),
  });
  return Buffer.from(
    new Serialize.JsonSerializer(
      new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6),
    ).serialize(bom, { sortLists: true, space: 2 }),
  );
}

function moduleComponent(
  module: GoModule,
  listed: ListedModule | undefined,
): Models.Component {
  const used = effectiveModule(module);
  const sum = hexSum(used);
  const purl = goPackageUrl(used.path, used.version);
  return new Models.Component(Enums.ComponentType.Library, used.path, {
    bomRef: purl,
    version: used.version,
    purl,
    scope: Enums.ComponentScope.Required,
    hashes: new Models.HashDictionary(
      sum ? [[Enums.HashAlgorithm['SHA-256'], sum]] : [],
    ),
    properties: new Models.PropertyRepository([
      ...(module.replace
        ? [
            new Models.Property(
              'envoygo:replaces',
              `${module.path}@${module.version ?? ''}`,
            ),
          ]
        : []),
      ...(listed?.indirect
        ? [new Models.Property('envoygo:indirect', 'true')]
        : []),
      ...(listed?.time
        ? [new Models.Property('envoygo:released', listed.time)]
        : []),
    ]),
  });
}

/** Advisories of Go name its library `std`, with versions without `go`. */
function goStandardLibrary(goVersion: string): Models.Component {
  const version = goVersion.replace(/^go/, '').split(' ')[0];
  const purl = goPackageUrl('std', version);
  return new Models.Component(Enums.ComponentType.Library, 'std', {
    bomRef: purl,
    version,
    purl,
    description: "Go's standard library",
    scope: Enums.ComponentScope.Required,
  });
}

/** @see https://github.com/package-url/purl-spec/blob/main/types-doc/golang-definition.md */
export function goPackageUrl(path: string, version?: string): string {
  const name = path.split('/').map(encodeURIComponent).join('/');
  return `pkg:golang/${name}${
    version ? `@${encodeURIComponent(version)}` : ''
  }`;
}

/** A UUID of version 8 (RFC 9562, 5.8) made of a digest. */
function serialNumberOf(digest: string): string {
  const hex = digest.slice('sha256:'.length);
  return `urn:uuid:${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(
    13,
    16,
  )}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
