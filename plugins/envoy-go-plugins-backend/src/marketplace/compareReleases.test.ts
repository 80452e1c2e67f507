import { compareReleases } from './compareReleases';
import type { ListedRelease } from './readRepositoryParts';

const FIRST = 'a'.repeat(40);
const SECOND = 'b'.repeat(40);
const ASKED = '2026-11-22T14:02:10.000Z';

function listed(changes: Partial<ListedRelease> = {}): ListedRelease {
  return {
    id: 1,
    tag: 'v1.0.0',
    url: 'https://github.com/o/r/releases/tag/v1.0.0',
    draft: false,
    prerelease: false,
    publishedAt: '2026-11-01T00:00:00.000Z',
    assets: [],
    ...changes,
  };
}

/** Compares what GitHub lists, once after the other, with what was known until then. */
function follow(
  ...steps: {
    listed?: ListedRelease[];
    deleted?: number[];
    commit?: string;
  }[]
) {
  let last: ReturnType<typeof compareReleases> = {
    releases: [],
    activities: [],
  };
  for (const step of steps) {
    last = compareReleases({
      known: last.releases,
      listed: step.listed ?? [listed()],
      deleted: new Set(step.deleted),
      tags: new Map(step.commit ? [['v1.0.0', step.commit]] : []),
      asOf: ASKED,
    });
  }
  return {
    releases: last.releases,
    happened: last.activities.map(({ type }) => type),
  };
}

describe('compareReleases', () => {
  it('looks the commit up once, and as soon as there is one', () => {
    const { releases, happened } = follow(
      {},
      { commit: FIRST },
      { commit: SECOND },
    );
    expect(releases).toMatchObject([{ commit: FIRST, movedTo: SECOND }]);
    expect(happened).toEqual(['tag-moved']);
  });

  it('takes the alarm back when the tag is where it was, and not when it is gone', () => {
    const moved = [{ commit: FIRST }, { commit: SECOND }];
    expect(follow(...moved, { commit: FIRST }).releases).toEqual([
      expect.not.objectContaining({ movedTo: expect.anything() }),
    ]);
    expect(follow(...moved, {}).releases).toMatchObject([{ movedTo: SECOND }]);
  });

  it('leaves drafts out until they are published', () => {
    const draft = listed({ draft: true });
    expect(follow({ listed: [draft] }).releases).toEqual([]);
    expect(follow({ listed: [draft] }, {}).happened).toEqual(['released']);
  });

  it('keeps what is listed no more unless GitHub says that it was deleted', () => {
    expect(follow({}, { listed: [] })).toMatchObject({
      releases: [{ tag: 'v1.0.0' }],
      happened: [],
    });
    const gone = [{}, { listed: [], deleted: [1] }];
    expect(follow(...gone)).toMatchObject({
      releases: [{ deletedAt: ASKED, yanked: { at: ASKED } }],
      happened: ['release-deleted'],
    });
    expect(follow(...gone, { listed: [], deleted: [1] }).happened).toEqual([]);
  });

  it('says what was changed, and nothing where nothing was', () => {
    const renamed = { listed: [listed({ name: 'One' })] };
    expect(follow({}, renamed).happened).toEqual(['release-changed']);
    expect(follow({}, renamed, renamed).happened).toEqual([]);
  });

  it.each([
    [{ name: '[YANKED] 1.0.0' }, '1.0.0'],
    [{ name: 'v1.0.0 [yanked]' }, undefined],
    [{ notes: '## 1.0.0 [YANKED]: leaks\nMore' }, 'leaks'],
    [{ notes: '\n[YANKED] – leaks\r\nMore' }, 'leaks'],
  ])('knows what is yanked: %j', (changes, reason) => {
    const { releases, happened } = follow({}, { listed: [listed(changes)] });
    expect(releases[0].yanked).toEqual({ at: ASKED, reason });
    expect(happened).toEqual(['release-changed', 'yanked']);
  });

  it('knows what is not yanked, or not any more', () => {
    const notes = 'First line\nFixes what made us write [YANKED]';
    expect(follow({ listed: [listed({ notes })] }).releases).toEqual([
      expect.not.objectContaining({ yanked: expect.anything() }),
    ]);
    expect(
      follow({ listed: [listed({ name: '[YANKED]' })] }, {}).releases,
    ).toEqual([expect.not.objectContaining({ yanked: expect.anything() })]);
  });
});
