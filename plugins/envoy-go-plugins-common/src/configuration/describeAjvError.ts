import type { ErrorObject } from 'ajv';
import { describeValue, fieldProblem, type FieldProblem } from './FieldProblem';
import { fieldPathOfPointer, type FieldPath } from './fieldPath';

const TYPE_WORDS: Record<string, string> = {
  string: 'text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  array: 'a list',
  null: 'null',
};

function property(value: unknown, key: string): unknown {
  return typeof value === 'object' &&
    value !== null &&
    Object.hasOwn(value, key)
    ? Reflect.get(value, key)
    : undefined;
}

function inWords(types: unknown): string {
  const list: unknown[] = Array.isArray(types)
    ? types
    : String(types).split(',');
  return list.map(type => TYPE_WORDS[String(type)] ?? type).join(' or ');
}

/** What a schema allows, as the rest of "it must be …"; undefined where that is too much to say. */
function allowedBy(schema: unknown): string | undefined {
  const constant = property(schema, 'const');
  if (constant !== undefined) {
    return JSON.stringify(constant);
  }
  const values = property(schema, 'enum');
  if (Array.isArray(values)) {
    return `one of ${listOf(values)}`;
  }
  const type = property(schema, 'type');
  return type === undefined ? undefined : inWords(type);
}

function listOf(values: unknown[]): string {
  return values
    .map(value => (typeof value === 'string' ? value : JSON.stringify(value)))
    .join(', ');
}

function countOf(limit: number, keyword: string): string {
  const [one, many] = {
    Length: ['character', 'characters'],
    Items: ['entry', 'entries'],
    Properties: ['field', 'fields'],
  }[keyword.replace(/^m(in|ax)/, '')] ?? ['', ''];
  return `${limit} ${limit === 1 ? one : many}`;
}

/**
 * Turns an error of ajv (with `verbose: true`) into a problem of the field that it is
 * about, or nothing where other errors say the same better.
 *
 * @param error - the error
 * @param document - what was validated
 * @param base - where that stands in the document that people know
 */
export function describeAjvError(
  error: ErrorObject,
  document: unknown,
  base: FieldPath = [],
): FieldProblem | undefined {
  const path = [...base, ...fieldPathOfPointer(error.instancePath, document)];
  const found = describeValue(error.data);
  switch (error.keyword) {
    case 'required':
    case 'dependentRequired':
    case 'dependencies': {
      const missing = String(error.params.missingProperty);
      const allowed = allowedBy(
        property(property(error.parentSchema, 'properties'), missing),
      );
      const because =
        error.keyword === 'required'
          ? ''
          : `, but ${String(error.params.property)} needs it`;
      return fieldProblem(
        [...path, missing],
        `is missing${because}${allowed ? `; it must be ${allowed}` : ''}`,
      );
    }
    case 'const':
    case 'enum':
    case 'type':
      return fieldProblem(
        path,
        `must be ${allowedBy(error.parentSchema)}, but is ${found}`,
      );
    case 'additionalProperties':
    case 'unevaluatedProperties': {
      const unknown = String(
        error.params.additionalProperty ?? error.params.unevaluatedProperty,
      );
      const known = Object.keys(
        property(error.parentSchema, 'properties') ?? {},
      );
      return fieldProblem(
        [...path, unknown],
        known.length > 0
          ? `is not known here; allowed are ${known.join(', ')}`
          : 'is not known here; nothing is allowed',
      );
    }
    case 'pattern':
      return fieldProblem(
        path,
        `must match ${error.params.pattern}, but is ${found}`,
      );
    case 'format':
      return fieldProblem(
        path,
        `must be a valid ${error.params.format}, but is ${found}`,
      );
    case 'uniqueItems':
      return fieldProblem(
        [...path, Math.max(error.params.i, error.params.j)],
        `must not repeat an earlier entry, but is ${describeValue(
          property(error.data, String(error.params.i)),
        )} like entry ${Math.min(error.params.i, error.params.j)}`,
      );
    case 'minLength':
    case 'maxLength':
    case 'minItems':
    case 'maxItems':
    case 'minProperties':
    case 'maxProperties':
      return fieldProblem(
        path,
        `must have at ${
          error.keyword.startsWith('min') ? 'least' : 'most'
        } ${countOf(error.params.limit, error.keyword)}, but is ${found}`,
      );
    case 'minimum':
    case 'maximum':
    case 'exclusiveMinimum':
    case 'exclusiveMaximum':
      return fieldProblem(
        path,
        `must be ${error.params.comparison} ${error.params.limit}, but is ${found}`,
      );
    case 'oneOf':
      return fieldProblem(
        path,
        `must match exactly one of the alternatives, but ${
          error.params.passingSchemas ? 'matches several' : 'matches none'
        }`,
      );
    case 'if':
      return undefined;
    case 'false schema':
      return fieldProblem(path, `is not allowed, but is ${found}`);
    default:
      return fieldProblem(path, `${error.message}, but is ${found}`);
  }
}
