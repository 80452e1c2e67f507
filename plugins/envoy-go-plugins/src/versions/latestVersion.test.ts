import type { BuildState } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { ReleasedVersion } from './joinVersions';
import { latestVersion } from './latestVersion';

const released = (
  tag: string,
  facts: {
    prerelease?: boolean;
    yanked?: boolean;
    built?: BuildState;
    tags?: string[];
  } = {},
): ReleasedVersion => ({
  tag,
  url: '',
  publishedAt: '2026-01-01T00:00:00Z',
  prerelease: facts.prerelease ?? false,
  ...(facts.yanked && { yanked: { at: '2026-01-02T00:00:00Z' } }),
  ...(facts.built && {
    version: {
      version: tag.slice(1),
      tag,
      commit: 'c',
      commitUrl: '',
      releaseUrl: '',
      publishedAt: '2026-01-01T00:00:00Z',
      prerelease: false,
      libraries: [],
      proofs: [],
      build: { id: tag, state: facts.built },
      ...(facts.tags && {
        image: {
          repository: '',
          digest: '',
          size: 1,
          platforms: [],
          tags: facts.tags,
          signed: false,
          pullCommand: '',
          documents: [],
          pushedAt: '',
        },
      }),
    },
  }),
});

it.each([
  ['the newest release', [released('v2.0.0'), released('v1.0.0')], 'v2.0.0'],
  [
    'no pre-release, and none that is yanked',
    [
      released('v3.0.0-rc.1', { prerelease: true }),
      released('v2.0.0', { yanked: true }),
      released('v1.0.0'),
    ],
    'v1.0.0',
  ],
  [
    'the one that the image is tagged for, whatever was released since',
    [
      released('v2.0.0', { built: 'building' }),
      released('v1.0.0', { built: 'passed', tags: ['1.0.0', 'latest'] }),
    ],
    'v1.0.0',
  ],
  [
    'none whose build failed',
    [released('v2.0.0', { built: 'failed' }), released('v1.0.0')],
    'v1.0.0',
  ],
])('is %s', (_what, versions, tag) => {
  expect(latestVersion(versions)?.tag).toBe(tag);
});

it('is none where there is none', () => {
  expect(latestVersion([])).toBeUndefined();
});
