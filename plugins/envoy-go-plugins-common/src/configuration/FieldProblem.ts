import { formatFieldPath, type FieldPath } from './fieldPath';

/**
 * What is wrong with one field of a document.
 *
 * @public
 */
export interface FieldProblem {
  /** Where: `spec.order.before[1]`; empty for the whole document. */
  path: string;
  /**
   * What was found and what is allowed, as the rest of a sentence that begins with the
   * path: `must be one of production, deprecated, but is "prod"`.
   */
  message: string;
}

/** Says what is wrong at a place. */
export function fieldProblem(path: FieldPath, message: string): FieldProblem {
  return { path: formatFieldPath(path), message };
}

const LONGEST_VALUE = 80;

/**
 * A found value in a few words: a string in quotes, a number, "a list of 3", "an object".
 */
export function describeValue(value: unknown): string {
  if (value === undefined) {
    return 'missing';
  }
  if (Array.isArray(value)) {
    return value.length === 0 ? 'an empty list' : `a list of ${value.length}`;
  }
  if (typeof value === 'object' && value !== null) {
    return 'an object';
  }
  if (typeof value === 'string' && value.length > LONGEST_VALUE) {
    return `${JSON.stringify(value.slice(0, LONGEST_VALUE))}… (${
      value.length
    } characters)`;
  }
  return JSON.stringify(value);
}
