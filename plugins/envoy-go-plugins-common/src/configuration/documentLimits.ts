import { fieldProblem, type FieldProblem } from './FieldProblem';
import type { FieldPath } from './fieldPath';

/**
 * How large a description of a configuration may be. Anybody with a repository can offer
 * one, and every replica of the catalog reads it every few minutes.
 */
export const CONFIG_LIMITS = {
  /** Characters of a schema. */
  schemaLength: 64 * 1024,
  /** Objects in a schema that are schemas themselves. */
  subschemas: 500,
  /** Characters of a configuration. */
  valueLength: 64 * 1024,
  /** Objects and lists inside one another, in a schema or a configuration. */
  depth: 32,
  /** Characters of a regular expression. */
  patternLength: 512,
  /** Instructions of all regular expressions of a schema together, as RE2 counts them. */
  patternInstructions: 20_000,
  /** References followed while one value is validated. */
  steps: 20_000,
} as const;

/**
 * Says what makes a JSON document unfit to be looked at more closely: too long, too deep,
 * no JSON, or keys that JavaScript objects treat in a special way. Stops at the first; takes
 * time in proportion to the limits, never to the document.
 */
export function checkDocumentLimits(
  document: unknown,
  limits: { length: number; depth: number },
  base: FieldPath,
): FieldProblem | undefined {
  let length = 0;
  const pending: { value: unknown; path: FieldPath }[] = [
    { value: document, path: base },
  ];
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { value, path } = next;
    if (path.length - base.length > limits.depth) {
      return fieldProblem(
        base,
        `is nested deeper than ${limits.depth} levels; make it flatter`,
      );
    }
    if (typeof value === 'string') {
      length += value.length;
    } else if (typeof value === 'object' && value !== null) {
      const entries: [string | number, unknown][] = Array.isArray(value)
        ? value.map((entry, index) => [index, entry])
        : Object.entries(value);
      for (const [key, entry] of entries) {
        if (key === '__proto__') {
          return fieldProblem([...path, key], 'is not allowed as a name');
        }
        length += String(key).length;
        pending.push({ value: entry, path: [...path, key] });
      }
    } else if (
      value !== null &&
      typeof value !== 'boolean' &&
      !Number.isFinite(value)
    ) {
      return fieldProblem(path, 'is no JSON value');
    }
    length += 4;
    if (length > limits.length) {
      return fieldProblem(
        base,
        `is longer than ${limits.length} characters; make it shorter`,
      );
    }
  }
  return undefined;
}
