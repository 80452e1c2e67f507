import type { RegExpEngine } from 'ajv/dist/types';
import { RE2JS } from 're2js';

/**
 * Reads a regular expression of Go (RE2).
 *
 * @throws Error that says what is wrong with it
 */
export function compileRe2(pattern: string): RE2JS {
  return RE2JS.compile(RE2JS.translateRegExp(pattern));
}

/**
 * The regular expressions of Go (RE2) for ajv: matching takes time in proportion to the
 * text, whoever wrote the pattern. A plugin reads its configuration in Go, so these are also
 * the expressions that it can use itself.
 */
export const linearRegExp: RegExpEngine = Object.assign(
  (pattern: string) => {
    const expression = compileRe2(pattern);
    return {
      test: (text: string) => expression.test(text),
      // ajv takes two expressions of the same text for the same.
      toString: () => pattern,
    };
  },
  { code: 'linearRegExp' },
);
