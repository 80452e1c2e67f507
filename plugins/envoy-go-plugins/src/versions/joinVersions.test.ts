import type { PluginRelease } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { sampleVersion } from '../builds/__testUtils__';
import { joinVersions } from './joinVersions';

const release = (tag: string, publishedAt: string): PluginRelease => ({
  tag,
  url: `https://github.example/releases/tag/${tag}`,
  publishedAt,
  prerelease: false,
});

describe('joinVersions', () => {
  it('puts together what is of one tag, newest first', () => {
    const joined = joinVersions(
      [
        release('v1.0.0', '2026-01-01T00:00:00Z'),
        release('v1.2.0', '2026-03-01T00:00:00Z'),
      ],
      [
        sampleVersion('1.1.0', { publishedAt: '2026-02-01T00:00:00Z' }),
        sampleVersion('1.0.0', {
          publishedAt: '2026-01-01T00:00:00Z',
          yanked: { at: '2026-01-02T00:00:00Z', reason: 'it panics' },
        }),
      ],
    );
    expect(joined.map(({ tag }) => tag)).toEqual([
      'v1.2.0',
      'v1.1.0',
      'v1.0.0',
    ]);
    expect(joined[0].version).toBeUndefined();
    expect(joined[1].release).toBeUndefined();
    expect(joined[2]).toMatchObject({
      release: { tag: 'v1.0.0' },
      version: { version: '1.0.0' },
      yanked: { reason: 'it panics' },
    });
  });

  it('does with either alone, and with none', () => {
    expect(joinVersions([release('v1', '2026-01-01T00:00:00Z')])).toHaveLength(
      1,
    );
    expect(joinVersions(undefined, [sampleVersion('1.0.0')])).toHaveLength(1);
    expect(joinVersions()).toEqual([]);
  });
});
