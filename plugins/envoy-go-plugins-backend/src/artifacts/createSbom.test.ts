import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { testRelease } from './__testUtils__/testRelease';
import { useTemporaryFolders } from './__testUtils__/temporaryFolder';
import { createReleaseImage } from './createReleaseImage';
import { createSbom } from './createSbom';

const newFolder = useTemporaryFolders();

async function sbom(): Promise<string> {
  const release = await testRelease(await newFolder(), {
    modules: [
      {
        path: 'example.com/replaced',
        time: '2026-01-02T03:04:05Z',
        indirect: true,
      },
    ],
  });
  const {
    images: [image],
  } = await createReleaseImage(release, '1.2.0');
  return createSbom({
    release,
    version: '1.2.0',
    image,
    buildInfo: release.libraries[0].buildInfo,
  }).toString();
}

describe('createSbom', () => {
  it("is valid by CycloneDX's own schema", async () => {
    const problem = await new Validation.JsonStrictValidator(
      Spec.Version.v1dot6,
    ).validate(await sbom());
    expect(problem).toBeNull();
  });

  it('names the library, what was linked into it, and the standard library', async () => {
    const bom = JSON.parse(await sbom());
    expect(bom.metadata.component).toMatchObject({
      purl: 'pkg:golang/github.com/envoy-plugins/header-auth@v1.2.0',
      hashes: [{ alg: 'SHA-256' }],
      licenses: [{ expression: 'Apache-2.0' }],
    });
    expect(
      bom.components.map(({ purl }: { purl: string }) => purl).sort(),
    ).toEqual([
      'pkg:golang/example.com/fork@v1.0.1',
      'pkg:golang/github.com/envoyproxy/envoy/source/extensions/dynamic_modules@v0.0.0-20260423231439-f1dd21b16c24',
      'pkg:golang/std@1.26.8',
    ]);
    const fork = bom.components.find(
      ({ name }: { name: string }) => name === 'example.com/fork',
    );
    expect(fork.hashes).toEqual([
      {
        alg: 'SHA-256',
        content: expect.stringMatching(/^34cfdcfc[0-9a-f]{56}$/),
      },
    ]);
    expect(fork.properties).toContainEqual({
      name: 'envoygo:replaces',
      value: 'example.com/replaced@v1.0.0',
    });
    expect(
      bom.dependencies.find(
        ({ ref }: { ref: string }) => ref === bom.metadata.component['bom-ref'],
      ).dependsOn,
    ).toHaveLength(3);
  });

  it('is the same for the same release', async () => {
    await expect(sbom()).resolves.toBe(await sbom());
  });
});
