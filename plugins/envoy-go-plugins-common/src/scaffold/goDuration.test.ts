import { parseGoDuration, renderGoDuration } from './goDuration';

describe('parseGoDuration', () => {
  it.each([
    ['0', 0n],
    ['1s', 1_000_000_000n],
    ['1m30s', 90_000_000_000n],
    ['1.5s', 1_500_000_000n],
    ['250ms', 250_000_000n],
    ['3us', 3_000n],
    ['3µs', 3_000n],
    ['2562047h47m16.854775807s', 9_223_372_036_854_775_807n],
  ])('reads %s', (text, nanoseconds) => {
    expect(parseGoDuration(text)).toBe(nanoseconds);
  });

  it.each(['', '1', '-1s', '1 s', 's', '1d', '2562047h47m16.854775808s'])(
    'refuses %j',
    text => {
      expect(parseGoDuration(text)).toBeUndefined();
    },
  );
});

describe('renderGoDuration', () => {
  it.each([
    [0n, '0'],
    [1n, 'time.Nanosecond'],
    [1_000_000_000n, 'time.Second'],
    [90_000_000_000n, '90 * time.Second'],
    [120_000_000_000n, '2 * time.Minute'],
    [1_500_000n, '1500 * time.Microsecond'],
  ])('writes %d ns as %s', (nanoseconds, expression) => {
    expect(renderGoDuration(nanoseconds)).toBe(expression);
  });
});
