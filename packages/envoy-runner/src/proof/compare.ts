import { isDeepStrictEqual } from 'node:util';
import type { JsonValue } from '@backstage/types';
import type { HeaderValues } from '../upstream';
import type {
  BodyExpectation,
  HeaderExpectation,
  RequestExpectation,
  StatExpectation,
} from './EnvoyProof';
import { searchExpression } from './searchExpression';

/**
 * One thing that was not as expected.
 *
 * @public
 */
export interface Difference {
  /** For example `status`, `headers.x-id`, `upstream.path`, `stats.token_auth.denied`. */
  field: string;
  /** What was expected, in words where it is not a plain value. */
  expected: string;
  actual: string;
}

/** What came back. */
export interface Reply {
  status: number;
  headers: HeaderValues;
  body: string;
}

/** Compares a value that must be exactly as expected. */
export function compareExact(
  field: string,
  expected: string | number | undefined,
  actual: string | number,
): Difference[] {
  return expected === undefined || expected === actual
    ? []
    : [{ field, expected: String(expected), actual: String(actual) }];
}

/** Compares the headers that something is expected of; names in any case. */
export function compareHeaders(
  prefix: string,
  expected: Record<string, HeaderExpectation> | undefined,
  actual: HeaderValues,
): Difference[] {
  return Object.entries(expected ?? {}).flatMap(([name, expectation]) => {
    const key = name.toLowerCase();
    const values = Object.hasOwn(actual, key) ? actual[key] : undefined;
    const value = values === undefined ? undefined : [values].flat().join(', ');
    const problem = mismatch(expectation, value);
    return problem === undefined
      ? []
      : [
          {
            field: `${prefix}.${key}`,
            expected: problem,
            actual: value ?? 'absent',
          },
        ];
  });
}

function mismatch(
  expectation: HeaderExpectation,
  value: string | undefined,
): string | undefined {
  if (typeof expectation === 'string') {
    return value === expectation ? undefined : expectation;
  }
  if ('absent' in expectation) {
    return value === undefined ? undefined : 'absent';
  }
  return value !== undefined && searchExpression(expectation.matches, value)
    ? undefined
    : `matches ${expectation.matches}`;
}

/** Compares a body. */
export function compareBody(
  field: string,
  expected: BodyExpectation | undefined,
  actual: string,
): Difference[] {
  if (expected === undefined) {
    return [];
  }
  const differs = (words: string) => [{ field, expected: words, actual }];
  if (typeof expected === 'string') {
    return actual === expected ? [] : differs(expected);
  }
  if ('matches' in expected) {
    return searchExpression(expected.matches, actual)
      ? []
      : differs(`matches ${expected.matches}`);
  }
  if ('contains' in expected) {
    return actual.includes(expected.contains)
      ? []
      : differs(`contains ${expected.contains}`);
  }
  const value = parseJson(actual);
  return value !== undefined && isDeepStrictEqual(value, expected.json)
    ? []
    : differs(JSON.stringify(expected.json));
}

function parseJson(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Compares a request with what a server must have seen of it. */
export function compareRequest(
  prefix: string,
  expected: RequestExpectation,
  actual: {
    method: string;
    path: string;
    headers: HeaderValues;
    body: string;
  },
): Difference[] {
  return [
    ...compareExact(`${prefix}.method`, expected.method, actual.method),
    ...compareExact(`${prefix}.path`, expected.path, actual.path),
    ...compareHeaders(`${prefix}.headers`, expected.headers, actual.headers),
    ...compareBody(`${prefix}.body`, expected.body, actual.body),
  ];
}

/**
 * Compares by how much counters grew.
 *
 * @param before - counters by full name before the step
 * @param after - and after it
 */
export function compareStats(
  expected: Record<string, StatExpectation> | undefined,
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): Difference[] {
  return Object.entries(expected ?? {}).flatMap(([ending, expectation]) => {
    const grown = growth(ending, before, after);
    const holds =
      typeof expectation === 'number'
        ? grown === expectation
        : grown >= expectation.atLeast;
    return holds
      ? []
      : [
          {
            field: `stats.${ending}`,
            expected:
              typeof expectation === 'number'
                ? `+${expectation}`
                : `at least +${expectation.atLeast}`,
            actual: `+${grown}`,
          },
        ];
  });
}

function growth(
  ending: string,
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): number {
  const names = [...after.keys()].filter(name => name.endsWith(ending));
  const atDot = names.filter(
    name => name === ending || name.endsWith(`.${ending}`),
  );
  return (atDot.length > 0 ? atDot : names).reduce(
    (sum, name) => sum + (after.get(name) ?? 0) - (before.get(name) ?? 0),
    0,
  );
}
