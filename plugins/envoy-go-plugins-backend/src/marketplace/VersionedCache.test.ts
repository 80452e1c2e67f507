import { VersionedCache } from './VersionedCache';

describe('VersionedCache', () => {
  it('gives a value for the version that it was stored for', () => {
    const cache = new VersionedCache<number>(9);
    cache.set('a', '1', 5);
    expect(cache.get('a', '1')).toBe(5);
    expect(cache.get('a', '2')).toBeUndefined();
    expect(cache.get('b', '1')).toBeUndefined();
    cache.set('a', '2', 6);
    expect(cache.get('a', '2')).toBe(6);
    expect(cache.get('a', '1')).toBeUndefined();
  });

  it('forgets what was not used for longest', () => {
    const cache = new VersionedCache<number>(2);
    cache.set('a', '1', 1);
    cache.set('b', '1', 2);
    cache.get('a', '1');
    cache.set('c', '1', 3);
    expect(['a', 'b', 'c'].map(key => cache.get(key, '1'))).toEqual([
      1,
      undefined,
      3,
    ]);
  });
});
