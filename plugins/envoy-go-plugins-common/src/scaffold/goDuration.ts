const UNITS: ReadonlyArray<[unit: string, nanoseconds: bigint]> = [
  ['ns', 1n],
  ['us', 1_000n],
  ['µs', 1_000n],
  ['ms', 1_000_000n],
  ['s', 1_000_000_000n],
  ['m', 60_000_000_000n],
  ['h', 3_600_000_000_000n],
];

/** The longest `time.Duration`, about 292 years. */
const MAX_NANOSECONDS = 9_223_372_036_854_775_807n;

/**
 * A duration as Go's `time.ParseDuration` reads it, without a sign: a sequence of decimal
 * numbers with units. ECMA 262 syntax, for JSON Schemas.
 */
export const GO_DURATION_PATTERN =
  '^(0|([0-9]+(\\.[0-9]+)?(ns|us|µs|ms|s|m|h))+)$';

/**
 * Reads a duration as Go's `time.ParseDuration` does, without a sign.
 *
 * @param text - for example `1m30s`, `1.5s` or `0`
 * @returns nanoseconds, or undefined when it is no duration or longer than Go can hold (about 292 years)
 */
export function parseGoDuration(text: string): bigint | undefined {
  if (!new RegExp(GO_DURATION_PATTERN).test(text)) {
    return undefined;
  }
  let total = 0n;
  for (const [, whole, , fraction = '', unit] of text.matchAll(
    /([0-9]+)(\.([0-9]+))?(ns|us|µs|ms|s|m|h)/g,
  )) {
    const [, size] = UNITS.find(([name]) => name === unit)!;
    total += BigInt(whole) * size;
    if (fraction) {
      total += (BigInt(fraction) * size) / 10n ** BigInt(fraction.length);
    }
  }
  return total <= MAX_NANOSECONDS ? total : undefined;
}

/**
 * Writes a duration as a Go constant expression, in the largest unit that divides it:
 * 90 s is `90 * time.Second`.
 */
export function renderGoDuration(nanoseconds: bigint): string {
  if (nanoseconds === 0n) {
    return '0';
  }
  const [name, size] = (
    [
      ['Hour', 3_600_000_000_000n],
      ['Minute', 60_000_000_000n],
      ['Second', 1_000_000_000n],
      ['Millisecond', 1_000_000n],
      ['Microsecond', 1_000n],
    ] as const
  ).find(([, unit]) => nanoseconds % unit === 0n) ?? ['Nanosecond', 1n];
  const count = nanoseconds / size;
  return count === 1n ? `time.${name}` : `${count} * time.${name}`;
}
