import { imageVersion, tagsToMove } from './releaseTags';

describe('imageVersion', () => {
  it('takes versions with and without v', () => {
    expect(imageVersion('v1.2.0')).toBe('1.2.0');
    expect(imageVersion('1.2.0-rc.1')).toBe('1.2.0-rc.1');
  });

  it.each(['1.2', 'latest', 'v1.2.0+build.5', '', '../1.0.0'])(
    'refuses "%s"',
    version => {
      expect(() => imageVersion(version)).toThrow(
        `"${version}" cannot tag an image`,
      );
    },
  );
});

describe('tagsToMove', () => {
  it('moves all for the first release', () => {
    expect(tagsToMove('1.2.0', [])).toEqual(['1.2', '1', 'latest']);
  });

  it('moves all for the highest, whether it is listed yet or not', () => {
    const before = ['1.1.9', '1.2.0', '0.9.0', 'latest', '1', '1.2'];
    expect(tagsToMove('1.2.1', before)).toEqual(['1.2', '1', 'latest']);
    expect(tagsToMove('1.2.1', [...before, '1.2.1'])).toEqual([
      '1.2',
      '1',
      'latest',
    ]);
  });

  it('moves none back: each follows only where nothing higher is published', () => {
    expect(tagsToMove('1.2.3', ['2.0.0'])).toEqual(['1.2', '1']);
    expect(tagsToMove('1.2.3', ['1.3.0'])).toEqual(['1.2']);
    expect(tagsToMove('1.2.3', ['1.2.10'])).toEqual([]);
  });

  it('leaves prereleases aside, as what is published and as what leads', () => {
    expect(tagsToMove('2.0.0-rc.1', [])).toEqual([]);
    expect(tagsToMove('1.2.0', ['2.0.0-rc.1'])).toEqual(['1.2', '1', 'latest']);
  });

  it('takes no notice of signatures and other tags', () => {
    expect(
      tagsToMove('1.0.0', [`sha256-${'a'.repeat(64)}.sig`, 'v9.0.0', 'main']),
    ).toEqual(['1.0', '1', 'latest']);
  });
});
