import { InputError } from '@backstage/errors';
import type { JsonPrimitive, JsonValue } from '@backstage/types';
import { Lexer, parseAllDocuments } from 'yaml';
import { escapePointer, fieldPath } from './fieldPath';
import { withoutControls } from './withoutControls';

/** Reading takes a time that grows with the square of some of these. */
const MAX_TOKENS = 30_000;
const MAX_CHARACTERS = 1024 * 1024;
/** Envoy reads no JSON that nests deeper than 100. */
const MAX_DEPTH = 64;
/** What aliases make of it. */
const MAX_VALUES = 100_000;
const MAX_EXPANDED_CHARACTERS = 4 * 1024 * 1024;

/**
 * Reads the documents of a YAML (or JSON) text that somebody else wrote, in a bounded time.
 *
 * @param source - what to call the text in messages
 * @throws {@link @backstage/errors#InputError} when it is no YAML, says what JSON cannot, or
 * is too much
 */
export function parseYaml(text: string, source: string): JsonValue[] {
  if (text.length > MAX_CHARACTERS || !hasFewTokens(text)) {
    throw new InputError(
      `${source} is too long: it may have ${MAX_CHARACTERS} characters and ${MAX_TOKENS} tokens of YAML, which are about 4,000 lines`,
    );
  }
  const documents = [...parseAllDocuments(text)];
  const problem = documents.flatMap(({ errors }) => errors).at(0)?.message;
  if (problem !== undefined) {
    throw new InputError(
      problem.startsWith('Maximum call stack')
        ? tooDeep(source)
        : `${source} is not YAML: ${withoutControls(problem.split('\n')[0])}`,
    );
  }
  return documents.map(document => {
    let value: unknown;
    try {
      // Keys that are no texts are for us to judge
      value = document.toJS({ mapAsMap: true });
    } catch (error) {
      // Too many aliases, or one of nothing
      throw new InputError(
        `${source} is not YAML that can be read: ${withoutControls(
          String(error),
        )}`,
      );
    }
    return toJson(value, source);
  });
}

function hasFewTokens(text: string): boolean {
  let tokens = 0;
  for (const _ of new Lexer().lex(text)) {
    tokens += 1;
    if (tokens > MAX_TOKENS) {
      return false;
    }
  }
  return true;
}

function tooDeep(source: string): string {
  return `${source} nests values deeper than ${MAX_DEPTH}, or one in itself`;
}

function toJson(value: unknown, source: string): JsonValue {
  let values = 0;
  let characters = 0;
  const count = (text: string) => {
    characters += text.length;
    return text;
  };
  const refuse = (pointer: string, what: string) =>
    new InputError(
      `${source}: ${withoutControls(
        fieldPath(pointer),
      )} ${what}; use texts, finite numbers, true, false, null, lists and mappings of texts`,
    );
  const convert = (
    inner: unknown,
    pointer: string,
    depth: number,
  ): JsonValue => {
    values += 1;
    if (typeof inner === 'string') {
      count(inner);
    }
    if (values > MAX_VALUES || characters > MAX_EXPANDED_CHARACTERS) {
      throw new InputError(
        `${source} is too much with all its aliases: it may have ${MAX_VALUES} values and ${MAX_EXPANDED_CHARACTERS} characters`,
      );
    }
    if (depth > MAX_DEPTH) {
      throw new InputError(tooDeep(source));
    }
    if (Array.isArray(inner)) {
      return inner.map((item, index) =>
        convert(item, `${pointer}/${index}`, depth + 1),
      );
    }
    if (inner instanceof Map) {
      return Object.fromEntries(
        [...inner].map(([key, item]) => {
          if (!isScalar(key)) {
            throw refuse(pointer, 'has a key that JSON has not');
          }
          const name = count(String(key ?? ''));
          return [
            name,
            convert(item, `${pointer}/${escapePointer(name)}`, depth + 1),
          ];
        }),
      );
    }
    if (!isScalar(inner)) {
      throw refuse(pointer, 'is nothing that JSON has');
    }
    return inner;
  };
  return convert(value, '', 0);
}

function isScalar(value: unknown): value is JsonPrimitive {
  return (
    value === null ||
    typeof value === 'string' ||
    typeof value === 'boolean' ||
    (typeof value === 'number' && Number.isFinite(value))
  );
}
