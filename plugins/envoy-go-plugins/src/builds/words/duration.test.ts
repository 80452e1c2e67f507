import { DateTime } from 'luxon';
import { durationWords, millisecondsBetween } from './duration';

it.each([
  [0, '0.0 s'],
  [412, '0.4 s'],
  [9_949, '9.9 s'],
  [9_960, '10 s'],
  [12_300, '12 s'],
  [59_700, '1 min'],
  [185_000, '3 min 5 s'],
  [3_600_000, '1 h'],
  [3_725_000, '1 h 2 min'],
  [-5, '0.0 s'],
])('writes %d ms as %s', (milliseconds, words) => {
  expect(durationWords(milliseconds)).toBe(words);
});

it('measures what is not over up to now', () => {
  const now = DateTime.fromISO('2026-11-22T12:00:05Z');
  expect(millisecondsBetween('2026-11-22T12:00:00Z', undefined, now)).toBe(
    5_000,
  );
  expect(
    millisecondsBetween('2026-11-22T12:00:00Z', '2026-11-22T12:00:01Z', now),
  ).toBe(1_000);
});
