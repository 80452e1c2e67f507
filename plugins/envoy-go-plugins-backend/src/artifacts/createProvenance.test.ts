import { passedProof, testRelease } from './__testUtils__/testRelease';
import { useTemporaryFolders } from './__testUtils__/temporaryFolder';
import { createProvenance } from './createProvenance';
import { createReleaseImage } from './createReleaseImage';
import { encodeProof } from './encodeProof';

const newFolder = useTemporaryFolders();

describe('createProvenance', () => {
  it('tells of every image and library where it came from and who built it', async () => {
    const release = await testRelease(await newFolder(), {}, [
      'linux/amd64',
      'linux/arm64',
    ]);
    const image = await createReleaseImage(release, '1.2.0');
    const statement = createProvenance({
      release,
      version: '1.2.0',
      image,
      repository: 'registry.example.com/envoy/header-auth',
    });
    expect(statement.subject.map(({ name }) => name)).toEqual([
      'registry.example.com/envoy/header-auth',
      'registry.example.com/envoy/header-auth (linux/amd64)',
      'libheader-auth.so (linux/amd64)',
      'registry.example.com/envoy/header-auth (linux/arm64)',
      'libheader-auth.so (linux/arm64)',
    ]);
    expect(`sha256:${statement.subject[0].digest.sha256}`).toBe(
      image.content.root.digest,
    );
    const { buildDefinition, runDetails } = statement.predicate;
    expect(buildDefinition.resolvedDependencies[0]).toEqual({
      uri: 'git+https://github.com/envoy-plugins/header-auth@refs/tags/v1.2.0',
      digest: { gitCommit: '0123456789abcdef0123456789abcdef01234567' },
    });
    expect(buildDefinition.resolvedDependencies).toHaveLength(3);
    expect(runDetails).toEqual({
      builder: {
        id: 'https://envoygo.dev/build-runner',
        version: { 'build-runner': '0.1.0' },
      },
      metadata: {
        invocationId: 'build-1',
        startedOn: '2026-11-20T10:01:00Z',
        finishedOn: '2026-11-20T10:01:20Z',
      },
    });
  });
});

describe('encodeProof', () => {
  it("tells nothing of the builder's disk", () => {
    const text = encodeProof(passedProof('1.40.0')).toString();
    expect(text).not.toContain('/home/');
    expect(JSON.parse(text)).toMatchObject({
      outcome: 'passed',
      results: [
        { envoy: { version: '1.40.0' }, cases: [{ name: 'lets admins pass' }] },
      ],
    });
  });
});
